/**
 * The subscribers of the fan-out benchmark, many sockets in a process of their own. They cut the bytes into frames, count them, and read from
 * each payload's last part how far its subscriber has come: parts are numbered in the order in which they are committed.
 */
import { serveParent } from '../kit/serve-parent.ts';
import { type FrameReader, openFrameReader } from './frame-reader.ts';
import { partNumberIn } from './part-number.ts';

export interface OpenReaders {
  port: number;
  count: number;
  /** Text of the first message. */
  init: string;
}
export interface SubscribeReaders {
  /** Payloads of the subscribe message; subscribers take them in turn. */
  payloads: readonly { query: string; variables: Record<string, unknown> }[];
  /** Where each subscriber begins. */
  afters?: readonly string[];
}
export interface Until {
  /** Every subscriber has received this part. */
  part: number;
}
export interface Taken {
  /** Payloads with parts. */
  payloads: number;
  bytes: number;
  /** When the last subscriber came so far, by the clock of all processes. */
  atMs: number;
}
export interface Commit {
  /** The last part of the transaction. */
  part: number;
  atMs: number;
}

/** Handshakes under way at the same time: the listen queue of a server is finite. */
const handshakes = 200;

interface Subscriber {
  reader: FrameReader;
  id: string;
  part: number;
  onFirst: (() => void) | undefined;
}

let subscribers: Subscriber[] = [];
let opened: OpenReaders | undefined;
let generation = 0;
let payloads = 0;
let bytes = 0;
let target = Number.POSITIVE_INFINITY;
let missing = 0;
let onTarget: (atMs: number) => void = () => {};
/** Index of the subscriber, part and time of every payload, while they are recorded. */
let recorded: number[] | undefined;
/** The first subscriber's messages, while they are captured. */
let captured: Buffer[] | undefined;
let failure: Error | undefined;

const nowMs = () => performance.timeOrigin + performance.now();

function take(subscriber: Subscriber, index: number, message: Buffer): void {
  if (subscriber.onFirst) {
    const head = message.toString('latin1', 0, 60);
    // What an earlier subscription on this connection still had under way.
    if (!head.startsWith(`{"id":"${subscriber.id}"`)) return;
    if (!head.includes('"type":"next"')) {
      failure = new Error(`a subscriber was refused: ${message.toString('utf8', 0, 500)}`);
      console.error(failure.message);
    }
    subscriber.onFirst();
    subscriber.onFirst = undefined;
  }
  const part = partNumberIn(message);
  if (part === undefined) return;
  payloads++;
  bytes += message.length;
  const before = subscriber.part;
  subscriber.part = part;
  recorded?.push(index, part, nowMs());
  if (index === 0) captured?.push(Buffer.from(message));
  if (before < target && part >= target && --missing === 0) onTarget(nowMs());
}

async function connectAll({ port, count, init }: OpenReaders): Promise<void> {
  let next = 0;
  const made: Subscriber[] = [];
  const openSome = async () => {
    while (next < count) {
      const index = next++;
      const reader = await openFrameReader(port, init, (message) => {
        const own = made[index];
        if (own) take(own, index, message);
      });
      reader.onClose = (reason) => console.error(`the server closed subscriber ${index}: ${reason}`);
      made[index] = { reader, id: '', part: subscribers[index]?.part ?? -1, onFirst: undefined };
    }
  };
  await Promise.all(Array.from({ length: Math.min(handshakes, count) }, openSome));
  subscribers = made;
}

/** Resolves when each has been answered. */
async function subscribeAll({ payloads: operations, afters }: SubscribeReaders): Promise<void> {
  generation++;
  await Promise.all(
    subscribers.map((subscriber, index) => {
      if (subscriber.id) subscriber.reader.send(JSON.stringify({ id: subscriber.id, type: 'complete' }));
      // Of one length, so that all get as many bytes.
      subscriber.id = `${String(index).padStart(6, '0')}-${String(generation).padStart(4, '0')}`;
      const operation = operations[index % operations.length];
      const after = afters?.[index];
      const variables = { ...operation?.variables, ...(after === undefined ? {} : { after }) };
      const first = new Promise<void>((resolve) => {
        subscriber.onFirst = resolve;
      });
      subscriber.reader.send(
        JSON.stringify({ id: subscriber.id, type: 'subscribe', payload: { query: operation?.query, variables } }),
      );
      return first;
    }),
  );
  if (failure) throw failure;
}

function closeAll(): void {
  for (const { reader } of subscribers) reader.destroy();
}

serveParent({
  open: async (input: OpenReaders) => {
    opened = input;
    await connectAll(input);
  },
  subscribe: subscribeAll,
  /** Cuts all connections and comes back at once, each behind its own cursor. */
  reconnect: async (input: SubscribeReaders) => {
    if (!opened) throw new Error('nothing is open');
    closeAll();
    await connectAll(opened);
    await subscribeAll(input);
  },
  close: () => {
    closeAll();
    subscribers = [];
  },
  until: async ({ part }: Until): Promise<Taken> => {
    missing = subscribers.filter((subscriber) => subscriber.part < part).length;
    target = part;
    const atMs = missing === 0 ? nowMs() : await new Promise<number>((resolve) => (onTarget = resolve));
    target = Number.POSITIVE_INFINITY;
    const taken = { payloads, bytes, atMs };
    payloads = bytes = 0;
    return taken;
  },
  forget: () => {
    for (const subscriber of subscribers) subscriber.part = -1;
  },
  record: () => {
    recorded = [];
  },
  capture: () => {
    captured = [];
  },
  captured: () => {
    const messages = captured ?? [];
    captured = undefined;
    return messages;
  },
  /** Milliseconds from each commit to each subscriber, of what was recorded. */
  latencies: (commits: readonly Commit[]): Float64Array => {
    const latencies: number[] = [];
    const next = new Map<number, number>();
    const log = recorded ?? [];
    recorded = undefined;
    for (let at = 0; at < log.length; at += 3) {
      const [index = 0, part = 0, time = 0] = [log[at], log[at + 1], log[at + 2]];
      let place = next.get(index) ?? 0;
      for (let commit = commits[place]; commit && commit.part <= part; commit = commits[++place])
        latencies.push(time - commit.atMs);
      next.set(index, place);
    }
    return Float64Array.from(latencies);
  },
});
