/** The HTTP server: picks the route, answers refusals, masks the rest, and stops without cutting anyone off. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '../kit/ids.ts';
import type { Log } from '../kit/log.ts';
import { HttpRefusal, sendJson, sendRefusal } from './answers.ts';
import type { Route } from './route.ts';

/** By exact path, or by its first segments with a slash at the end; `/` takes the rest. */
export type Routes = Record<string, Route>;

export interface HttpDoorOptions {
  /** What is answered before `serve`. */
  routes: Routes;
  requestMs: number;
  log: Log;
  onRequest(route: string, status: number, seconds: number): void;
}

export interface HttpDoor {
  server: Server;
  /** Resolves to the port. Throws when it is taken. */
  listen(host: string, port: number): Promise<number>;
  /** Answers these from now on. */
  serve(routes: Routes): void;
  /** Takes no new requests, waits for those under way, then cuts off what is left. */
  close(patienceMs: number): Promise<void>;
}

export function createHttpDoor(options: HttpDoorOptions): HttpDoor {
  let { routes } = options;
  const routeName = (path: string) => {
    const names = Object.keys(routes).filter((name) => (name.endsWith('/') ? path.startsWith(name) : path === name));
    return names.reduce((longest, name) => (name.length > longest.length ? name : longest), '/');
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const startedMs = performance.now();
    const url = parseUrl(request);
    const name = routeName(url?.pathname ?? '/');
    response.once('close', () => options.onRequest(name, response.statusCode, (performance.now() - startedMs) / 1000));
    const route = routes[name];
    try {
      if (!url || !route) throw new HttpRefusal(400, { field: 'url', remedy: 'send a path such as /graphql' });
      await route({ request, response, url });
    } catch (error) {
      answerError(request, response, error, options.log);
    }
  };

  const server = createServer({ requestTimeout: options.requestMs, keepAliveTimeout: 65_000 }, (request, response) => {
    void handle(request, response);
  });

  return {
    server,
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', (cause) => {
          reject(new Error(`Port ${port} of ${host} cannot be listened on: free it or set PORT.`, { cause }));
        });
        server.listen(port, host, () => {
          server.removeAllListeners('error');
          resolve((server.address() as AddressInfo).port);
        });
      }),
    serve(next) {
      routes = next;
    },
    async close(patienceMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cutOff = setTimeout(() => server.closeAllConnections(), patienceMs);
      await closed;
      clearTimeout(cutOff);
    },
  };
}

function answerError(request: IncomingMessage, response: ServerResponse, error: unknown, log: Log): void {
  // the client went away while it was sending or reading: there is nobody to answer
  if (request.destroyed && !request.complete) return;
  if (isAborted(error)) return;
  if (error instanceof HttpRefusal && !response.headersSent) {
    sendRefusal(request, response, error);
    return;
  }
  const requestId = newId();
  log.error({ err: error, requestId, path: request.url?.slice(0, 200) }, `Unexpected error in request ${requestId}`);
  if (response.headersSent) response.destroy();
  else sendJson(response, 500, { message: `Unexpected error. Request ${requestId}`, requestId });
}

function isAborted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function parseUrl(request: IncomingMessage): URL | undefined {
  const { url = '/' } = request;
  // an absolute or doubled-slash form would name another host
  return url.startsWith('/') && !url.startsWith('//') && URL.canParse(`http://localhost${url}`)
    ? new URL(`http://localhost${url}`)
    : undefined;
}
