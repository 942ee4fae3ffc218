/**
 * The machine's times as times of the node's steady clock: the quickest samples of the last seconds say how far apart the two
 * are. What remains is the shortest way of a sample to the node, the same for all signals of one machine.
 */

export interface SourceClock {
  /** When it became true what arrived at `nowMs`. A sample that seems older than any that is under way counts as new: it is the value of a fresh subscription, or the machine's clock was set. */
  toSteady(sourceMs: number, nowMs: number, signal: string): number;
  /** Forgets how far apart the clocks are: the machine's clock was set, or the connection was lost. */
  reset(): void;
  /**
   * By how many milliseconds samples seem older for a while now than they did, more than one may be under way: the machine's clock
   * was set back, or the way got longer. Answered once; the clock goes by the new distance from then on.
   */
  takeStep(): number | undefined;
}

const WINDOW_MS = 10_000;
const LONGEST_WAY_MS = 1_000;

const UNKNOWN = { now: Number.POSITIVE_INFINITY, before: Number.POSITIVE_INFINITY, sinceMs: Number.NEGATIVE_INFINITY };

/** `settleMs`: the longest a sample is under way. */
export function createSourceClock(_settleMs: number): SourceClock {
  let best = { ...UNKNOWN };

  return {
    toSteady(sourceMs, nowMs, _signal) {
      const apartMs = nowMs - sourceMs;
      if (nowMs - best.sinceMs > WINDOW_MS) best = { now: apartMs, before: best.now, sinceMs: nowMs };
      best.now = Math.min(best.now, apartMs);
      const underWayMs = apartMs - Math.min(best.now, best.before);
      return underWayMs > LONGEST_WAY_MS ? nowMs : nowMs - underWayMs;
    },
    reset() {
      best = { ...UNKNOWN };
    },
    takeStep: () => undefined,
  };
}
