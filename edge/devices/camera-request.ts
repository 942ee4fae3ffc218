/** One GET to a network camera. */
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { HttpSourceConfig } from '../config/source-config.ts';

/** `deadlineMs` is for the answer as a whole, or for its head alone. */
export type CameraRequest = (until: 'head' | 'end', signal: AbortSignal) => Promise<IncomingMessage>;

/** Reads the files of the configuration. Throws when one cannot be read. The request rejects unless the camera answers 200; an answer that pauses for `timeoutMs` is destroyed. */
export function createCameraRequest({ url, auth, caFile, timeoutMs, deadlineMs }: HttpSourceConfig): CameraRequest {
  const target = new URL(url);
  const request = target.protocol === 'https:' ? requestHttps : requestHttp;
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile) };
  const headers = authHeader(auth);
  return (until, signal) =>
    new Promise((resolve, reject) => {
      let answer: IncomingMessage | undefined;
      const end = (reason: string) => (answer ?? asked).destroy(new Error(reason));
      const asked = request(target, { headers, signal, timeout: timeoutMs, agent: false, ...ca }, (response) => {
        answer = response;
        if (until === 'head') clearTimeout(deadline);
        if (response.statusCode === 200) return resolve(response);
        response.destroy();
        reject(new Error(`the camera answers ${response.statusCode}${remedyFor(response.statusCode)}`));
      });
      const deadline = setTimeout(() => end(lateMessage(deadlineMs)), deadlineMs);
      asked.on('close', () => clearTimeout(deadline));
      // Of silence on the connection, before the answer and within it.
      asked.on('timeout', () => end(`the camera gives nothing for ${timeoutMs} ms`));
      asked.on('error', reject);
      asked.end();
    });
}

/** Of an image that drips. */
export function lateMessage(deadlineMs: number): string {
  return `an image is not complete after deadlineMs = ${deadlineMs}; check the network to the camera, or give more`;
}

function remedyFor(status = 0): string {
  if (status === 401 || status === 403) return '; correct source.auth';
  return status >= 300 && status < 400 ? '; give the address that it leads to in source.url' : '';
}

function authHeader(auth: HttpSourceConfig['auth']): Record<string, string> {
  if (auth === undefined) return {};
  if ('header' in auth) return { [auth.header]: readFileSync(auth.valueFile, 'utf8').trim() };
  const password = readFileSync(auth.passwordFile, 'utf8').trim();
  return { Authorization: `Basic ${Buffer.from(`${auth.user}:${password}`).toString('base64')}` };
}
