/** A plain `ws` broadcast in its own process: each message encoded once and sent to every client with `ws.send`, as fast as they take it. */
import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { serveParent } from '../kit/serve-parent.ts';
import { listen } from './listen.ts';

export interface OpenPlain {
  bufferedBytes: number;
}

const server = createServer();
// As the live door has it.
const sockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: true });
let messages: Buffer[] = [];
let bufferedBytes = 0;

// The first message is answered as `connection_init`; a subscription by a message that names it.
sockets.on('connection', (socket) => {
  socket.on('message', (data) => {
    const { id, type } = JSON.parse(String(data)) as { id?: string; type: string };
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
    else if (type === 'subscribe') socket.send(`{"id":"${id}","type":"next","payload":{}}`);
  });
});

async function broadcast(): Promise<void> {
  for (const message of messages) {
    for (const socket of sockets.clients) socket.send(message, { binary: false });
    // The event loop turns once a message, as it does in every server that also does something else.
    await new Promise((resolve) => setImmediate(resolve));
    for (const socket of sockets.clients) if (socket.bufferedAmount > bufferedBytes) await drained(socket);
  }
}

function drained(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => socket.ping(undefined, false, () => resolve()));
}

serveParent({
  open: (input: OpenPlain) => {
    bufferedBytes = input.bufferedBytes;
    return listen(server);
  },
  load: (input: readonly Uint8Array[]) => {
    messages = input.map((message) => Buffer.from(message));
  },
  broadcast,
});
