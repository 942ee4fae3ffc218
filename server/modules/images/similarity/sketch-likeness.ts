/**
 * Whether two images are one photograph. They are laid on each other (register-sketches.ts), then what is finer than the
 * part's own forms (a high-pass) is correlated block by block. Grain, scratches and reflections of one photograph agree
 * everywhere; another part agrees at most where both have the same edge. So the lower third of the blocks decides, not the
 * mean: Fisher's z = artanh r of that block (Biometrika 10, 1915), whose spread hardly depends on r.
 */
import { halve, highPass, normaliseContrast, type Picture } from './picture.ts';
import { type Level, type Motion, makeLevel, register } from './register-sketches.ts';

export const SKETCH_PX = 128;
const PYRAMID_SIGMA = 2;
const HIGH_PASS_SIGMA = 1.5;
const BLOCK_PX = 8;
/** Share of a block that both must show. */
const LEAST_COVER = 0.8;
/** Blocks whose fine structure is weaker than this many grey levels tell nothing: white ground, black holes. */
const LEAST_DEVIATION = 1;
/** Blocks without which nothing is said. */
const LEAST_BLOCKS = 16;
const DECIDING_SHARE = 1 / 3;
/** Variance of compression, in grey levels squared; keeps quiet blocks from deciding. */
const NOISE_VARIANCE = 0.1;
const [LEAST_R, MOST_R] = [-0.9, 0.995];

/** What is compared: made once for each image. */
export interface PreparedSketch {
  /** Coarse to fine. */
  levels: readonly Picture[];
  fine: Picture;
  /** Made when it is first the one that others are laid on. */
  fixed?: readonly Level[];
}

/** `luminance`: `SKETCH_PX` squared bytes. */
export function prepareSketch(luminance: Uint8Array): PreparedSketch {
  const full: Picture = { side: SKETCH_PX, data: Float32Array.from(luminance) };
  const half = halve(full);
  const levels = [halve(half), half, full].map((level) => normaliseContrast(level, PYRAMID_SIGMA));
  return { levels, fine: highPass(full, HIGH_PASS_SIGMA) };
}

/** Fisher's z of the block at the lower third; undefined where the pictures cannot be laid on each other or show too little. */
export function sketchLikeness(one: PreparedSketch, other: PreparedSketch): number | undefined {
  one.fixed ??= one.levels.map(makeLevel);
  const motion = register(one.fixed, other.levels);
  if (!motion) return undefined;
  const scores = blockScores(one.fine, other.fine, motion).sort((a, b) => a - b);
  return scores.length < LEAST_BLOCKS ? undefined : scores[Math.floor(scores.length * DECIDING_SHARE)];
}

function blockScores({ side, data: fixed }: Picture, moving: Picture, motion: Motion): number[] {
  const scores: number[] = [];
  const sums = new Float64Array(3);
  for (let top = 0; top < side; top += BLOCK_PX) {
    for (let left = 0; left < side; left += BLOCK_PX) {
      const count = sumBlock(fixed, moving, motion, left, top, sums);
      const [aa = 0, bb = 0, ab = 0] = sums;
      if (count < LEAST_COVER * BLOCK_PX * BLOCK_PX || Math.sqrt(aa * bb) / count < LEAST_DEVIATION ** 2) continue;
      const r = ab / Math.sqrt((aa + count * NOISE_VARIANCE) * (bb + count * NOISE_VARIANCE));
      scores.push(Math.atanh(Math.min(MOST_R, Math.max(LEAST_R, r))));
    }
  }
  return scores;
}

/** Squares and products of a block into `sums`; gives how many pixels both show. */
function sumBlock(
  fixed: Float32Array,
  { side, data }: Picture,
  [a, b, c, d, e, f]: Motion,
  left: number,
  top: number,
  sums: Float64Array,
): number {
  const half = side / 2;
  let count = 0;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let row = top; row < top + BLOCK_PX; row++) {
    const y = (row + 0.5) / half - 1;
    for (let column = left; column < left + BLOCK_PX; column++) {
      const x = (column + 0.5) / half - 1;
      const u = (a * x + b * y + c + 1) * half - 0.5;
      const v = (d * x + e * y + f + 1) * half - 0.5;
      if (!(u >= 0 && v >= 0 && u < side - 1 && v < side - 1)) continue;
      const s = u - (u | 0);
      const t = v - (v | 0);
      const at = (v | 0) * side + (u | 0);
      const upper = (data[at] as number) * (1 - s) + (data[at + 1] as number) * s;
      const lower = (data[at + side] as number) * (1 - s) + (data[at + side + 1] as number) * s;
      const there = upper * (1 - t) + lower * t;
      const here = fixed[row * side + column] as number;
      count++;
      aa += here * here;
      bb += there * there;
      ab += here * there;
    }
  }
  sums[0] = aa;
  sums[1] = bb;
  sums[2] = ab;
  return count;
}
