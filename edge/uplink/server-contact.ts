/** Whether the server is heard, told once when that changes; and how long to wait before the next try. */
import type { Logger } from '../log.ts';

export interface ServerContact {
  readonly isUp: boolean;
  answered(): void;
  failed(error: unknown): void;
}

/** A failure so soon after an answer says nothing yet; if it lasts, the next one does. */
const SETTLE_MS = 1_000;

/** `waiting` tells how much the outbox holds, for the line that says that the server is back. */
export function createServerContact(url: string, waiting: () => string, log: Logger): ServerContact {
  let isUp = true;
  let problem = '';
  let sinceMs = 0;
  let answeredMs = 0;
  return {
    get isUp() {
      return isUp;
    },
    answered() {
      if (!isUp) log.info(`server ${url}: back after ${((Date.now() - sinceMs) / 1_000).toFixed(1)} s; ${waiting()}`);
      isUp = true;
      problem = '';
      answeredMs = Date.now();
    },
    failed(error) {
      // Requests on connections from before a restart still fail while newer ones are answered.
      if (isUp && Date.now() - answeredMs < SETTLE_MS) return;
      const message = error instanceof Error ? error.message : String(error);
      if (isUp) sinceMs = Date.now();
      // Several reasons may take turns while a server starts; only the first of each kind is news.
      if (isUp || !problem.includes(message))
        log.warn(`server ${url}: ${message}; what is recorded stays in the outbox`);
      isUp = false;
      problem = `${problem}\n${message}`.slice(-2_000);
    },
  };
}

export interface BackOff {
  /** Milliseconds to wait now: between half and all of a time that doubles with each failure. */
  next(): number;
  reset(): void;
}

/** Jitter keeps the nodes of a plant from coming back all at once. */
export function createBackOff(minMs: number, maxMs: number, random: () => number = Math.random): BackOff {
  let waitMs = minMs;
  return {
    next() {
      const now = waitMs * (0.5 + 0.5 * random());
      waitMs = Math.min(waitMs * 2, maxMs);
      return now;
    },
    reset() {
      waitMs = minMs;
    },
  };
}
