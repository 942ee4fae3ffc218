/** Reads a request's body, up to a limit. */
import type { IncomingMessage } from 'node:http';
import { HttpRefusal } from './answers.ts';

export interface BodyLimit {
  bytes: number;
  /** The variable that sets it. */
  name: string;
}

/**
 * The body part by part. Throws `HttpRefusal` 413 as soon as it is known to be longer than the limit. Leaving early does
 * not destroy the request: a destroyed one has no connection left to answer on, and the sender would wait for good.
 */
export async function* bodyParts(request: IncomingMessage, limit: BodyLimit): AsyncGenerator<Buffer, void> {
  if (Number(request.headers['content-length'] ?? 0) > limit.bytes) throw tooLarge(limit);
  let bytes = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > limit.bytes) throw tooLarge(limit);
    yield part;
  }
}

/** The body whole; throws as `bodyParts`. */
export async function readBody(request: IncomingMessage, limit: BodyLimit): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of bodyParts(request, limit)) parts.push(part);
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}

function tooLarge({ bytes, name }: BodyLimit): HttpRefusal {
  return new HttpRefusal(413, { field: 'body', remedy: `send at most ${bytes} bytes (${name})` });
}
