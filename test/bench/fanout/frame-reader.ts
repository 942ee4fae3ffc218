/** One WebSocket client that costs next to nothing, so that the server is what is measured. */
import { connect, type Socket } from 'node:net';

export interface FrameReader {
  send(text: string): void;
  /** Takes nothing from the network until `resume`. */
  pause(): void;
  resume(): void;
  destroy(): void;
  onClose: (reason: string) => void;
}

const textFrame = 1;
const closeFrame = 8;

/** Resolves when the server has answered `init`; `onMessage` is called with each later text message, which it must not keep. */
export async function openFrameReader(
  port: number,
  init: string,
  onMessage: (message: Buffer) => void,
): Promise<FrameReader> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
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
  const reader: FrameReader = {
    send: (text) => send(socket, text),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    destroy: () => {
      reader.onClose = () => {};
      socket.destroy();
    },
    onClose: () => {},
  };
  let isOpen = false;
  let onOpen = () => {};
  socket.on('error', (error) => reader.onClose(error.message));
  socket.on('close', () => reader.onClose('the connection ended'));
  const opened = new Promise<void>((resolve) => (onOpen = resolve));
  readFrames(socket, (opcode, payload) => {
    if (opcode === closeFrame) return reader.onClose(payload.toString('utf8', 2));
    if (opcode !== textFrame) return;
    if (isOpen) return onMessage(payload);
    isOpen = true;
    onOpen();
  });
  send(socket, init);
  await opened;
  return reader;
}

/** Cuts whole, unmasked frames (RFC 6455, 5.2). */
function readFrames(socket: Socket, onFrame: (opcode: number, payload: Buffer) => void): void {
  let rest: Buffer | undefined;
  socket.on('data', (data) => {
    let buffer = rest ? Buffer.concat([rest, data]) : data;
    for (;;) {
      if (buffer.length < 2) break;
      const short = (buffer[1] ?? 0) & 0x7f;
      const header = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (buffer.length < header) break;
      const length = short < 126 ? short : short === 126 ? buffer.readUInt16BE(2) : Number(buffer.readBigUInt64BE(2));
      if (buffer.length < header + length) break;
      onFrame((buffer[0] ?? 0) & 0x0f, buffer.subarray(header, header + length));
      buffer = buffer.subarray(header + length);
    }
    rest = buffer.length > 0 ? buffer : undefined;
  });
}

/** Masked with zeros, which is allowed and leaves the text as it is (RFC 6455, 5.3). */
function send(socket: Socket, text: string): void {
  const payload = Buffer.from(text);
  const { length } = payload;
  if (length >= 65_536) throw new RangeError('the message is too long for this client');
  const head = length < 126 ? [0x81, 0x80 | length] : [0x81, 0x80 | 126, length >> 8, length & 0xff];
  socket.write(Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]));
}
