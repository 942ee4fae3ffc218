/** What every lane asks before it runs an operation: which text is meant, may the caller send it, what does it cost, is it within the rate. */
import { type DocumentNode, GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { Services } from '../kit/context.ts';
import { limitExceeded } from '../kit/limit-error.ts';
import type { Principal, Rights } from '../kit/rights.ts';
import { maySendOwnDocuments, opennessOf } from './free-queries.ts';
import { type PersistedOperations, readPersistedOperations } from './persisted-operations.ts';
import { type CostOfOperation, prepareCost } from './query-cost.ts';
import { spendRate } from './rate-limit.ts';

export interface SentOperation {
  query: unknown;
  /** `{ persistedQuery: { sha256Hash } }`, as Apollo's clients send it, on every door. */
  extensions: unknown;
}

export interface AskedOperation {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  variables: Readonly<Record<string, unknown>>;
  address: string;
  principal: Principal | null;
}

export interface OperationGate {
  readonly persisted: PersistedOperations;
  /** The text of what was sent; undefined when neither text nor hash was; the refusal when this caller may not send it. */
  textOf(sent: SentOperation, rights: Rights): string | undefined | GraphQLError;
  /** Takes the cost from the caller's rate and gives it; the refusal when it is too much. Call it once for an operation, after validation. */
  admit(asked: AskedOperation): number | GraphQLError;
}

export interface OperationGateOptions {
  schema: GraphQLSchema;
  services: Pick<Services, 'config' | 'memory' | 'now'>;
  /** Hears the name of each limit that refuses. */
  onRefusal?: ((limit: string) => void) | undefined;
}

export function createOperationGate({ schema, services, onRefusal }: OperationGateOptions): OperationGate {
  const { limits, freeQueries, operationFiles } = services.config;
  const persisted = readPersistedOperations(operationFiles);
  const costs = new WeakMap<OperationDefinitionNode, CostOfOperation>();

  const costOf = ({ document, operation, variables }: AskedOperation): number => {
    const known = costs.get(operation) ?? prepareCost(schema, document, operation, limits);
    costs.set(operation, known);
    return known(variables);
  };
  const refuse = (error: GraphQLError): GraphQLError => {
    onRefusal?.(String(error.extensions.limit ?? error.extensions.code));
    return error;
  };

  return {
    persisted,
    textOf({ query, extensions }, rights) {
      const hash = persistedHash(extensions);
      if (hash !== undefined && !query) {
        return persisted.find(hash) ?? refuse(notFound(hash));
      }
      if (typeof query !== 'string') return undefined;
      if (maySendOwnDocuments(rights, freeQueries) || persisted.has(query)) return query;
      const openness = opennessOf(query, rights.isAnonymous);
      if (openness === 'open') return query;
      if (openness !== 'closed') return refuse(unparsable(openness.syntaxError));
      return refuse(rights.isAnonymous ? signInFirst() : storedOnly());
    },
    admit(asked) {
      const cost = costOf(asked);
      if (cost > limits.queryCost) return refuse(tooCostly(asked.operation, cost, limits.queryCost));
      const refusal = spendRate(services, asked, cost);
      return refusal ? refuse(refusal) : cost;
    },
  };
}

function persistedHash(extensions: unknown): string | undefined {
  if (typeof extensions !== 'object' || extensions === null || !('persistedQuery' in extensions)) return undefined;
  const { persistedQuery } = extensions;
  if (typeof persistedQuery !== 'object' || persistedQuery === null || !('sha256Hash' in persistedQuery))
    return undefined;
  return typeof persistedQuery.sha256Hash === 'string' ? persistedQuery.sha256Hash : undefined;
}

function tooCostly(operation: OperationDefinitionNode, value: number, most: number): GraphQLError {
  return limitExceeded({
    code: 'QUERY_TOO_LARGE',
    limit: 'LEHR_LIMIT_QUERY_COST',
    message: `${operation.name?.value ?? 'The operation'} costs ${value} points; ${most} are allowed`,
    value,
    most,
    remedy: 'Ask for smaller pages, or for fewer lists inside lists.',
    http: { status: 400 },
  });
}

function notFound(hash: string): GraphQLError {
  const remedy =
    'Send an operation of schema/operations.json; a screen loads itself anew, an edge node takes an update.';
  return new GraphQLError(`No stored operation has the SHA-256 "${hash.slice(0, 100)}". ${remedy}`, {
    extensions: { code: 'PERSISTED_QUERY_NOT_FOUND', remedy, http: { status: 400, spec: true } },
  });
}

/** As Yoga answers what it cannot parse itself. */
function unparsable(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    source: error.source ?? null,
    positions: error.positions ?? null,
    extensions: { code: 'GRAPHQL_PARSE_FAILED', http: { status: 400, spec: true } },
  });
}

function storedOnly(): GraphQLError {
  const remedy = 'Send an operation of schema/operations.json, or have your role named in LEHR_FREE_QUERIES.';
  return new GraphQLError(`Your roles may not send documents of their own. ${remedy}`, {
    extensions: { code: 'PERSISTED_QUERY_ONLY', remedy, http: { status: 403, spec: true } },
  });
}

function signInFirst(): GraphQLError {
  const message = 'Sign in first: anonymous callers may only sign in, and ask for stored operations.';
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED', http: { status: 200 } } });
}
