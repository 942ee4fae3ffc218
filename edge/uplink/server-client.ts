/** The edge's way to the server over HTTP: GraphQL, images, artifacts. Tells apart what may pass from what will not. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { z } from 'zod';
import type { Download } from '../models/model-store.ts';
import type { Credentials } from './credentials.ts';

/**
 * unreachable: may pass by waiting (network, restart, overload, a bug that the server logs); unauthorised: until somebody changes the token or its rights;
 * contract: server and edge do not understand each other; invalid: this request, and only it, is at fault.
 */
export type UplinkTrouble = 'unreachable' | 'unauthorised' | 'contract' | 'invalid';

export class UplinkError extends Error {
  override readonly name = 'UplinkError';
  readonly trouble: UplinkTrouble;

  constructor(trouble: UplinkTrouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.trouble = trouble;
  }
}

export interface ServerClient {
  /** `variables` is JSON already, so that what lies in the outbox is sent as it is. Throws `UplinkError`. */
  graphql<T>(document: string, variables: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T>;
  /** Throws `UplinkError`; `invalid` when the server will never take this image. */
  putImage(plantCode: string, sha256: string, bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void>;
  download: Download;
}

export interface ServerClientOptions {
  url: string;
  timeoutMs: number;
}

const UNAUTHORISED = new Set(['UNAUTHENTICATED', 'FORBIDDEN']);
const CONTRACT = new Set(['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED', 'PERSISTED_QUERY_NOT_FOUND']);
const MAX_SHOWN = 300;
/** By text: there are a few documents, and each is sent for ever. */
const hashes = new Map<string, string>();

/** The server knows every document of the edge by its hash (schema/operations.json), and takes no other from a node. */
function hashOf(document: string): string {
  const known = hashes.get(document) ?? createHash('sha256').update(document, 'utf8').digest('hex');
  hashes.set(document, known);
  return known;
}

export function createServerClient({ url, timeoutMs }: ServerClientOptions, credentials: Credentials): ServerClient {
  /** Without the header when there is nothing to show yet. */
  const shown = (): Record<string, string> => {
    const authorization = credentials.authorization();
    return authorization === '' ? {} : { authorization };
  };
  return { graphql, putImage, download };

  async function graphql<T>(
    document: string,
    variables: string,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const response = await request('/graphql', signal, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json' },
      body: `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"${hashOf(document)}"}},"variables":${variables}}`,
    });
    const { text } = response;
    const answer = parseJson(text);
    if (!isObject(answer) || (answer.data === undefined && answer.errors === undefined)) {
      throw new UplinkError(troubleOfStatus(response.status), `${response.status} ${shorten(text)}`);
    }
    if (Array.isArray(answer.errors) && answer.errors.length > 0) throw graphqlError(answer.errors[0]);
    const parsed = schema.safeParse(answer.data);
    if (!parsed.success)
      throw new UplinkError('contract', `the server's answer has another shape: ${shorten(parsed.error.message)}`);
    return parsed.data;
  }

  async function putImage(
    plantCode: string,
    sha256: string,
    bytes: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<void> {
    const response = await request(`/images/${encodeURIComponent(plantCode)}/${sha256}`, signal, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: bytes,
    });
    if (response.ok) return;
    const { status, text } = response;
    const isOurFault = status >= 400 && status < 500 && troubleOfStatus(status) === 'contract';
    throw new UplinkError(isOurFault ? 'invalid' : troubleOfStatus(status), `${status} ${shorten(text)}`);
  }

  async function download(path: string, offset: number, signal: AbortSignal) {
    // No limit on the whole: a large artifact over a thin line takes its time. The caller's signal ends it.
    const response = await fetch(new URL(path, url), {
      signal,
      headers: { ...shown(), ...(offset > 0 ? { range: `bytes=${offset}-` } : {}) },
    }).catch((cause) => {
      throw unreachable(cause);
    });
    if (!response.ok || !response.body) {
      throw new UplinkError(
        troubleOfStatus(response.status),
        `${response.status} ${shorten(await response.text().catch(String))}`,
      );
    }
    return { body: Readable.from(response.body), resumed: response.status === 206 };
  }

  async function request(path: string, signal: AbortSignal, init: RequestInit): Promise<Answer> {
    // A controller of its own for each request: the node's signal lives long and would gather what hangs on it.
    const own = new AbortController();
    const giveUp = () => own.abort();
    const timer = setTimeout(giveUp, timeoutMs);
    signal.addEventListener('abort', giveUp);
    try {
      if (signal.aborted) giveUp();
      const response = await fetch(new URL(path, url), {
        ...init,
        headers: { ...init.headers, ...shown() },
        signal: own.signal,
      });
      credentials.heard(response.headers.get('date'));
      return { status: response.status, ok: response.ok, text: await response.text() };
    } catch (cause) {
      if (own.signal.aborted && !signal.aborted)
        throw new UplinkError('unreachable', `no answer within ${timeoutMs} ms`, { cause });
      throw unreachable(cause);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }
}

interface Answer {
  status: number;
  ok: boolean;
  text: string;
}

function unreachable(cause: unknown): UplinkError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return new UplinkError('unreachable', inner instanceof Error ? inner.message : String(inner), { cause });
}

function troubleOfStatus(status: number): UplinkTrouble {
  if (status === 401 || status === 403) return 'unauthorised';
  if (status === 413) return 'invalid';
  if (status === 408 || status === 425 || status === 429 || status >= 500) return 'unreachable';
  return 'contract';
}

function graphqlError(error: unknown): UplinkError {
  const message = isObject(error) && typeof error.message === 'string' ? error.message : 'unknown error';
  const extensions = isObject(error) && isObject(error.extensions) ? error.extensions : {};
  const code = typeof extensions.code === 'string' ? extensions.code : '';
  if (UNAUTHORISED.has(code)) return new UplinkError('unauthorised', message);
  // graphql-js' own words for a value that does not fit its type.
  if (/^Variable "\$input" got invalid value/.test(message)) return new UplinkError('invalid', shorten(message));
  const isContract = CONTRACT.has(code);
  return new UplinkError(isContract ? 'contract' : 'unreachable', shorten(message));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}
