/** WebSocket connections that keep neither RFC 6455 nor graphql-transport-ws. */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { SeededRandom } from '../../support/seeded-random.ts';
import { makeDocuments } from './random-documents.ts';
import { type FuzzWorld, randomFor } from './random-requests.ts';

export interface AttackResult {
  number: number;
  /** Frames and upgrade requests that were sent. */
  sent: number;
  /** All that came back, as text. */
  received: string;
  /** Of the close frame, if one came. */
  closeCode: number | null;
  /** What was sent, to be sent again: the first 20 pieces. */
  pieces: string[];
}

const connectMs = 5_000;
/** An answer to the last piece would have come by then. */
const lingerMs = 40;
const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

export async function attack(world: FuzzWorld, origin: string, seed: number, number: number): Promise<AttackResult> {
  // Apart from the numbers of the requests.
  const random = randomFor(seed, 500_000_000 + number);
  const result: AttackResult = { number, sent: 0, received: '', closeCode: null, pieces: [] };
  const { hostname, port } = new URL(origin);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => {});
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('close', () => resolve(false));
    setTimeout(() => resolve(false), connectMs).unref();
  });
  if (!isOpen) return result;

  const send = (piece: Buffer, what: string) => {
    if (socket.destroyed || !socket.writable) return;
    socket.write(piece);
    result.sent += 1;
    if (result.pieces.length < 20) result.pieces.push(`${what} ${piece.subarray(0, 200).toString('latin1')}`);
  };
  const caller = random.pick([...world.callers.keys()]);
  const isUpgraded = random.next() < 0.9;
  send(Buffer.from(upgrade(random, isUpgraded, world.callers.get(caller) ?? {})), `upgrade as ${caller}`);
  if (isUpgraded) {
    await heard(chunks, socket);
    if (random.next() < 0.75) send(frame(JSON.stringify({ type: 'connection_init' })), 'init');
    await heard(chunks, socket);
    const count = 1 + random.integer(8);
    for (let index = 0; index < count; index++) {
      const [what, piece] = random.next() < 0.5 ? badFrame(random) : badMessage(world, random);
      send(piece, what);
      if (random.next() < 0.3) await pause(random.integer(10));
    }
  }
  await pause(lingerMs);
  if (random.next() < 0.5) socket.end();
  socket.destroy();
  const all = Buffer.concat(chunks);
  result.received = all.toString('utf8');
  result.closeCode = closeCodeIn(all);
  return result;
}

function upgrade(random: SeededRandom, isRight: boolean, headers: Readonly<Record<string, string>>): string {
  const right: Record<string, string> = {
    Host: '127.0.0.1',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Protocol': 'graphql-transport-ws',
    ...(headers.authorization ? { Authorization: headers.authorization } : {}),
    ...(headers.cookie ? { Cookie: headers.cookie, Origin: 'http://127.0.0.1' } : {}),
  };
  let path = '/graphql';
  if (!isRight) {
    const wrongs: (() => void)[] = [
      () => (path = random.pick(['/', '/x', '/graphql/x', '//', '*', `/graphql?${'x'.repeat(3000)}`])),
      () => delete right['Sec-WebSocket-Key'],
      () => (right['Sec-WebSocket-Key'] = 'x'),
      () => (right['Sec-WebSocket-Version'] = random.pick(['8', '99', 'x', ''])),
      () => (right['Sec-WebSocket-Protocol'] = random.pick(['graphql-ws', 'x,,y', '', ' '])),
      () =>
        (right['Sec-WebSocket-Extensions'] = random.pick([
          'permessage-deflate; x',
          ';;',
          'permessage-deflate; client_max_window_bits=99',
        ])),
      () => (right.Upgrade = random.pick(['h2c', 'x', 'websocket, x'])),
      () => (right.Authorization = 'Bearer nothing'),
      () => (right.Origin = 'http://elsewhere.test'),
    ];
    random.pick(wrongs)();
  }
  const lines = Object.entries(right).map(([name, value]) => `${name}: ${value}`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** A frame as a client must send one, or with its parts set otherwise. */
function frame(
  payload: string | Buffer,
  { opcode = opcodes.text, first = 0x80, isMasked = true, length = Buffer.byteLength(payload) } = {},
): Buffer {
  const mask = randomBytes(4);
  const bytes = Buffer.from(payload);
  const masked = isMasked ? bytes.map((byte, index) => byte ^ (mask[index % 4] ?? 0)) : bytes;
  const bit = isMasked ? 0x80 : 0;
  const head =
    length < 126
      ? Buffer.from([first | opcode, bit | length])
      : length < 65_536
        ? Buffer.from([first | opcode, bit | 126, length >> 8, length & 255])
        : longHead(first | opcode, bit, length);
  return Buffer.concat(isMasked ? [head, mask, masked] : [head, masked]);
}

function longHead(first: number, bit: number, length: number): Buffer {
  const head = Buffer.alloc(10);
  head[0] = first;
  head[1] = bit | 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

function badFrame(random: SeededRandom): [string, Buffer] {
  const text = JSON.stringify({ type: 'ping' });
  return random.pick<() => [string, Buffer]>([
    () => ['unmasked', frame(text, { isMasked: false })],
    () => ['reserved bits', frame(text, { first: 0x80 | ((1 + random.integer(7)) << 4) })],
    () => ['opcode', frame(text, { opcode: random.pick([3, 7, 11, 15]) })],
    () => ['continuation of nothing', frame(text, { opcode: 0 })],
    () => ['fragment', frame(text, { first: 0 })],
    () => ['fragmented control', frame('x', { first: 0, opcode: opcodes.ping })],
    () => ['long control', frame('x'.repeat(126 + random.integer(1000)), { opcode: opcodes.ping })],
    () => ['long message', frame('x', { length: random.pick([2 ** 31, 2 ** 40, 2 ** 52, 2_000_000]) })],
    () => ['cut off', frame(text).subarray(0, 1 + random.integer(8))],
    () => ['not UTF-8', frame(Buffer.from([0xc3, 0x28, 0xff, 0xed, 0xa0, 0x80]))],
    () => ['binary', frame(text, { opcode: opcodes.binary })],
    () => [
      'close code',
      frame(Buffer.from([random.integer(256), random.integer(256), 0xff]), { opcode: opcodes.close }),
    ],
    () => ['close short', frame(Buffer.from([3]), { opcode: opcodes.close })],
    () => ['pong of nothing', frame('x', { opcode: opcodes.pong })],
    () => ['pings', Buffer.concat(Array.from({ length: 200 }, () => frame('x'.repeat(100), { opcode: opcodes.ping })))],
    () => ['noise', randomBytes(1 + random.integer(200))],
  ])();
}

function badMessage(world: FuzzWorld, random: SeededRandom): [string, Buffer] {
  const id = () => random.pick(['1', '1', '2', '', 'x'.repeat(201), 'é', '__proto__', '\u0000']);
  const documents = makeDocuments(world.schema, random, world);
  const document = () =>
    random.pick([
      () => documents.operation('subscription', 0.05),
      () => documents.operation('query', 0.05),
      () => documents.operation('mutation', 0.05),
      () => documents.nearlyValid('subscription'),
      () => documents.fragments(),
      () => documents.deep(),
    ])();
  const message = random.pick<() => unknown>([
    () => ({
      type: 'connection_init',
      payload: random.pick<unknown>([1, [], { authorization: 1 }, { authorization: 'Bearer x' }, null]),
    }),
    () => ({ type: 'subscribe', id: id(), payload: document() }),
    () => ({ type: 'subscribe', id: id(), payload: document() }),
    () => ({ type: 'subscribe', id: id(), payload: document() }),
    () => ({
      type: 'subscribe',
      id: id(),
      payload: { ...document(), operationName: random.pick<unknown>(['Other', 1, {}]) },
    }),
    () => ({
      type: 'subscribe',
      id: id(),
      payload: {
        extensions: {
          persistedQuery: { sha256Hash: random.pick<unknown>([random.pick(world.storedHashes), 'x', 1, null]) },
        },
      },
    }),
    () => ({
      type: 'subscribe',
      id: random.pick<unknown>([1, null, {}]),
      payload: random.pick<unknown>([null, 1, 'x', [], {}]),
    }),
    () => ({ type: 'complete', id: id() }),
    () => ({ type: 'pong', payload: 1 }),
    () => ({ type: 'ping', payload: random.pick<unknown>([null, 1, {}, { a: 1 }]) }),
    () => ({ type: random.pick<unknown>(['next', 'error', 'connection_ack', 'stop', '', 1, null, {}, '__proto__']) }),
    () => random.pick<unknown>([null, 1, 'x', [], {}, [[]]]),
  ])();
  const text = JSON.stringify(message);
  return random.pick<() => [string, Buffer]>([
    () => ['message', frame(text)],
    () => ['message', frame(text)],
    () => ['message', frame(text)],
    () => ['message cut', frame(text.slice(0, random.integer(text.length)))],
    () => ['deep JSON', frame('['.repeat(50_000))],
  ])();
}

/** Of the last close frame of the server; its frames are not masked and their payloads are text. */
function closeCodeIn(all: Buffer): number | null {
  const body = all.indexOf('\r\n\r\n');
  let at = body < 0 ? all.length : body + 4;
  while (at + 2 <= all.length) {
    const opcode = (all[at] ?? 0) & 15;
    let length = (all[at + 1] ?? 0) & 127;
    let head = 2;
    if (length === 126 && at + 4 <= all.length) [length, head] = [all.readUInt16BE(at + 2), 4];
    else if (length === 127 && at + 10 <= all.length) [length, head] = [Number(all.readBigUInt64BE(at + 2)), 10];
    if (opcode === opcodes.close)
      return length >= 2 && at + head + 2 <= all.length ? all.readUInt16BE(at + head) : 1005;
    at += head + length;
  }
  return null;
}

/** Waits for the next bytes, for a moment. */
async function heard(chunks: readonly Buffer[], socket: Socket): Promise<void> {
  const before = chunks.length;
  for (let look = 0; look < 40 && chunks.length === before && !socket.destroyed; look++) await pause(5);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
