/** GraphQL over HTTP: identifies the caller, bounds and caches documents, masks errors. Subscriptions go over WebSocket. */
import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
} from 'graphql';
import { createGraphQLError, createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Credentials } from '../http/credentials.ts';
import { credentialsOf, isOriginAllowed, sessionCookieHeader } from '../http/credentials.ts';
import { type Context, makeContext, type Services } from '../kit/context.ts';
import { newId } from '../kit/ids.ts';
import { anonymousRights } from '../kit/rights.ts';
import type { Authenticator, Identity } from '../modules/people/access/authenticate.service.ts';
import { type CompiledOperations, compileOperations } from './compiled.ts';
import { createErrorMask, type MaskError } from './mask-error.ts';
import { createOperationGate, type OperationGate } from './operation-gate.ts';
import { parseBounded } from './parse-bounded.ts';
import { queryLimitRule } from './query-limits.ts';
import { readStoredDocuments } from './stored-documents.ts';

export interface YogaOptions {
  schema: GraphQLSchema;
  services: Services;
  authenticator: Authenticator;
  /** Counts executed operations; `outcome` is 'ok' or 'error'. */
  onOperation?(kind: string, outcome: 'ok' | 'error', seconds: number): void;
  /** Hears the name of each limit that refuses an operation. */
  onRefusal?(limit: string): void;
  /** Reads and compiles the stored operations now: some milliseconds each that otherwise the first caller waits for. */
  isWarm?: boolean;
}

/** What the HTTP door knows of a request; `fetch` without it stands for a local caller. */
export interface RequestFacts {
  address?: string;
  isSecure?: boolean;
}

/** What is decided once for a request. */
interface Visit {
  requestId: string;
  identity: Identity;
  cookies: string[];
}

export type Yoga = YogaServerInstance<RequestFacts, object>;

export function createGraphQLDoor(options: YogaOptions): Yoga {
  const { services } = options;
  const { limits } = services.config;
  const visits = new WeakMap<Request, Visit>();
  const mask = createErrorMask(services.log);
  const { schema, isWarm = false } = options;
  const gate = createOperationGate({ schema, services, onRefusal: options.onRefusal });
  const { persisted } = gate;
  const operations = compileOperations(schema, ({ loc }) => persisted.has(loc?.source.body ?? ''));
  const rules = [queryLimitRule(limits)];
  const stored = isWarm
    ? readStoredDocuments({ schema, persisted, queryTokens: limits.queryTokens, rules, log: services.log })
    : new Map<string, DocumentNode>();
  for (const document of stored.values()) {
    // subscriptions are compiled by the live door
    if (getOperationAST(document)?.operation !== OperationTypeNode.SUBSCRIPTION) operations.prepare(document);
  }

  return createYoga<RequestFacts>({
    schema: options.schema,
    graphqlEndpoint: '/graphql',
    graphiql: false,
    landingPage: false,
    logging: false,
    batching: false,
    multipart: false,
    cors: false,
    healthCheckEndpoint: '/graphql/health',
    maxRequestBodySize: limits.bodyBytes,
    parserAndValidationCache: {
      documentCache: boundedCache(limits.documentsCached, stored),
      errorCache: boundedCache(limits.documentsCached),
    },
    maskedErrors: { maskError: (error) => maskAny(mask, error) },
    plugins: [
      useIdentity(options.authenticator, visits),
      useStoredOperations(gate, visits),
      useLimits(limits, visits),
      useExecution(options, visits, mask, { gate, operations }),
    ],
  });
}

function contextOf(options: YogaOptions, visit: Visit, facts: Required<RequestFacts>, cost: number): Context {
  const { requestId, identity, cookies } = visit;
  return makeContext(options.services, {
    requestId,
    address: facts.address,
    cost,
    rights: identity.rights,
    principal: identity.principal,
    setSessionCookie: async (session) => {
      const value = session && (await options.authenticator.signSession(session));
      cookies.push(sessionCookieHeader(value, session?.expiresAt ?? null, facts.isSecure));
    },
  });
}

/** Says who asks before anything is parsed; refuses bad tokens, foreign origins and streams. */
function useIdentity(authenticator: Authenticator, visits: WeakMap<Request, Visit>): Plugin {
  return {
    async onRequest({ request, url, endResponse, fetchAPI }) {
      const refuse = (status: number, message: string, code: string) =>
        endResponse(
          new fetchAPI.Response(JSON.stringify({ errors: [{ message, extensions: { code } }] }), {
            status,
            headers: { 'content-type': 'application/json; charset=utf-8' },
          }),
        );
      const header = (name: string) => request.headers.get(name);
      const credentials: Credentials = credentialsOf(header);
      if (acceptsOnlyStreams(header('accept'))) {
        return refuse(406, 'Streams are served over WebSocket (graphql-transport-ws).', 'NOT_ACCEPTABLE');
      }
      if (request.method === 'POST' && !isOriginAllowed(header, credentials)) {
        return refuse(403, 'The Origin is not this server.', 'FORBIDDEN');
      }
      const malformed = request.method === 'GET' ? malformedParameter(url.searchParams) : undefined;
      if (malformed) return refuse(400, `${malformed} in the address is not JSON.`, 'BAD_REQUEST');
      const identity = await authenticator.identify(credentials);
      if (!identity) return refuse(401, 'The token is not known, has expired or was revoked.', 'UNAUTHENTICATED');
      visits.set(request, { requestId: newId(), identity, cookies: [] });
    },
    onResponse({ request, response }) {
      const visit = visits.get(request);
      if (!visit) return;
      response.headers.set('x-request-id', visit.requestId);
      response.headers.set('cache-control', 'no-store');
      for (const cookie of visit.cookies) response.headers.append('set-cookie', cookie);
    },
  };
}

/** Puts the text in the place of a hash, and refuses texts of callers who may run stored operations only. */
function useStoredOperations(gate: OperationGate, visits: WeakMap<Request, Visit>): Plugin {
  return {
    onParams({ params, request, setParams, setResult }) {
      const rights = visits.get(request)?.identity.rights ?? anonymousRights;
      const text = gate.textOf({ query: params.query, extensions: params.extensions }, rights);
      if (text instanceof GraphQLError) {
        setResult({ errors: [text] });
        // Yoga's own check still comes, and wants a text
        setParams({ ...params, query: '{ __typename }' });
      } else if (text !== undefined && text !== params.query) setParams({ ...params, query: text });
    },
  };
}

/** Bounds what is parsed and validated, and keeps the schema's inside from anonymous callers. */
function useLimits(limits: Services['config']['limits'], visits: WeakMap<Request, Visit>): Plugin {
  const rule = queryLimitRule(limits);
  return {
    onParse({ setParseFn }) {
      setParseFn((source, parseOptions) => parseBounded(source, limits.queryTokens, parseOptions));
    },
    onValidate({ context, addValidationRule }) {
      addValidationRule(rule);
      const isAnonymous = visits.get(context.request)?.identity.rights.isAnonymous ?? true;
      if (!isAnonymous) return;
      addValidationRule(NoSchemaIntrospectionCustomRule);
      return ({ result, setResult }) => setResult((result as GraphQLError[]).map(withoutSuggestion));
    },
    onSubscribe({ setResultAndStopExecution }) {
      const message = 'Subscriptions are served over WebSocket (graphql-transport-ws) at this address.';
      setResultAndStopExecution({ errors: [createGraphQLError(message, { extensions: { http: { status: 405 } } })] });
    },
  };
}

/** Runs the operation by graphql-js as our own context, and masks what comes out of it. */
function useExecution(
  options: YogaOptions,
  visits: WeakMap<Request, Visit>,
  mask: MaskError,
  { gate, operations }: { gate: OperationGate; operations: CompiledOperations },
): Plugin {
  return {
    onExecute({ args, setExecuteFn, setResultAndStopExecution }) {
      const { request, address = 'local', isSecure = false } = args.contextValue as { request: Request } & RequestFacts;
      const visit = visits.get(request);
      if (!visit) throw new Error('The request was not identified.');
      const { document, operationName, variableValues } = args;
      const asked = getOperationAST(document, operationName);
      // without an operation of that name the executor says so
      const { principal } = visit.identity;
      const variables = variableValues ?? {};
      const cost = asked ? gate.admit({ document, operation: asked, variables, address, principal }) : 0;
      if (cost instanceof GraphQLError) return setResultAndStopExecution({ errors: [cost] });
      const context = contextOf(options, visit, { address, isSecure }, cost);
      // put in whole: Yoga would copy its members one by one, and with them read the viewer of nobody
      setExecuteFn((executed) => operations.execute({ ...executed, contextValue: context }));
      const operation = asked?.operation ?? OperationTypeNode.QUERY;
      const startedMs = performance.now();
      return {
        onExecuteDone({ result, setResult }) {
          // what a person changes may be the rights of anybody
          if (operation === OperationTypeNode.MUTATION && context.rights.isPerson) options.authenticator.forgetAll();
          const { errors } = result as ExecutionResult;
          options.onOperation?.(operation, errors ? 'error' : 'ok', (performance.now() - startedMs) / 1000);
          if (errors) setResult({ ...result, errors: errors.map((error) => mask(error, context.requestId)) });
        },
      };
    },
  };
}

/** Yoga takes a failure to parse these for a fault of the server. */
function malformedParameter(parameters: URLSearchParams): string | undefined {
  return ['variables', 'extensions'].find((name) => {
    const text = parameters.get(name);
    if (!text) return false;
    try {
      JSON.parse(text);
      return false;
    } catch {
      return true;
    }
  });
}

/** Clients such as urql name streams after JSON; only who takes nothing else must be refused. */
function acceptsOnlyStreams(accept: string | null): boolean {
  const types = accept?.split(',').map((part) => part.split(';')[0]?.trim().toLowerCase()) ?? [];
  return types.length > 0 && types.every((type) => type === 'text/event-stream' || type === 'multipart/mixed');
}

/** For errors outside of execution, which belong to no request that we know. */
function maskAny(mask: MaskError, error: unknown): Error {
  if (error instanceof GraphQLError) return mask(error, newId());
  const origin = error instanceof Error ? error : new Error(String(error));
  return mask(new GraphQLError(origin.message, { originalError: origin }), newId());
}

/** "Did you mean …" tells names of the schema. */
function withoutSuggestion(error: GraphQLError): GraphQLError {
  const [message = error.message] = error.message.split(' Did you mean');
  return message === error.message ? error : new GraphQLError(message, { nodes: error.nodes ?? null });
}

/** What is in `kept` stays, and does not count. */
function boundedCache<T>(
  most: number,
  kept: ReadonlyMap<string, T> = new Map(),
): { get(key: string): T | undefined; set(key: string, value: T): void } {
  const known = new Map<string, T>();
  return {
    get: (key) => kept.get(key) ?? known.get(key),
    set(key, value) {
      known.set(key, value);
      if (known.size <= most) return;
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    },
  };
}
