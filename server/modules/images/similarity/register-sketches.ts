/**
 * Lays one picture on another: the affine motion under which they agree best. Starts on a coarse grid of cuts, turns and
 * shifts, then Gauss and Newton's method on a pyramid, inverse compositional (Baker and Matthews, IJCV 56, 2004), errors
 * limited after Huber so that what only one of them shows does not pull.
 */
import type { Picture } from './picture.ts';

/** From a place of the first picture to one of the second, in halves of a side from the middle: x' = a·x + b·y + c, y' = d·x + e·y + f. */
export type Motion = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** One level of the pyramid, with what the method needs where it is the fixed one. */
export interface Level extends Picture {
  gradientX: Float32Array;
  gradientY: Float32Array;
  /** Of the normal equations, 6 × 6; null where nothing holds the picture in place. */
  inverse: Float64Array | null;
}

const N = 6;
/** Cuts of 10 % with turns of 3° stay well within; what ends outside lies on something else. */
const MOST_SCALE = 1.3;
const MOST_TURN = 0.15;
const MOST_SHIFT = 0.35;
/** Steps at most; on the finest level, which begins nearby, fewer are enough. */
const STEPS = 10;
const FINE_STEPS = 4;
/** Movement of the border below which no more steps are made, in pixels. */
const SETTLED_PX = 0.02;
/** Largest error that counts in full, in deviations of the local contrast. */
const HUBER = 0.7;
const [SCALES, TURNS, SHIFTS] = [
  [0.94, 1, 1.065],
  [-0.035, 0, 0.035],
  [-0.07, 0, 0.07],
];
const STARTS = SCALES.flatMap((scale) =>
  TURNS.flatMap((turn) => SHIFTS.flatMap((x) => SHIFTS.map((y): Motion => [scale, -turn, x, turn, scale, y]))),
);
/** Starts that are followed on the first level, and of these on the second. */
const FOLLOWED = 5;
const FOLLOWED_FINER = 2;
/** Correlation on the second level below which the finest is not looked at: it is another picture. */
const LEAST_AGREEMENT = 0.3;

export function makeLevel({ side, data }: Picture): Level {
  const gradientX = new Float32Array(data.length);
  const gradientY = new Float32Array(data.length);
  const hessian = new Float64Array(N * N);
  const half = side / 2;
  for (let row = 1; row < side - 1; row++) {
    const y = (row + 0.5) / half - 1;
    for (let column = 1; column < side - 1; column++) {
      const x = (column + 0.5) / half - 1;
      const at = row * side + column;
      const gx = (((data[at + 1] as number) - (data[at - 1] as number)) / 2) * half;
      const gy = (((data[at + side] as number) - (data[at - side] as number)) / 2) * half;
      gradientX[at] = gx;
      gradientY[at] = gy;
      const slope = [gx * x, gx * y, gx, gy * x, gy * y, gy];
      for (let i = 0; i < N; i++) {
        for (let j = 0; j < N; j++) {
          hessian[i * N + j] = (hessian[i * N + j] as number) + (slope[i] as number) * (slope[j] as number);
        }
      }
    }
  }
  return { side, data, gradientX, gradientY, inverse: invert(hessian) };
}

/** Both from coarse to fine, of equal sides. Undefined where no plausible motion is found. */
export function register(fixed: readonly Level[], moving: readonly Picture[]): Motion | undefined {
  const [coarse, middle] = fixed;
  const [otherCoarse, otherMiddle] = moving;
  if (!coarse || !middle || !otherCoarse || !otherMiddle) return undefined;
  const starts = STARTS.map((motion) => ({ motion, likeness: agreement(coarse, otherCoarse, motion) }));
  starts.sort((one, two) => two.likeness - one.likeness);
  const settled = starts.slice(0, FOLLOWED).flatMap(({ motion: start }) => follow(coarse, otherCoarse, start));
  settled.sort((one, two) => two.likeness - one.likeness);
  const finer = settled.slice(0, FOLLOWED_FINER).flatMap(({ motion: start }) => follow(middle, otherMiddle, start));
  const best = finer.reduce<Fit | undefined>((a, b) => (a && a.likeness >= b.likeness ? a : b), undefined);
  if (!best || best.likeness < LEAST_AGREEMENT) return undefined;
  let motion: Motion | undefined = best.motion;
  for (const [index, level] of fixed.entries()) {
    const other = moving[index];
    if (index >= 2 && motion && other) motion = settle(level, other, motion, FINE_STEPS);
  }
  return motion;
}

interface Fit {
  motion: Motion;
  likeness: number;
}

/** None or one. */
function follow(fixed: Level, moving: Picture, start: Motion): Fit[] {
  const motion = settle(fixed, moving, start);
  return motion ? [{ motion, likeness: agreement(fixed, moving, motion) }] : [];
}

function settle(fixed: Level, { data: moving }: Picture, start: Motion, steps = STEPS): Motion | undefined {
  const { side, data, gradientX, gradientY, inverse } = fixed;
  if (!inverse) return undefined;
  const half = side / 2;
  let motion = start;
  for (let step = 0; step < steps; step++) {
    const [a, b, c, d, e, f] = motion;
    let inside = 0;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let s4 = 0;
    let s5 = 0;
    for (let row = 1; row < side - 1; row++) {
      const y = (row + 0.5) / half - 1;
      const rowX = (b * y + c + 1) * half - 0.5;
      const rowY = (e * y + f + 1) * half - 0.5;
      for (let column = 1; column < side - 1; column++) {
        const x = (column + 0.5) / half - 1;
        const u = a * x * half + rowX;
        const v = d * x * half + rowY;
        if (!(u >= 0 && v >= 0 && u < side - 1 && v < side - 1)) continue;
        inside++;
        const left = u | 0;
        const top = v | 0;
        const s = u - left;
        const t = v - top;
        const at = top * side + left;
        const p = moving[at] as number;
        const q = moving[at + 1] as number;
        const r = moving[at + side] as number;
        const w = moving[at + side + 1] as number;
        const here = row * side + column;
        let error = p + s * (q - p) + t * (r - p + s * (p - q - r + w)) - (data[here] as number);
        error = Math.max(-HUBER, Math.min(HUBER, error));
        const ex = error * (gradientX[here] as number);
        const ey = error * (gradientY[here] as number);
        s0 += ex * x;
        s1 += ex * y;
        s2 += ex;
        s3 += ey * x;
        s4 += ey * y;
        s5 += ey;
      }
    }
    if (inside < 0.4 * side * side) return undefined;
    const share = (side * side) / inside;
    const slope = [s0, s1, s2, s3, s4, s5];
    const change = slope.map((_, i) =>
      slope.reduce((sum, value, j) => sum + (inverse[i * N + j] as number) * value * share, 0),
    );
    motion = withoutIncrement(motion, change);
    if (!isPlausible(motion)) return undefined;
    if (Math.max(...change.map(Math.abs)) * half < SETTLED_PX) break;
  }
  return motion;
}

/** The motion after the inverse of an increment from rest. */
function withoutIncrement([a, b, c, d, e, f]: Motion, change: readonly number[]): Motion {
  const [p = 0, q = 0, r = 0, s = 0, t = 0, u = 0] = change;
  const determinant = (1 + p) * (1 + t) - q * s;
  const [ia, ib, id, ie] = [(1 + t) / determinant, -q / determinant, -s / determinant, (1 + p) / determinant];
  const ic = -(ia * r + ib * u);
  const iF = -(id * r + ie * u);
  return [a * ia + b * id, a * ib + b * ie, a * ic + b * iF + c, d * ia + e * id, d * ib + e * ie, d * ic + e * iF + f];
}

function isPlausible([a, b, c, d, e, f]: Motion): boolean {
  const isScale = (value: number) => value < MOST_SCALE && value > 1 / MOST_SCALE;
  const isTurn = Math.abs(b) < MOST_TURN && Math.abs(d) < MOST_TURN;
  return isScale(a) && isScale(e) && isTurn && Math.abs(c) < MOST_SHIFT && Math.abs(f) < MOST_SHIFT;
}

/** Correlation of what lies on each other, at the nearest pixels. */
function agreement({ side, data: fixed }: Picture, { data: moving }: Picture, [a, b, c, d, e, f]: Motion): number {
  const half = side / 2;
  let products = 0;
  let squares = 0;
  let others = 0;
  for (let row = 0; row < side; row++) {
    const y = (row + 0.5) / half - 1;
    for (let column = 0; column < side; column++) {
      const x = (column + 0.5) / half - 1;
      const placeX = (a * x + b * y + c + 1) * half;
      const placeY = (d * x + e * y + f + 1) * half;
      if (!(placeX >= 0 && placeY >= 0 && placeX < side && placeY < side)) continue;
      const u = placeX | 0;
      const v = placeY | 0;
      const one = fixed[row * side + column] as number;
      const other = moving[v * side + u] as number;
      products += one * other;
      squares += one * one;
      others += other * other;
    }
  }
  return products / (Math.sqrt(squares * others) + 1e-9);
}

/** Gauss and Jordan's method; null where the matrix is close to singular. */
function invert(matrix: Float64Array): Float64Array | null {
  const rows = Array.from({ length: N }, (_, i) =>
    Array.from({ length: 2 * N }, (_, j) => (j < N ? (matrix[i * N + j] as number) : j - N === i ? 1 : 0)),
  );
  const largest = Math.max(...rows.map((row, i) => row[i] as number));
  for (let pivot = 0; pivot < N; pivot++) {
    const row = rows[pivot] as number[];
    const value = row[pivot] as number;
    if (!(value > 1e-6 * largest)) return null;
    for (let j = 0; j < 2 * N; j++) row[j] = (row[j] as number) / value;
    for (const other of rows) {
      if (other === row) continue;
      const factor = other[pivot] as number;
      for (let j = 0; j < 2 * N; j++) other[j] = (other[j] as number) - factor * (row[j] as number);
    }
  }
  return Float64Array.from(rows.flatMap((row) => row.slice(N)));
}
