/** Names an operation by the hash of its text instead of sending it: the server knows all that the screens say (schema/operations.json). */
import { type Exchange, makeOperation, mapExchange, stringifyDocument } from '@urql/core';
import { sha256 } from './sha256.ts';

type Document = Parameters<typeof stringifyDocument>[0];

/** `extensions.persistedQuery`, as Apollo's clients send it. */
export interface StoredOperation {
  version: 1;
  sha256Hash: string;
}

const known = new WeakMap<object, StoredOperation>();

export function storedOperation(document: Document): StoredOperation {
  const named = typeof document === 'string' ? undefined : known.get(document);
  const stored = named ?? { version: 1, sha256Hash: sha256(stringifyDocument(document)) };
  if (typeof document !== 'string') known.set(document, stored);
  return stored;
}

/** The server does not know what this screen says: it was updated, and the screen was not. */
export const NOT_STORED = 'PERSISTED_QUERY_NOT_FOUND';

/** Goes before the exchange that fetches. */
export function storedOperationExchange(onOutdated: () => void): Exchange {
  return mapExchange({
    onOperation: (operation) =>
      operation.kind === 'teardown'
        ? operation
        : makeOperation(
            operation.kind,
            {
              ...operation,
              extensions: { ...operation.extensions, persistedQuery: storedOperation(operation.query) },
            },
            operation.context,
          ),
    onError: ({ graphQLErrors }) => {
      if (graphQLErrors.some(({ extensions }) => extensions?.code === NOT_STORED)) onOutdated();
    },
  });
}
