/** The edge process's side of the outbox thread. */
import { isDeepStrictEqual } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { OutboxConfig } from '../config.ts';
import { createBell } from '../wait.ts';
import type {
  DeadLetter,
  OutboxCallName,
  OutboxCalls,
  OutboxCounts,
  OutboxEntry,
  OutboxOpened,
  OutboxReply,
  OutboxThreadOptions,
  QueuedImage,
  QueuedResult,
  Refusal,
} from './outbox-messages.ts';

export interface Outbox {
  /** Resolves when the thread ends by itself: nothing can be kept any more, the node has to end. */
  readonly broken: Promise<Error>;
  /** As of the thread's last answer. */
  readonly counts: Readonly<OutboxCounts>;
  /** Resolves when the entry is on disk. Rejects when it is not, e.g. on a full disk; then it may be put again. */
  put(entry: OutboxEntry): Promise<void>;
  /** Why nothing more should be taken from a source; undefined when there is room. Frames that are under way by then still come in. */
  fullness(): string | undefined;
  /** Resolves when there is room or `signal` aborts. */
  room(signal: AbortSignal): Promise<void>;
  /** Resolves when the counts change next or `signal` aborts. */
  changed(signal: AbortSignal): Promise<void>;
  takeResults(limit: number): Promise<QueuedResult[]>;
  settleResults(outcomes: { seq: number; refusal: Refusal | null }[]): Promise<void>;
  takeImages(limit: number, except: number[]): Promise<QueuedImage[]>;
  readImage(seq: number): Promise<Uint8Array | null>;
  settleImage(seq: number, refusal: Refusal | null): Promise<void>;
  /** Source images that were in the outbox at the start, under this prefix. */
  known(prefix: string): ReadonlySet<string>;
  forget(keys: string[]): Promise<void>;
  deadLetters(limit: number): Promise<DeadLetter[]>;
  /** Everything asked before is done first. */
  close(): Promise<void>;
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** Rejects when the home belongs to another running node or cannot be written. */
export async function openOutbox(home: string, config: OutboxConfig): Promise<Outbox> {
  const worker = new Worker(new URL('./outbox-worker.ts', import.meta.url), {
    workerData: { home, config } satisfies OutboxThreadOptions,
  });
  const waiting = new Map<number, Waiting>();
  /** Entries that are on their way to the thread: they count before it has answered. */
  let underWay = { results: 0, bytes: 0 };
  let nextId = 1;
  let isClosed = false;
  const changes = createBell();
  let failure: Error | undefined;

  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  let counts = await new Promise<OutboxCounts>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (message: OutboxOpened) => {
      if ('opened' in message) resolve(message.opened);
      else reject(new Error(message.refused));
    });
  });
  worker.on('message', (reply: OutboxReply) => {
    const before = counts;
    counts = reply.counts;
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) call?.reject(new Error(reply.error));
    else call?.resolve(reply.answer);
    if (!isDeepStrictEqual(before, counts)) changes.ring();
  });
  const broken = Promise.withResolvers<Error>();
  const fail = (cause?: unknown) => {
    if (isClosed || failure) return;
    failure = new Error('the outbox thread ended', { cause });
    for (const call of waiting.values()) call.reject(failure);
    waiting.clear();
    broken.resolve(failure);
  };
  worker.on('error', fail);
  worker.on('exit', () => fail());
  const atStart = await ask('sources', null);

  return {
    broken: broken.promise,
    get counts() {
      return counts;
    },
    async put(entry) {
      const bytes = entry.image?.bytes.byteLength ?? 0;
      underWay = { results: underWay.results + 1, bytes: underWay.bytes + bytes };
      try {
        await ask('put', entry);
      } finally {
        underWay = { results: underWay.results - 1, bytes: underWay.bytes - bytes };
        changes.ring();
      }
    },
    fullness,
    async room(signal) {
      while (fullness() !== undefined && !signal.aborted) await changes.next(signal);
    },
    changed: (signal) => changes.next(signal),
    takeResults: (limit) => ask('takeResults', { limit }),
    settleResults: async (outcomes) => void (await ask('settleResults', outcomes)),
    takeImages: (limit, except) => ask('takeImages', { limit, except }),
    readImage: (seq) => ask('readImage', { seq }),
    settleImage: async (seq, refusal) => void (await ask('settleImage', { seq, refusal })),
    known: (prefix) => new Set(atStart.filter((key) => key.startsWith(prefix))),
    forget: async (keys) => void (await ask('forgetSources', keys)),
    deadLetters: (limit) => ask('deadLetters', { limit }),
    async close() {
      if (isClosed) return;
      const closing = ask('close', null);
      isClosed = true;
      await closing.catch(() => {});
      await ended;
    },
  };

  function ask<Name extends OutboxCallName>(
    name: Name,
    ask: OutboxCalls[Name]['ask'],
  ): Promise<OutboxCalls[Name]['answer']> {
    return new Promise((resolve, reject) => {
      if (failure || isClosed) return reject(failure ?? new Error('the outbox is closed'));
      const id = nextId++;
      waiting.set(id, { resolve: (answer) => resolve(answer as OutboxCalls[Name]['answer']), reject });
      worker.postMessage({ id, name, ask });
    });
  }

  function fullness(): string | undefined {
    const results = counts.results + underWay.results;
    if (results >= config.maxResults) {
      return `the outbox is full: ${results} results wait for the server (outbox.maxResults)`;
    }
    const imageBytes = counts.imageBytes + underWay.bytes;
    if (imageBytes >= config.maxImageBytes) {
      return `the outbox is full: ${imageBytes} bytes of images wait for the server (outbox.maxImageBytes)`;
    }
    return undefined;
  }
}
