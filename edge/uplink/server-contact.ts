/** Whether the server is heard, told once when that changes; and how long to wait before the next try. */
import type { Logger } from '../log.ts';
import { UplinkError } from './server-client.ts';

const MAX_KINDS = 20;

export interface ServerContact {
  readonly isUp: boolean;
  /** Call it when a request begins. */
  begin(): Attempt;
}

/** One request. What began before the last change of state says nothing about the time since: it neither brings the server back nor down. */
export interface Attempt {
  answered(): void;
  failed(error: unknown): void;
}

/** `waiting` tells how much the outbox holds, for the line that says that the server is back. */
export function createServerContact(url: string, waiting: () => string, log: Logger): ServerContact {
  let isUp = true;
  /** Kinds of trouble that were told since it went. */
  const told = new Set<string>();
  let downSinceMs = 0;
  /** Counts requests, so that "before" does not depend on a clock. */
  let begun = 0;
  let lastAnswered = 0;
  let lastFailed = 0;
  return {
    get isUp() {
      return isUp;
    },
    begin() {
      const own = ++begun;
      return {
        answered() {
          if (!isUp && own < lastFailed) return;
          if (!isUp) {
            const downS = (performance.now() - downSinceMs) / 1_000;
            log.info(`server ${url}: back after ${downS.toFixed(1)} s; ${waiting()}`);
          }
          isUp = true;
          told.clear();
          lastAnswered = begun;
        },
        failed(error) {
          if (isUp && own <= lastAnswered) return;
          const message = error instanceof Error ? error.message : String(error);
          if (isUp) downSinceMs = performance.now();
          // A server that goes and starts again gives several reasons for one trouble; only the first of each kind is news.
          const kind = error instanceof UplinkError ? error.trouble : message;
          if (isUp || !told.has(kind)) log.warn(`server ${url}: ${message}; what is recorded stays in the outbox`);
          isUp = false;
          if (told.size < MAX_KINDS) told.add(kind);
          lastFailed = begun;
        },
      };
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
