/** One GET to a network camera. */
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { HttpSourceConfig } from '../config/source-config.ts';

export type CameraRequest = (signal: AbortSignal) => Promise<IncomingMessage>;

/** Reads the files of the configuration. Throws when one cannot be read. The request rejects unless the camera answers 200; an answer that pauses for `timeoutMs` is destroyed. */
export function createCameraRequest({ url, auth, caFile, timeoutMs }: HttpSourceConfig): CameraRequest {
  const target = new URL(url);
  const request = target.protocol === 'https:' ? requestHttps : requestHttp;
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile) };
  const headers = authHeader(auth);
  return (signal) =>
    new Promise((resolve, reject) => {
      const asked = request(target, { headers, signal, timeout: timeoutMs, agent: false, ...ca }, (response) => {
        if (response.statusCode === 200) return resolve(response);
        response.destroy();
        const remedy = response.statusCode === 401 || response.statusCode === 403 ? '; correct source.auth' : '';
        reject(new Error(`the camera answers ${response.statusCode}${remedy}`));
      });
      // Of silence on the connection, before the answer and within it.
      asked.on('timeout', () => asked.destroy(new Error(`the camera gives nothing for ${timeoutMs} ms`)));
      asked.on('error', reject);
      asked.end();
    });
}

function authHeader(auth: HttpSourceConfig['auth']): Record<string, string> {
  if (auth === undefined) return {};
  if ('header' in auth) return { [auth.header]: readFileSync(auth.valueFile, 'utf8').trim() };
  const password = readFileSync(auth.passwordFile, 'utf8').trim();
  return { Authorization: `Basic ${Buffer.from(`${auth.user}:${password}`).toString('base64')}` };
}
