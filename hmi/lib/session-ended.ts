/** Notices from any answer that nobody is signed in any more: ended, expired, or shut out. */
import { type Exchange, mapExchange } from '@urql/core';

const NOBODY = 'UNAUTHENTICATED';

/** Goes before the exchange that fetches. */
export function sessionEndedExchange(onEnded: () => void): Exchange {
  return mapExchange({
    onError: ({ graphQLErrors }) => {
      if (graphQLErrors.some(({ extensions }) => extensions?.code === NOBODY)) onEnded();
    },
  });
}
