/** The newest things that the server refused, as people are shown them; and their way back when somebody has mended the cause. */
import type { Logger } from '../log.ts';
import type { Outbox } from '../uplink/outbox.ts';
import type { DeadLetter } from '../uplink/outbox-messages.ts';
import { pause } from '../wait.ts';

export interface DeadLetterWatch {
  readonly newest: readonly DeadLetter[];
  /** A person's wish, told by the time at which it was made: heard once. */
  wish(at: string | null): void;
  stop(): Promise<void>;
}

/** As many as a status report takes. */
const SHOWN = 20;
const LOOK_MS = 1_000;

export function watchDeadLetters(outbox: Outbox, log: Logger): DeadLetterWatch {
  const stopping = new AbortController();
  const { signal } = stopping;
  let newest: DeadLetter[] = [];
  let wished: string | null = null;
  let heard: string | null = null;
  const work = run();

  return {
    get newest() {
      return newest;
    },
    wish(at) {
      wished = at;
    },
    async stop() {
      stopping.abort();
      await work;
    },
  };

  async function run(): Promise<void> {
    let shownOf = 0;
    while (!signal.aborted) {
      try {
        if (wished !== null && wished !== heard) await retry(wished);
        const { deadLetters } = outbox.counts;
        // Also when as many came as went.
        if (deadLetters > 0 || shownOf > 0) newest = await outbox.deadLetters(SHOWN);
        shownOf = deadLetters;
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error }, 'dead letters');
      }
      await pause(LOOK_MS, signal);
    }
  }

  async function retry(wish: string): Promise<void> {
    const count = await outbox.retryDeadLetters(wish);
    heard = wish;
    if (count > 0) log.info(`${count} dead letters are sent again, as a person wished at ${wish}`);
  }
}
