/**
 * From the distances of good images to the threshold. Split conformal prediction promises a false-reject rate only on
 * average over calibration sets; with the Beta law of its realised value (Vovk 2012, "Conditional validity of inductive
 * conformal predictors") it can be promised with a confidence, given enough images.
 */

/** Images whose order statistic can promise a rate of at most `target` with `confidence`: n with (1 − target)^n ≤ 1 − confidence. */
export function imagesForPromise(target: number, confidence: number): number {
  return Math.ceil(Math.log(1 - confidence) / Math.log(1 - target));
}

/**
 * Smallest rank k (1 = smallest distance) for which rejecting what lies above the k-th of n distances keeps the realised
 * rate at or below `target` with `confidence`; undefined when n is too small. The realised rate above the k-th is
 * Beta(n + 1 − k, k), and P(Beta(n + 1 − k, k) ≤ target) = P(Binomial(n, target) ≥ n + 1 − k).
 */
export function promisedRank(n: number, target: number, confidence: number): number | undefined {
  let above = 1; // P(Binomial ≥ 0)
  let term = (1 - target) ** n; // P(Binomial = 0)
  let rank: number | undefined;
  for (let exceeding = 1; exceeding <= n; exceeding++) {
    above -= term;
    if (above < confidence) break;
    rank = n + 1 - exceeding;
    term *= ((n + 1 - exceeding) / exceeding) * (target / (1 - target));
  }
  return rank;
}

/**
 * Best estimate of the (1 − target) quantile from few distances: the conformal rank ⌈(1 − target)(n + 1)⌉, and where it
 * lies beyond the largest distance, the normal prediction bound, but never less than the largest.
 */
export function estimatedThreshold(distances: readonly number[], target: number): number {
  const sorted = distances.toSorted((a, b) => a - b);
  const n = sorted.length;
  const rank = Math.ceil((1 - target) * (n + 1));
  const largest = sorted[n - 1] ?? 0;
  if (rank <= n) return sorted[rank - 1] ?? largest;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / n;
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(n - 1, 1);
  return Math.max(largest, mean + normalQuantile(1 - target) * Math.sqrt(variance * (1 + 1 / n)));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

/** Abramowitz and Stegun 26.2.23, absolute error below 4.5e-4; p in (0.5, 1). */
function normalQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(1 - p));
  const upper = 2.515517 + 0.802853 * t + 0.010328 * t * t;
  return t - upper / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3);
}
