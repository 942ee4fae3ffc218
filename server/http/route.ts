/** What a plain HTTP route gets and how it answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Context, makeContext, type Services } from '../kit/context.ts';
import { newId } from '../kit/ids.ts';
import type { Authenticator } from '../modules/people/access/authenticate.service.ts';
import { HttpRefusal } from './answers.ts';
import { clientAddress } from './client-address.ts';
import { credentialsOf, isOriginAllowed } from './credentials.ts';

export interface Visit {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
}

/** Handles the request. Throws `HttpRefusal` for what the client can put right. */
export type Route = (visit: Visit) => Promise<void>;

/** The context of the one who asks. Throws 401 for nobody and for bad tokens, 403 for a change sent from another site. */
export async function contextOf(services: Services, authenticator: Authenticator, visit: Visit): Promise<Context> {
  const header = headerReader(visit.request);
  const credentials = credentialsOf(header);
  const isChange = visit.request.method !== 'GET' && visit.request.method !== 'HEAD';
  if (isChange && !isOriginAllowed(header, credentials)) {
    throw new HttpRefusal(403, {
      field: 'Origin',
      value: header('origin'),
      remedy: 'send it from a page of this server',
    });
  }
  const identity = await authenticator.identify(credentials);
  if (!identity?.principal) {
    const field = credentials.authorization === null ? 'Cookie' : 'Authorization';
    throw new HttpRefusal(401, { field, remedy: 'sign in, or send a token that is still good' });
  }
  return makeContext(services, {
    requestId: newId(),
    address: clientAddress(visit.request, services.config.trustedProxies),
    rights: identity.rights,
    principal: identity.principal,
  });
}

export function headerReader(request: IncomingMessage): (name: string) => string | null {
  return (name) => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : (value?.join(', ') ?? null);
  };
}
