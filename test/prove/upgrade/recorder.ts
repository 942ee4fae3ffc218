/** Stands between an edge and its server, passes everything on and writes down what was asked and answered. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { RecordedRequest } from './fixture.ts';

const KEPT_HEADERS = ['authorization', 'content-type', 'accept'];

export interface Recorder extends AsyncDisposable {
  url: string;
  requests: RecordedRequest[];
}

export async function startRecorder(serverUrl: string): Promise<Recorder> {
  const requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    passOn(request, response, serverUrl, requests).catch(() => response.writeHead(502).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, requests, [Symbol.asyncDispose]: close };
}

async function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  serverUrl: string,
  requests: RecordedRequest[],
): Promise<void> {
  const at = new Date().toISOString();
  const { method = 'GET', url: path = '/' } = request;
  const sent = Buffer.concat(await request.toArray());
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      KEPT_HEADERS.includes(name) && typeof value === 'string' ? [[name, value]] : [],
    ),
  );
  const init = { method, headers, ...(sent.length > 0 ? { body: new Uint8Array(sent) } : {}) };
  const answer = await fetch(new URL(path, serverUrl), init);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const isBase64 = path.startsWith('/images/');
  requests.push({
    ...{ at, method, path, headers, isBase64, status: answer.status },
    body: sent.toString(isBase64 ? 'base64' : 'utf8'),
    answer: bytes.toString('utf8'),
  });
  const type = answer.headers.get('content-type');
  response.writeHead(answer.status, type === null ? {} : { 'content-type': type }).end(bytes);
}
