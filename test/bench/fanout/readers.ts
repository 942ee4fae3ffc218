/**
 * The readers of the fan-out benchmark, in a process of their own: many sockets that do nothing but count bytes, so that the server is what is measured.
 * Started with PORT, COUNT and the text frames to send after the handshake (JSON); speaks over its IPC channel.
 */
import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** Parent to child: answer when this many bytes have come in all since the handshakes. */
export interface WaitForBytes {
  waitFor: number;
}
/** Child to parent. */
export type ReaderReport = { ready: true } | { reached: number };

const [port = '', count = '', frames = '[]'] = process.argv.slice(2);
const texts: string[] = JSON.parse(frames);
let bytes = 0;
let waitFor = Number.POSITIVE_INFINITY;

process.on('message', (message: WaitForBytes) => {
  waitFor = message.waitFor;
  report();
});
process.on('disconnect', () => process.exit(0));

await Promise.all(Array.from({ length: Number(count) }, open));
send({ ready: true });

/** Resolves after the handshake. `ID` in a text becomes an id of this reader. */
async function open(): Promise<void> {
  const socket = connect({ port: Number(port), host: '127.0.0.1' });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('data', (head) => {
      if (!head.toString('latin1').startsWith('HTTP/1.1 101')) return reject(new Error(head.toString('latin1')));
      resolve();
    });
    socket.write(
      'GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: bGVocmxlaHJsZWhybGVocg==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    );
  });
  const id = randomUUID();
  for (const text of texts) await exchange(socket, text.replace('ID', id));
  socket.on('data', (data) => {
    bytes += data.length;
    report();
  });
}

/** Sends one text frame and waits for an answer, of which only the arrival counts. */
function exchange(socket: Socket, text: string): Promise<void> {
  const payload = Buffer.from(text);
  // Masked with zeros, which is allowed and leaves the text as it is (RFC 6455, 5.3).
  const head =
    payload.length < 126
      ? [0x81, 0x80 | payload.length]
      : [0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff];
  socket.write(Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]));
  return new Promise((resolve) => socket.once('data', () => resolve()));
}

function report(): void {
  if (bytes < waitFor) return;
  waitFor = Number.POSITIVE_INFINITY;
  send({ reached: bytes });
}

function send(message: ReaderReport): void {
  process.send?.(message);
}
