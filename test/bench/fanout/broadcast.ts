/** What the hub is compared with: a plain `ws` broadcast, and graphql-ws as it comes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ExecutionArgs, execute, type GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';

export interface Peer {
  port: number;
  close(): Promise<void>;
}

/** Sends each message to every client with `ws.send`, encoded once, as fast as the clients take it. */
export interface PlainBroadcast extends Peer {
  broadcast(messages: readonly Buffer[]): Promise<void>;
}

/** Same options of `ws` as the live door. */
const options = { perMessageDeflate: false, clientTracking: true } as const;

/** `answers` are sent for the first messages of each client, so that the same readers fit. */
export async function openPlainBroadcast(answers: readonly string[], bufferedBytes: number): Promise<PlainBroadcast> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, ...options });
  sockets.on('connection', (socket) => {
    let next = 0;
    socket.on('message', () => socket.send(answers[next++] ?? ''));
  });
  const port = await listen(server);
  return {
    port,
    async broadcast(messages) {
      for (const message of messages) {
        for (const socket of sockets.clients) socket.send(message, { binary: false });
        // The event loop turns once a message, as it does in every server that also does something else.
        await new Promise((resolve) => setImmediate(resolve));
        for (const socket of sockets.clients) if (socket.bufferedAmount > bufferedBytes) await drained(socket);
      }
    },
    close: () => close(server, sockets),
  };
}

export interface StockServer extends Peer {
  /** Every subscriber executes and serialises each root value for itself. */
  publish(roots: readonly unknown[]): void;
}

export async function openStockGraphqlWs(schema: GraphQLSchema, makeContext: () => object): Promise<StockServer> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, ...options });
  const queues = new Set<(root: unknown) => void>();
  async function* subscribe(args: ExecutionArgs) {
    const waiting: unknown[] = [];
    let wake = () => {};
    const push = (root: unknown) => {
      waiting.push(root);
      wake();
    };
    queues.add(push);
    try {
      for (;;) {
        for (const root of waiting.splice(0)) yield execute({ ...args, rootValue: root });
        if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      queues.delete(push);
    }
  }
  useServer({ schema, context: makeContext, subscribe: (args) => subscribe(args) as never }, sockets);
  const port = await listen(server);
  return {
    port,
    publish(roots) {
      for (const root of roots) for (const push of queues) push(root);
    },
    close: () => close(server, sockets),
  };
}

function drained(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => socket.ping(undefined, false, () => resolve()));
}

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function close(server: ReturnType<typeof createServer>, sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.terminate();
  sockets.close();
  await new Promise((resolve) => server.close(resolve));
}
