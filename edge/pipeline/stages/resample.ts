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
  for (let y = 0; y < height; y++) resampleColumns(across, rows, data, y * width * 3, width, start + cos * y, sin);
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
  for (let at = toAt; at < end; at += 3) {
    const fixed = Math.floor(position) | 0;
    position += step * PHASES;
    const left = fixed >> PHASE_BITS;
    const phase = 4 * (fixed & (PHASES - 1));
    const w0 = WEIGHTS[phase] as number;
    const w1 = WEIGHTS[phase + 1] as number;
    const w2 = WEIGHTS[phase + 2] as number;
    const w3 = WEIGHTS[phase + 3] as number;
    let b = from + 3 * left;
    let a = b - 3;
    let c = b + 3;
    let d = b + 6;
    if (left < 1 || left >= width - 2) {
      a = from + 3 * clamp(left - 1, width);
      b = from + 3 * clamp(left, width);
      c = from + 3 * clamp(left + 1, width);
      d = from + 3 * clamp(left + 2, width);
    }
    to[at] =
      (half +
        w0 * (data[a] as number) +
        w1 * (data[b] as number) +
        w2 * (data[c] as number) +
        w3 * (data[d] as number)) >>
      ROW_SHIFT;
    to[at + 1] =
      (half +
        w0 * (data[a + 1] as number) +
        w1 * (data[b + 1] as number) +
        w2 * (data[c + 1] as number) +
        w3 * (data[d + 1] as number)) >>
      ROW_SHIFT;
    to[at + 2] =
      (half +
        w0 * (data[a + 2] as number) +
        w1 * (data[b + 2] as number) +
        w2 * (data[c + 2] as number) +
        w3 * (data[d + 2] as number)) >>
      ROW_SHIFT;
  }
}

/** One row of the window, read across the columns from the row `start` on, `step` rows further with each column. */
function resampleColumns(
  from: Int16Array,
  rows: number,
  to: Uint8ClampedArray,
  toAt: number,
  count: number,
  start: number,
  step: number,
): void {
  const half = 1 << (COLUMN_SHIFT - 1);
  const stride = 3 * count;
  let position = start * PHASES + 0.5;
  for (let x = 0, at = toAt; x < stride; x += 3, at += 3) {
    const fixed = Math.floor(position) | 0;
    position += step * PHASES;
    const upper = fixed >> PHASE_BITS;
    const phase = 4 * (fixed & (PHASES - 1));
    const w0 = WEIGHTS[phase] as number;
    const w1 = WEIGHTS[phase + 1] as number;
    const w2 = WEIGHTS[phase + 2] as number;
    const w3 = WEIGHTS[phase + 3] as number;
    let b = stride * upper + x;
    let a = b - stride;
    let c = b + stride;
    let d = c + stride;
    if (upper < 1 || upper >= rows - 2) {
      a = stride * clamp(upper - 1, rows) + x;
      b = stride * clamp(upper, rows) + x;
      c = stride * clamp(upper + 1, rows) + x;
      d = stride * clamp(upper + 2, rows) + x;
    }
    to[at] =
      (half +
        w0 * (from[a] as number) +
        w1 * (from[b] as number) +
        w2 * (from[c] as number) +
        w3 * (from[d] as number)) >>
      COLUMN_SHIFT;
    to[at + 1] =
      (half +
        w0 * (from[a + 1] as number) +
        w1 * (from[b + 1] as number) +
        w2 * (from[c + 1] as number) +
        w3 * (from[d + 1] as number)) >>
      COLUMN_SHIFT;
    to[at + 2] =
      (half +
        w0 * (from[a + 2] as number) +
        w1 * (from[b + 2] as number) +
        w2 * (from[c + 2] as number) +
        w3 * (from[d + 2] as number)) >>
      COLUMN_SHIFT;
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
