/** The least of what was measured in the last seconds. */

export interface LeastDistance {
  /** Takes one and answers the least, itself included. */
  add(ms: number, nowMs: number): number;
}

/** The least is kept for `windowMs` at least, twice as long at most; nothing is known after `forgetMs` without any, since two clocks run apart. */
export function createLeastDistance(windowMs: number, forgetMs: number): LeastDistance {
  let [least, before] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let sinceMs = Number.NEGATIVE_INFINITY;
  let addedMs = Number.NEGATIVE_INFINITY;

  return {
    add(ms, nowMs) {
      if (nowMs - sinceMs > windowMs) [least, before, sinceMs] = [Number.POSITIVE_INFINITY, least, nowMs];
      if (nowMs - addedMs > forgetMs) before = Number.POSITIVE_INFINITY;
      addedMs = nowMs;
      least = Math.min(least, ms);
      return Math.min(least, before);
    },
  };
}
