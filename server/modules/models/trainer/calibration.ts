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
 * How many images to hold out, from `least` up to `most`: the number whose promised threshold rejects the largest expected
 * share (n + 1 − k) / (n + 1), still within the promise. One image more than it takes only makes the threshold stricter.
 */
export function imagesToHoldOut(least: number, most: number, target: number, confidence: number): number {
  let best = least;
  let bestShare = 0;
  for (let n = least; n <= most; n++) {
    const rank = promisedRank(n, target, confidence);
    const share = rank === undefined ? 0 : (n + 1 - rank) / (n + 1);
    if (share > bestShare) [best, bestShare] = [n, share];
  }
  return best;
}

/** Distances above the estimate for the order statistic to be steady; with fewer, one odd image would decide it. */
const MIN_ABOVE = 2;

/**
 * Best estimate of the (1 − target) quantile from few distances: the conformal rank ⌈(1 − target)(n + 1)⌉ where at least
 * two distances lie above it, otherwise the normal prediction bound mean + t · s · √(1 + 1 / n), which uses all of them.
 */
export function estimatedThreshold(distances: readonly number[], target: number): number {
  const sorted = distances.toSorted((a, b) => a - b);
  const n = sorted.length;
  const rank = Math.ceil((1 - target) * (n + 1));
  if (rank <= n - MIN_ABOVE) return sorted[rank - 1] ?? 0;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / n;
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(n - 1, 1);
  return mean + studentQuantile(1 - target, Math.max(n - 1, 1)) * Math.sqrt(variance * (1 + 1 / n));
}

/** Upper quantile of Student's t by the Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5), for p in (0.5, 1). */
function studentQuantile(p: number, freedom: number): number {
  const z = normalQuantile(p);
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  return z + (z ** 3 + z) / (4 * freedom) + second / freedom ** 2;
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
