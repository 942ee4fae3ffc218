/** Joins the WebSocket door to the rest of the server: who a client is, and what runs for it. */
import type { GraphQLSchema } from 'graphql';
import { clientAddress } from '../http/client-address.ts';
import { credentialsOf } from '../http/credentials.ts';
import { headerReader } from '../http/route.ts';
import { makeContext, type Services } from '../kit/context.ts';
import { newId } from '../kit/ids.ts';
import { principalKeys } from '../kit/rights.ts';
import type { Hub } from '../live/hub.ts';
import type { Authenticator } from '../modules/people/access/authenticate.service.ts';
import { compileOperations } from './compiled.ts';
import { createDocumentCache } from './documents.ts';
import { createErrorMask } from './mask-error.ts';
import { createOperationGate } from './operation-gate.ts';
import { queryLimitRule } from './query-limits.ts';
import { createWebSocketDoor, type WebSocketDoor } from './websocket.ts';

export interface LiveDoorOptions {
  schema: GraphQLSchema;
  services: Services;
  authenticator: Authenticator;
  hub: Hub;
  /** Hears the name of each limit that refuses an operation. */
  onRefusal?(limit: string): void;
}

/** A token in `connection_init` counts before one in the Authorization header, and that before the session cookie. Nobody enters anonymously. */
export function createLiveDoor({ schema, services, authenticator, hub, onRefusal }: LiveDoorOptions): WebSocketDoor {
  const { limits } = services.config;
  const mask = createErrorMask(services.log);

  return createWebSocketDoor({
    limits,
    log: services.log,
    runner: {
      schema,
      hub,
      gate: createOperationGate({ schema, services, onRefusal }),
      prepare: createDocumentCache(schema, limits, [queryLimitRule(limits)]),
      execute: compileOperations(schema, () => true).execute,
      makeContext: (caller) => makeContext(services, caller),
      maskError: (error, { requestId }) => mask(error, requestId),
      afterMutation: ({ rights }) => {
        if (rights.isPerson) authenticator.forgetAll();
      },
    },
    async authenticate(request, authorization) {
      const brought = credentialsOf(headerReader(request));
      const identity = await authenticator.identify({
        ...brought,
        authorization: authorization ?? brought.authorization,
      });
      if (!identity?.principal) return null;
      const { principal, rights, expiresAt } = identity;
      return {
        caller: {
          requestId: newId(),
          address: clientAddress(request, services.config.trustedProxies),
          rights,
          principal,
        },
        live: { principalKeys: principalKeys(principal), rightsKey: rights.key, expiresAt },
      };
    },
  });
}
