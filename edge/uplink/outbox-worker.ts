/** Entry of the outbox thread: whatever has arrived since the last commit goes into one transaction, so that many writes share one fsync. */
import { parentPort, workerData } from 'node:worker_threads';
import type { OutboxOpened, OutboxReply, OutboxRequest, OutboxThreadOptions } from './outbox-messages.ts';
import { type OutboxStore, openOutboxStore } from './outbox-store.ts';

/** How often free pages go back to the disk. */
const SHRINK_MS = 10_000;

const { home, config }: OutboxThreadOptions = workerData;
const port = parentPort;
if (!port) throw new Error('outbox-worker.ts runs as a worker thread only');

const store = open();
if (store) serve(store);

function open(): OutboxStore | undefined {
  try {
    const opened = openOutboxStore(home, config);
    port?.postMessage({ opened: opened.counts() } satisfies OutboxOpened);
    return opened;
  } catch (error) {
    port?.postMessage({ refused: messageOf(error) } satisfies OutboxOpened);
    return undefined;
  }
}

function serve(store: OutboxStore): void {
  let pending: OutboxRequest[] = [];
  const shrinking = setInterval(() => store.shrink(), SHRINK_MS);

  port?.on('message', (request: OutboxRequest) => {
    pending.push(request);
    // After all messages that have arrived by now.
    if (pending.length === 1) setImmediate(flush);
  });

  function flush(): void {
    const requests = pending;
    pending = [];
    const answers: unknown[] = [];
    let failure: string | undefined;
    try {
      store.transaction(() => {
        for (const { name, ask } of requests) answers.push(store.call(name, ask as never));
      });
    } catch (error) {
      failure = messageOf(error);
    }
    const counts = store.counts();
    requests.forEach(({ id }, index) => {
      const reply: OutboxReply =
        failure === undefined ? { id, counts, answer: answers[index] } : { id, counts, error: failure };
      port?.postMessage(reply);
    });
    if (requests.some(({ name }) => name === 'close')) {
      clearInterval(shrinking);
      store.close();
      port?.close();
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
