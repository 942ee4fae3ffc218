/** Entry of the outbox thread: whatever has arrived since the last commit goes into one transaction, so that many writes share one fsync. */
import { parentPort, workerData } from 'node:worker_threads';
import type {
  OutboxCounts,
  OutboxNews,
  OutboxOpened,
  OutboxReply,
  OutboxRequest,
  OutboxThreadOptions,
} from './outbox-messages.ts';
import { type OutboxStore, openOutboxStore } from './outbox-store.ts';

/** How often time and disk are looked at, and free pages go back to the disk. */
const SWEEP_MS = 5_000;
/** Each time an eighth of the images goes: after so many rounds next to nothing is left of them. */
const MAX_ROUNDS = 40;
const SQLITE_FULL = 13;
/** The file that WAL shares between processes cannot grow. */
const SQLITE_IOERR_SHMSIZE = 4_874;

const { home, config }: OutboxThreadOptions = workerData;
const port = parentPort;
if (!port) throw new Error('outbox-worker.ts runs as a worker thread only');

let writeProblem: string | null = null;
const store = open();
if (store) serve(store);

function open(): OutboxStore | undefined {
  try {
    const opened = openOutboxStore(home, config);
    port?.postMessage({ opened: { ...opened.counts(), writeProblem } } satisfies OutboxOpened);
    return opened;
  } catch (error) {
    port?.postMessage({ refused: messageOf(error) } satisfies OutboxOpened);
    return undefined;
  }
}

function serve(store: OutboxStore): void {
  let pending: OutboxRequest[] = [];
  let isClosed = false;
  const sweeping = setInterval(sweep, SWEEP_MS);
  const counts = (): OutboxCounts => ({ ...store.counts(), writeProblem });

  port?.on('message', (request: OutboxRequest) => {
    pending.push(request);
    // After all messages that have arrived by now.
    if (pending.length === 1) setImmediate(flush);
  });
  goOn();

  function flush(): void {
    const requests = pending;
    pending = [];
    let answers: unknown[] = [];
    const failure = write(() => {
      answers = requests.map(({ name, ask }) => store.call(name, ask as never));
    });
    const now = counts();
    requests.forEach(({ id }, index) => {
      const reply: OutboxReply =
        failure === undefined ? { id, counts: now, answer: answers[index] } : { id, counts: now, error: failure };
      port?.postMessage(reply);
    });
    if (requests.some(({ name }) => name === 'retryDeadLetters')) goOn();
    if (requests.some(({ name }) => name === 'close')) {
      isClosed = true;
      clearInterval(sweeping);
      store.close();
      port?.close();
    }
  }

  /** Why it could not be written; undefined when it is on disk. A full disk is made room on first. */
  function write(work: () => void): string | undefined {
    for (let round = 0; ; round++) {
      try {
        store.transaction(work);
        writeProblem = null;
        return undefined;
      } catch (error) {
        if (isDiskFull(error) && round < MAX_ROUNDS && makesRoom()) continue;
        if (isDiskFull(error)) writeProblem = messageOf(error);
        return messageOf(error);
      }
    }
  }

  function makesRoom(): boolean {
    try {
      return store.giveUp();
    } catch {
      // not even that can be written: the first reason is the one to tell
      return false;
    }
  }

  function sweep(): void {
    write(() => store.sweep());
    try {
      store.shrink();
    } catch {
      // a full disk: the next sweep tries again
    }
    port?.postMessage({ counts: counts() } satisfies OutboxNews);
  }

  /** In pieces, so that what the line puts in comes between. */
  function goOn(): void {
    if (isClosed) return;
    let hasMore = false;
    const failure = write(() => {
      hasMore = store.goOn();
    });
    port?.postMessage({ counts: counts() } satisfies OutboxNews);
    if (hasMore && failure === undefined) setImmediate(goOn);
  }
}

function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error && 'errcode' in error)) return false;
  return error.errcode === SQLITE_FULL || error.errcode === SQLITE_IOERR_SHMSIZE;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
