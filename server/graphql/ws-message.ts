/** The messages of the graphql-transport-ws protocol (enisdenjo/graphql-ws, PROTOCOL.md), as a client sends them. */

export const subprotocol = 'graphql-transport-ws';

/** Close codes of the protocol. */
export const closeCode = {
  invalidMessage: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  subprotocolNotAcceptable: 4406,
  initialisationTimeout: 4408,
  subscriberExists: 4409,
  tooManyInitialisations: 4429,
  internalError: 4500,
} as const;

export interface OperationRequest {
  /** Undefined when only the hash of a stored operation was sent, in `extensions`. */
  query: string | undefined;
  extensions: Record<string, unknown> | undefined;
  operationName: string | undefined;
  variables: Record<string, unknown>;
}

export type ClientMessage =
  | { type: 'connection_init'; payload: Record<string, unknown> }
  | { type: 'ping'; payload: Record<string, unknown> | undefined }
  | { type: 'pong' }
  | { type: 'subscribe'; id: string; payload: OperationRequest }
  | { type: 'complete'; id: string };

const longestId = 200;

/** The message in the text, or what is wrong with it. */
export function parseMessage(text: string): ClientMessage | { problem: string } {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { problem: 'Message is not JSON' };
  }
  if (!isRecord(message)) return { problem: 'Message is not an object' };
  const { type, id, payload } = message;
  switch (type) {
    case 'connection_init':
      return isOptionalRecord(payload)
        ? { type, payload: payload ?? {} }
        : { problem: 'payload of connection_init must be an object' };
    case 'ping':
      return isOptionalRecord(payload)
        ? { type, payload: payload ?? undefined }
        : { problem: 'payload of ping must be an object' };
    case 'pong':
      return { type };
    case 'complete':
      return isId(id) ? { type, id } : { problem: idProblem };
    case 'subscribe': {
      if (!isId(id)) return { problem: idProblem };
      const request = readRequest(payload);
      return typeof request === 'string' ? { problem: request } : { type, id, payload: request };
    }
    default:
      return { problem: 'type of the message is unknown' };
  }
}

const idProblem = `id must be a text of 1 to ${longestId} characters`;

function readRequest(payload: unknown): OperationRequest | string {
  if (!isRecord(payload)) return 'payload of subscribe must be an object';
  const { query, operationName, variables, extensions } = payload;
  if (!isOptionalRecord(extensions)) return 'payload.extensions must be an object';
  const isHashOnly = !query && extensions?.persistedQuery !== undefined;
  if (typeof query !== 'string' && !isHashOnly) return 'payload.query must be a text';
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string')
    return 'payload.operationName must be a text';
  if (!isOptionalRecord(variables)) return 'payload.variables must be an object';
  return {
    query: typeof query === 'string' ? query : undefined,
    extensions: extensions ?? undefined,
    operationName: operationName ?? undefined,
    variables: variables ?? {},
  };
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= longestId;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOptionalRecord(value: unknown): value is Record<string, unknown> | null | undefined {
  return value === undefined || value === null || isRecord(value);
}
