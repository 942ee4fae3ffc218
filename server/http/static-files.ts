/** The HMI: files of its build, index.html for its own addresses, and headers that let nothing else run in it. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { HttpRefusal, methodNotAllowed } from './answers.ts';
import type { Route } from './route.ts';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // positions and sizes that are computed, such as outlines over images
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `folder` is the build's; an address without an extension is the HMI's own and gets index.html. */
export function createStaticRoute(folder: string): Route {
  return async ({ request, response, url }) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed('GET');
    const asked = fileOf(folder, url.pathname);
    const isAddress = asked === undefined || extname(asked) === '';
    const path = isAddress ? join(folder, 'index.html') : asked;
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) {
      const remedy = isAddress ? 'the HMI is not built: run npm run build:hmi' : 'nothing is served at this address';
      throw new HttpRefusal(404, { field: 'path', value: url.pathname.slice(0, 200), remedy });
    }
    const etag = `W/"${found.size.toString(16)}-${Math.trunc(found.mtimeMs).toString(16)}"`;
    // the build puts a hash of the content into the names below assets/
    const isHashed = path.startsWith(join(folder, 'assets') + sep);
    response.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    response.setHeader('etag', etag);
    response.setHeader('content-security-policy', contentSecurityPolicy);
    response.setHeader('referrer-policy', 'same-origin');
    response.setHeader('x-content-type-options', 'nosniff');
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304).end();
      return;
    }
    response.writeHead(200, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'content-length': found.size,
    });
    if (request.method === 'HEAD' || found.size === 0) {
      response.end();
      return;
    }
    await pipeline(createReadStream(path), response);
  };
}

/** The file that the address names, or undefined when it would lie outside of the folder. */
function fileOf(folder: string, pathname: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    throw new HttpRefusal(400, { field: 'path', value: pathname.slice(0, 200), remedy: 'encode the path as a URL' });
  }
  if (decoded.includes('\0')) throw new HttpRefusal(400, { field: 'path', remedy: 'leave out U+0000' });
  const file = normalize(join(folder, decoded));
  return file.startsWith(folder + sep) ? file : undefined;
}
