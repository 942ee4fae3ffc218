/** An image read between its pixels, for a part that lies shifted and turned. The costliest step of bringing it back, so it calculates in whole numbers. */
import type { RgbImage } from './grey-pyramid.ts';
import type { Placement } from './locate.ts';
import type { Window } from './reference-samples.ts';

/** Fractions of a pixel that the weights are kept for, as a power of two; the nearest is taken. */
const PHASE_BITS = 8;
const PHASES = 1 << PHASE_BITS;
/** The four weights of a phase sum up to one, which is 2 to the power of this. */
const WEIGHT_BITS = 14;
/** Bits below a grey level that go from the first pass to the second; with what the kernel overshoots that fills 16 bits. */
const KEPT_BITS = 6;
const ROW_SHIFT = WEIGHT_BITS - KEPT_BITS;
const COLUMN_SHIFT = WEIGHT_BITS + KEPT_BITS;
/** Before the first pixel. */
const NONE = -(2 ** 30);
const DEGREE = Math.PI / 180;
/** Cubic convolution with a = -1/2 (Keys 1981): exact at whole pixels, and hardly blurs between them. */
const WEIGHTS = cubicWeights();

/** What the first pass leaves to the second. Kept from image to image: fresh memory would cost as much as what is done in it. */
let across = new Int16Array(0);

/**
 * In two passes, along the rows and then along the columns (Catmull & Smith 1980), which for the small rotations of parts on a
 * line is half the work of one: a row of the first holds, for each column of the window, what lies on the way of that column.
 * Pixels outside of the image repeat its edge.
 */
export function resample(image: RgbImage, window: Window, { dx, dy, rotationDeg }: Placement): RgbImage {
  const { width, height } = window;
  const cos = Math.cos(rotationDeg * DEGREE);
  const sin = Math.sin(rotationDeg * DEGREE);
  const half = { x: (width - 1) / 2, y: (height - 1) / 2 };
  const origin = { x: window.x + half.x + dx, y: window.y + half.y + dy };
  // Image rows that the window can reach, with what the kernel needs beside them; beyond the image its edge rows stand for them.
  const reach = Math.abs(sin) * half.x + cos * half.y + 2;
  const top = clamp(Math.floor(origin.y - reach), image.height);
  const rows = clamp(Math.ceil(origin.y + reach), image.height) - top + 1;
  if (across.length < rows * width * 3) across = new Int16Array(rows * width * 3);
  for (let row = 0; row < rows; row++) {
    const start = origin.x - half.x / cos - (sin / cos) * (top + row - origin.y);
    resampleRow(image, top + row, across, row * width * 3, width, start, 1 / cos);
  }
  const data = new Uint8ClampedArray(width * height * 3);
  const start = origin.y - top - sin * half.x - cos * half.y;
  for (let x = 0; x < width; x++) resampleColumn(across, rows, data, 3 * x, 3 * width, start + sin * x, cos);
  return { data: new Uint8Array(data.buffer), width, height };
}

/** One row of the image, read from `start` in steps of `step` pixels. */
function resampleRow(
  { data, width }: RgbImage,
  row: number,
  to: Int16Array,
  toAt: number,
  count: number,
  start: number,
  step: number,
): void {
  const half = 1 << (ROW_SHIFT - 1);
  const from = row * width * 3;
  const end = toAt + 3 * count;
  let position = start * PHASES + 0.5;
  let last = NONE;
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  let c0 = 0;
  let c1 = 0;
  let c2 = 0;
  let d0 = 0;
  let d1 = 0;
  let d2 = 0;
  for (let at = toAt; at < end; at += 3) {
    const fixed = Math.floor(position) | 0;
    position += step * PHASES;
    const left = fixed >> PHASE_BITS;
    const phase = 4 * (fixed & (PHASES - 1));
    const w0 = WEIGHTS[phase] as number;
    const w1 = WEIGHTS[phase + 1] as number;
    const w2 = WEIGHTS[phase + 2] as number;
    const w3 = WEIGHTS[phase + 3] as number;
    if (left === last + 1) {
      a0 = b0;
      a1 = b1;
      a2 = b2;
      b0 = c0;
      b1 = c1;
      b2 = c2;
      c0 = d0;
      c1 = d1;
      c2 = d2;
    } else {
      const a = from + 3 * clamp(left - 1, width);
      const b = from + 3 * clamp(left, width);
      const c = from + 3 * clamp(left + 1, width);
      a0 = data[a] as number;
      a1 = data[a + 1] as number;
      a2 = data[a + 2] as number;
      b0 = data[b] as number;
      b1 = data[b + 1] as number;
      b2 = data[b + 2] as number;
      c0 = data[c] as number;
      c1 = data[c + 1] as number;
      c2 = data[c + 2] as number;
    }
    last = left;
    const d = from + 3 * clamp(left + 2, width);
    d0 = data[d] as number;
    d1 = data[d + 1] as number;
    d2 = data[d + 2] as number;
    to[at] = (half + w0 * a0 + w1 * b0 + w2 * c0 + w3 * d0) >> ROW_SHIFT;
    to[at + 1] = (half + w0 * a1 + w1 * b1 + w2 * c1 + w3 * d1) >> ROW_SHIFT;
    to[at + 2] = (half + w0 * a2 + w1 * b2 + w2 * c2 + w3 * d2) >> ROW_SHIFT;
  }
}

/** One column of the window, read down from the row `start` in steps of `step` rows. */
function resampleColumn(
  from: Int16Array,
  rows: number,
  to: Uint8ClampedArray,
  x: number,
  stride: number,
  start: number,
  step: number,
): void {
  const half = 1 << (COLUMN_SHIFT - 1);
  let position = start * PHASES + 0.5;
  let last = NONE;
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  let c0 = 0;
  let c1 = 0;
  let c2 = 0;
  let d0 = 0;
  let d1 = 0;
  let d2 = 0;
  for (let at = x; at < to.length; at += stride) {
    const fixed = Math.floor(position) | 0;
    position += step * PHASES;
    const upper = fixed >> PHASE_BITS;
    const phase = 4 * (fixed & (PHASES - 1));
    const w0 = WEIGHTS[phase] as number;
    const w1 = WEIGHTS[phase + 1] as number;
    const w2 = WEIGHTS[phase + 2] as number;
    const w3 = WEIGHTS[phase + 3] as number;
    if (upper === last + 1) {
      a0 = b0;
      a1 = b1;
      a2 = b2;
      b0 = c0;
      b1 = c1;
      b2 = c2;
      c0 = d0;
      c1 = d1;
      c2 = d2;
    } else {
      const a = x + stride * clamp(upper - 1, rows);
      const b = x + stride * clamp(upper, rows);
      const c = x + stride * clamp(upper + 1, rows);
      a0 = from[a] as number;
      a1 = from[a + 1] as number;
      a2 = from[a + 2] as number;
      b0 = from[b] as number;
      b1 = from[b + 1] as number;
      b2 = from[b + 2] as number;
      c0 = from[c] as number;
      c1 = from[c + 1] as number;
      c2 = from[c + 2] as number;
    }
    last = upper;
    const d = x + stride * clamp(upper + 2, rows);
    d0 = from[d] as number;
    d1 = from[d + 1] as number;
    d2 = from[d + 2] as number;
    to[at] = (half + w0 * a0 + w1 * b0 + w2 * c0 + w3 * d0) >> COLUMN_SHIFT;
    to[at + 1] = (half + w0 * a1 + w1 * b1 + w2 * c1 + w3 * d1) >> COLUMN_SHIFT;
    to[at + 2] = (half + w0 * a2 + w1 * b2 + w2 * c2 + w3 * d2) >> COLUMN_SHIFT;
  }
}

function clamp(at: number, side: number): number {
  return at < 0 ? 0 : at >= side ? side - 1 : at;
}

function cubicWeights(): Int16Array {
  const one = 1 << WEIGHT_BITS;
  const weights = new Int16Array(4 * PHASES);
  for (let phase = 0; phase < PHASES; phase++) {
    const t = phase / PHASES;
    const w0 = Math.round(one * ((2 - t) * t - 1) * t * 0.5);
    const w2 = Math.round(one * ((4 - 3 * t) * t + 1) * t * 0.5);
    const w3 = Math.round(one * (t - 1) * t * t * 0.5);
    // An even grey stays as it is.
    weights.set([w0, one - w0 - w2 - w3, w2, w3], 4 * phase);
  }
  return weights;
}
