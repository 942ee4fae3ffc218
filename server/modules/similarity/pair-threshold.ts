/**
 * From which likeness on a pair is one photograph. Neighbours of rank 30 and beyond show the same kind of part but hardly
 * the same photograph: their likeness to the image is the ground level, which on aligned parts is high because their
 * forms agree. A pair must stand above it by so many deviations that, of images without a duplicate, one in five
 * thousand would be flagged if the tail were normal (Bonferroni over the candidates; it is heavier), and above a floor; above a ceiling it is one
 * photograph whatever the neighbours are, which still finds a part that stood before the camera for a hundred images.
 *
 * What it cannot tell: where the ground level comes near the ceiling, a part differs from the next by less than
 * compression changes it; then only copies that were hardly changed are found. `isTold` is false there.
 */

export interface PairThreshold {
  /** Fisher's z from which on a pair is a duplicate. */
  z: number;
  /** False where duplicates and the next part cannot be told apart surely. */
  isTold: boolean;
}

/** r = 0.54: different parts of one kind that are not aligned lie near 0. */
const FLOOR = 0.6;
/** r = 0.956. */
const CEILING = 1.9;
const FLAGGED_IN = 5000;
/** Ground level and deviation assumed before any pair was seen, and for how many pairs that counts: of aligned parts, the hard case. */
const [ASSUMED_LEVEL, ASSUMED_DEVIATION] = [1, 0.16];
const [LEVEL_PAIRS, DEVIATION_PAIRS] = [2, 16];

/** `ground`: z of pairs that are probably none; `candidates`: how many pairs are tested for the image. */
export function pairThreshold(ground: readonly number[], candidates: number): PairThreshold {
  const sorted = ground.toSorted((a, b) => a - b);
  const n = sorted.length;
  const middle = n === 0 ? ASSUMED_LEVEL : at(sorted, 0.5);
  // of the lower half only: what duplicates there are lie above
  const spread = n === 0 ? 0 : (middle - at(sorted, 0.16)) / 0.994;
  const level = (n * middle + LEVEL_PAIRS * ASSUMED_LEVEL) / (n + LEVEL_PAIRS);
  const variance = (n * spread ** 2 + DEVIATION_PAIRS * ASSUMED_DEVIATION ** 2) / (n + DEVIATION_PAIRS);
  const z = level + normalTail(1 / (FLAGGED_IN * Math.max(1, candidates))) * Math.sqrt(variance);
  return { z: Math.min(CEILING, Math.max(FLOOR, z)), isTold: z < CEILING };
}

/** From 0 to 1, 1 the same picture. */
export function likenessOf(z: number): number {
  return Math.min(1, Math.max(0, Math.tanh(z)));
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** Upper quantile of the normal distribution for small p (Abramowitz and Stegun 26.2.23, error below 4.5e-4). */
function normalTail(p: number): number {
  const t = Math.sqrt(-2 * Math.log(p));
  return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}
