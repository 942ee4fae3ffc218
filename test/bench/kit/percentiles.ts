/** Order statistics of measured values. */

export interface Summary {
  n: number;
  min: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
  mean: number;
}

/**
 * The nearest-rank percentile: the smallest measured value that at least `percent` per cent of the values do not exceed (rank ⌈percent/100 · n⌉).
 * Always a value that was measured, never an interpolation. Throws on an empty list, on a value that is not finite, and outside (0, 100].
 */
export function percentile(values: readonly number[], percent: number): number {
  if (!(percent > 0 && percent <= 100)) throw new RangeError(`percent is ${percent}; give more than 0 and at most 100`);
  return atRank(sorted(values), percent);
}

/** Throws on an empty list and on a value that is not finite. */
export function summarise(values: readonly number[]): Summary {
  const ascending = sorted(values);
  return {
    n: ascending.length,
    min: atRank(ascending, Number.MIN_VALUE),
    p50: atRank(ascending, 50),
    p95: atRank(ascending, 95),
    p99: atRank(ascending, 99),
    max: atRank(ascending, 100),
    mean: ascending.reduce((sum, value) => sum + value, 0) / ascending.length,
  };
}

function sorted(values: readonly number[]): number[] {
  if (values.length === 0) throw new RangeError('no values were measured');
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad !== undefined) throw new RangeError(`a measured value is ${bad}`);
  return [...values].sort((a, b) => a - b);
}

function atRank(ascending: readonly number[], percent: number): number {
  // percent · n before the division: 0.07 · 100 would round up to the next rank.
  const rank = Math.max(1, Math.ceil((percent * ascending.length) / 100));
  return ascending[rank - 1] ?? Number.NaN;
}
