/** The edge process's side of the outbox thread. */
import { isDeepStrictEqual } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { OutboxConfig } from '../config/outbox-config.ts';
import { createBell } from '../wait.ts';
import type { CaptureRevision, NodeEvent, PartCounts } from './node-events.ts';
import type {
  DeadLetter,
  Lane,
  NoteKind,
  OutboxCallName,
  OutboxCalls,
  OutboxCounts,
  OutboxEntry,
  OutboxNews,
  OutboxOpened,
  OutboxReply,
  OutboxThreadOptions,
  QueuedImage,
  QueuedItem,
  Settlement,
} from './outbox-messages.ts';

export interface Outbox {
  /** Resolves when the thread ends by itself: nothing can be kept any more, the node has to end. */
  readonly broken: Promise<Error>;
  /** As of the thread's last answer. */
  readonly counts: Readonly<OutboxCounts>;
  /** Resolves when the entry is on disk. Rejects when it is not, e.g. on a disk that is full of other things; then it may be put again. */
  put(entry: OutboxEntry): Promise<void>;
  /** These three resolve when it is on disk, and reject as `put` does. An event that is there already changes nothing. */
  putEvents(events: NodeEvent[]): Promise<void>;
  /** A snapshot takes the place of the one before. */
  putCounts(snapshot: PartCounts): Promise<void>;
  putRevisions(revisions: CaptureRevision[]): Promise<void>;
  /** Why nothing more should be taken from a source: the disk takes nothing, whatever is given up. A full outbox is no reason, it makes room. */
  fullness(): string | undefined;
  /** Resolves when it can be tried again or `signal` aborts. */
  room(signal: AbortSignal): Promise<void>;
  /** Resolves when the counts change next, after `timeoutMs`, or when `signal` aborts. */
  changed(signal: AbortSignal, timeoutMs?: number): Promise<void>;
  /** live: the newest; backlog: the oldest; in the order in which they came in. What one lane was given is not given to the other. */
  takeResults(lane: Lane, limit: number): Promise<QueuedItem[]>;
  settleResults(outcomes: Settlement[]): Promise<void>;
  takeNotes(kind: NoteKind, limit: number): Promise<QueuedItem[]>;
  settleNotes(kind: NoteKind, outcomes: Settlement[]): Promise<void>;
  takeImages(lane: Lane, limit: number, except: number[]): Promise<QueuedImage[]>;
  readImage(seq: number): Promise<Uint8Array | null>;
  settleImage(outcome: Settlement): Promise<void>;
  /** Source images that were in the outbox at the start, under this prefix. */
  known(prefix: string): ReadonlySet<string>;
  forget(keys: string[]): Promise<void>;
  /** The newest first. */
  deadLetters(limit: number): Promise<DeadLetter[]>;
  /** All that lie there now go back to their queues; answers how many. The same wish is heard once, null always. */
  retryDeadLetters(wish: string | null): Promise<number>;
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
  worker.on('message', (reply: OutboxReply | OutboxNews) => {
    const before = counts;
    counts = reply.counts;
    if (!isDeepStrictEqual(before, counts)) changes.ring();
    if (!('id' in reply)) return;
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) call?.reject(new Error(reply.error));
    else call?.resolve(reply.answer);
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
    put: async (entry) => void (await ask('put', withOwnBytes(entry))),
    putEvents: async (events) => void (await ask('putEvents', events)),
    putCounts: async (snapshot) => void (await ask('putCounts', snapshot)),
    putRevisions: async (revisions) => void (await ask('putRevisions', revisions)),
    fullness,
    async room(signal) {
      // The thread tries again by itself and rings when the disk takes something.
      while (fullness() !== undefined && !signal.aborted) await changes.next(signal);
    },
    changed: (signal, timeoutMs) => changes.next(signal, timeoutMs),
    takeResults: (lane, limit) => ask('takeResults', { lane, limit }),
    settleResults: async (outcomes) => void (await ask('settleResults', outcomes)),
    takeNotes: (kind, limit) => ask('takeNotes', { kind, limit }),
    settleNotes: async (kind, outcomes) => void (await ask('settleNotes', { kind, outcomes })),
    takeImages: (lane, limit, except) => ask('takeImages', { lane, limit, except }),
    readImage: (seq) => ask('readImage', { seq }),
    settleImage: async (outcome) => void (await ask('settleImage', outcome)),
    known: (prefix) => new Set(atStart.filter((key) => key.startsWith(prefix))),
    forget: async (keys) => void (await ask('forgetSources', keys)),
    deadLetters: (limit) => ask('deadLetters', { limit }),
    retryDeadLetters: (wish) => ask('retryDeadLetters', { wish }),
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
    if (counts.writeProblem === null) return undefined;
    return `the disk of the outbox takes nothing (${counts.writeProblem}): make room on the disk that holds home`;
  }
}

/** A view into larger memory would be sent with all of that. */
function withOwnBytes(entry: OutboxEntry): OutboxEntry {
  const { image } = entry;
  if (!image || image.bytes.byteLength === image.bytes.buffer.byteLength) return entry;
  return { ...entry, image: { ...image, bytes: image.bytes.slice() } };
}
