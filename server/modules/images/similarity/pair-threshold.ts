/**
 * From which likeness on a pair is one photograph. Neighbours of rank 30 and beyond show the same kind of part but hardly
 * the same photograph: their likeness to the image is the ground level, which on aligned parts is high because their
 * forms agree. A pair must stand above it by so many deviations that, of images without a duplicate, one in
 * FLAGGED_IN would be flagged if the tail were normal (Bonferroni over the candidates; it is heavier), and above a floor; above a ceiling it is one
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
/**
 * The price is paid on aligned parts only. Of the bottles in `prove -- leakage` (20 seeds, copies changed in every way at once among them), 100 finds
 * 98.9 % and flags 17 of 277 untouched ones, 300 (10 seeds) 97.9 % and 6, 1000 finds 91.8 % and flags 4. A wrong pair costs a split some freedom, a missed one its truth.
 */
const FLAGGED_IN = 300;
/** Ground level and deviation assumed before any pair was seen, and for how many pairs that counts: of aligned parts, the hard case. */
const [ASSUMED_LEVEL, ASSUMED_DEVIATION] = [1, 0.16];
const [LEVEL_PAIRS, DEVIATION_PAIRS] = [2, 16];

/** What pairs that are probably none say, of one image or of several together. */
export interface Ground {
  pairs: number;
  /** Median of Fisher's z. */
  level: number;
  /** Deviation, of the lower half only: what duplicates there are lie above. */
  spread: number;
}

/** `likenesses`: z of pairs that are probably none. */
export function groundOf(likenesses: readonly number[]): Ground {
  const sorted = likenesses.toSorted((a, b) => a - b);
  const level = at(sorted, 0.5);
  return { pairs: sorted.length, level, spread: Math.max(0, level - at(sorted, 0.16)) / 0.994 };
}

/** Of an image and its neighbours, which show the same kind of part: a dozen pairs alone would make the threshold jump. */
export function pooledGround(grounds: readonly Ground[]): Ground {
  const pairs = grounds.reduce((sum, ground) => sum + ground.pairs, 0);
  if (pairs === 0) return { pairs: 0, level: 0, spread: 0 };
  const level = grounds.reduce((sum, ground) => sum + ground.pairs * ground.level, 0) / pairs;
  const squares = grounds.reduce(
    (sum, { pairs: n, level: own, spread }) => sum + n * (spread ** 2 + (own - level) ** 2),
    0,
  );
  return { pairs, level, spread: Math.sqrt(squares / pairs) };
}

/** `candidates`: how many pairs are tested for the image. */
export function pairThreshold({ pairs, level, spread }: Ground, candidates: number): PairThreshold {
  const middle = (pairs * level + LEVEL_PAIRS * ASSUMED_LEVEL) / (pairs + LEVEL_PAIRS);
  const variance = (pairs * spread ** 2 + DEVIATION_PAIRS * ASSUMED_DEVIATION ** 2) / (pairs + DEVIATION_PAIRS);
  const z = middle + normalTail(1 / (FLAGGED_IN * Math.max(1, candidates))) * Math.sqrt(variance);
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
