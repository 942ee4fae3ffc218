/** The usual length of something that happens again and again: the median of the last 32. */

const KEPT = 32;

export interface UsualTime {
  add(milliseconds: number): void;
  /** How many it is made of. */
  readonly count: number;
  /** NaN before the first. */
  readonly medianMs: number;
}

export function createUsualTime(): UsualTime {
  const kept: number[] = [];
  let medianMs = Number.NaN;

  return {
    add(milliseconds) {
      kept.push(milliseconds);
      if (kept.length > KEPT) kept.shift();
      medianMs = kept.toSorted((a, b) => a - b)[kept.length >> 1] ?? Number.NaN;
    },
    get count() {
      return kept.length;
    },
    get medianMs() {
      return medianMs;
    },
  };
}
