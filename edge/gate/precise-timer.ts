/** One timer that is set again and again. Node's own come up to a millisecond early or late; a gate command waits out the last one. */
import { steadyNow } from './steady-clock.ts';

export interface PreciseTimer {
  /** In place of what was set before; infinite sets nothing. */
  set(atMs: number, isPrecise: boolean): void;
  stop(): void;
}

/** The longest that setTimeout takes. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export function createPreciseTimer(onDue: () => void): PreciseTimer {
  let dueMs = Number.POSITIVE_INFINITY;
  let timeout: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;

  return {
    set(atMs, isPrecise) {
      if (atMs === dueMs) return;
      clear();
      dueMs = atMs;
      if (atMs !== Number.POSITIVE_INFINITY) wait(isPrecise);
    },
    stop: clear,
  };

  function wait(isPrecise: boolean): void {
    const leftMs = dueMs - steadyNow();
    if (leftMs <= 0 || (isPrecise && leftMs < 1)) {
      immediate = setImmediate(leftMs <= 0 ? fire : wait, isPrecise);
      return;
    }
    const delayMs = Math.min(isPrecise ? Math.floor(leftMs) : Math.ceil(leftMs), MAX_DELAY_MS);
    timeout = setTimeout(wait, delayMs, isPrecise);
  }

  function fire(): void {
    clear();
    onDue();
  }

  function clear(): void {
    clearTimeout(timeout);
    clearImmediate(immediate);
    dueMs = Number.POSITIVE_INFINITY;
  }
}
