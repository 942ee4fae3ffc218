/** Reads a request's body whole, up to a limit. */
import type { IncomingMessage } from 'node:http';
import { HttpRefusal } from './answers.ts';

/** Throws `HttpRefusal` 413 as soon as the body is known to be longer than the limit. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    parts.push(part);
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts, bytes);
}

function tooLarge(maxBytes: number): HttpRefusal {
  return new HttpRefusal(413, { field: 'body', remedy: `send at most ${maxBytes} bytes (LEHR_LIMIT_BODY_BYTES)` });
}
