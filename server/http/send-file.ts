/** Sends files whose name is the hash of their content: never changed, so kept by clients for good. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { HttpRefusal } from './answers.ts';
import { headerReader, type Visit } from './route.ts';

export interface SentFile {
  path: string;
  type: string;
  /** Of the content; quoted by the caller's hash. */
  etag: string;
}

/** Answers 200, 206 for one range, 304, or 416; throws 404 when there is no such file. */
export async function sendFile({ request, response }: Visit, file: SentFile): Promise<void> {
  const found = await stat(file.path).catch(() => undefined);
  if (!found?.isFile()) throw new HttpRefusal(404, { field: 'path', remedy: 'nothing is stored here yet' });
  const { size } = found;
  response.setHeader('cache-control', 'private, max-age=31536000, immutable');
  response.setHeader('etag', file.etag);
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('x-content-type-options', 'nosniff');
  if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304).end();
    return;
  }

  const range = parseRange(request.headers.range, headerReader(request)('if-range'), file.etag, size);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (range) response.setHeader('content-range', `bytes ${start}-${end}/${size}`);
  response.writeHead(range ? 206 : 200, { 'content-type': file.type, 'content-length': end - start + 1 });
  if (request.method === 'HEAD' || size === 0) {
    response.end();
    return;
  }
  // the client may have gone while the file was looked for; piping into a closed answer is an error
  if (response.destroyed) return;
  await pipeline(createReadStream(file.path, { start, end }), response);
}

/** One range of bytes (RFC 9110, 14). Several ranges and other units are answered with the whole file, as it allows. */
function parseRange(
  header: string | undefined,
  ifRange: string | null,
  etag: string,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  if (ifRange !== null && ifRange !== etag) return undefined;
  if (from === '') {
    const last = Number(to);
    return last === 0 || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - last), end: size - 1 };
  }
  const start = Number(from);
  const end = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < start) return undefined;
  return start >= size ? 'unsatisfiable' : { start, end };
}
