/** The part of a prepared image that the model looks at, with the part brought to where the reference has it. */
import type { RgbImage } from './grey-pyramid.ts';
import type { Placement } from './locate.ts';
import type { Window } from './reference-samples.ts';

/** Fractions of a pixel that the weights are kept for; the error of an edge is below a fifth of a grey level. */
const PHASES = 256;
/** Cubic convolution with a = -1/2 (Keys 1981): exact at whole pixels, and hardly blurs between them. */
const WEIGHTS = cubicWeights();
const DEGREE = Math.PI / 180;

/** Pixels outside of the image repeat its edge. Without a placement it is a plain copy. */
export function cutWindow(image: RgbImage, window: Window, placement: Placement | undefined): RgbImage {
  const isMoved = placement && (placement.dx !== 0 || placement.dy !== 0 || placement.rotationDeg !== 0);
  if (isMoved) return resample(image, window, placement);
  const { x, y, width, height } = window;
  if (width === image.width && height === image.height) return image;
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * image.width + x) * 3;
    data.set(image.data.subarray(from, from + width * 3), row * width * 3);
  }
  return { data, width, height };
}

/** Where a point of the window (in pixels, cell corners at whole numbers) lies in the image, in shares of its sides. */
export function placeInImage(
  image: { width: number; height: number },
  window: Window,
  placement: Placement | undefined,
): (x: number, y: number) => { x: number; y: number } {
  const { dx, dy, rotationDeg } = placement ?? { dx: 0, dy: 0, rotationDeg: 0 };
  const cos = Math.cos(rotationDeg * DEGREE);
  const sin = Math.sin(rotationDeg * DEGREE);
  const half = { x: window.width / 2, y: window.height / 2 };
  return (x, y) => {
    const fromX = x - half.x;
    const fromY = y - half.y;
    return {
      x: (window.x + half.x + dx + cos * fromX - sin * fromY) / image.width,
      y: (window.y + half.y + dy + sin * fromX + cos * fromY) / image.height,
    };
  };
}

/**
 * In two passes, along the rows and then along the columns (Catmull & Smith 1980), which for the small rotations of parts on a
 * line is half the work of one: a row of the first holds, for each column of the window, what lies on the way of that column.
 */
function resample(image: RgbImage, window: Window, { dx, dy, rotationDeg }: Placement): RgbImage {
  const { width, height } = window;
  const cos = Math.cos(rotationDeg * DEGREE);
  const sin = Math.sin(rotationDeg * DEGREE);
  const half = { x: (width - 1) / 2, y: (height - 1) / 2 };
  const origin = { x: window.x + half.x + dx, y: window.y + half.y + dy };
  // Image rows that the window can reach, with what the kernel needs beside them; beyond the image its edge rows stand for them.
  const reach = Math.abs(sin) * half.x + cos * half.y + 2;
  const top = clamp(Math.floor(origin.y - reach), image.height);
  const rows = clamp(Math.ceil(origin.y + reach), image.height) - top + 1;
  const across = new Float32Array(rows * width * 3);
  for (let row = 0; row < rows; row++) {
    const start = origin.x - half.x / cos - (sin / cos) * (top + row - origin.y);
    resampleRow(image, top + row, across, row * width * 3, width, start, 1 / cos);
  }
  const start = origin.y - top - sin * half.x - cos * half.y;
  return resampleColumns(across, rows, width, height, (x, y) => start + sin * x + cos * y);
}

function resampleRow(
  { data, width }: RgbImage,
  row: number,
  to: Float32Array,
  toAt: number,
  count: number,
  start: number,
  step: number,
): void {
  const read = (index: number) => data[index] as number;
  const from = row * width * 3;
  for (let x = 0, at = toAt; x < count; x++, at += 3) {
    const position = start + x * step;
    const left = Math.floor(position);
    const phase = 4 * Math.floor((position - left) * PHASES);
    const w0 = WEIGHTS[phase] as number;
    const w1 = WEIGHTS[phase + 1] as number;
    const w2 = WEIGHTS[phase + 2] as number;
    const w3 = WEIGHTS[phase + 3] as number;
    const a = from + 3 * clamp(left - 1, width);
    const b = from + 3 * clamp(left, width);
    const c = from + 3 * clamp(left + 1, width);
    const d = from + 3 * clamp(left + 2, width);
    to[at] = w0 * read(a) + w1 * read(b) + w2 * read(c) + w3 * read(d);
    to[at + 1] = w0 * read(a + 1) + w1 * read(b + 1) + w2 * read(c + 1) + w3 * read(d + 1);
    to[at + 2] = w0 * read(a + 2) + w1 * read(b + 2) + w2 * read(c + 2) + w3 * read(d + 2);
  }
}

/** Row by row, so that what is read lies together in memory. */
function resampleColumns(
  from: Float32Array,
  rows: number,
  width: number,
  height: number,
  positionOf: (x: number, y: number) => number,
): RgbImage {
  const read = (index: number) => from[index] as number;
  // Rounds and limits by itself.
  const data = new Uint8ClampedArray(width * height * 3);
  const stride = 3 * width;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const position = positionOf(x, y);
      const upper = Math.floor(position);
      const phase = 4 * Math.floor((position - upper) * PHASES);
      const w0 = WEIGHTS[phase] as number;
      const w1 = WEIGHTS[phase + 1] as number;
      const w2 = WEIGHTS[phase + 2] as number;
      const w3 = WEIGHTS[phase + 3] as number;
      const a = stride * clamp(upper - 1, rows) + 3 * x;
      const b = stride * clamp(upper, rows) + 3 * x;
      const c = stride * clamp(upper + 1, rows) + 3 * x;
      const d = stride * clamp(upper + 2, rows) + 3 * x;
      data[at] = w0 * read(a) + w1 * read(b) + w2 * read(c) + w3 * read(d);
      data[at + 1] = w0 * read(a + 1) + w1 * read(b + 1) + w2 * read(c + 1) + w3 * read(d + 1);
      data[at + 2] = w0 * read(a + 2) + w1 * read(b + 2) + w2 * read(c + 2) + w3 * read(d + 2);
    }
  }
  return { data: new Uint8Array(data.buffer), width, height };
}

function clamp(at: number, side: number): number {
  return at < 0 ? 0 : at >= side ? side - 1 : at;
}

function cubicWeights(): Float32Array {
  const weights = new Float32Array(4 * PHASES);
  for (let phase = 0; phase < PHASES; phase++) {
    const t = phase / PHASES;
    weights[4 * phase] = ((2 - t) * t - 1) * t * 0.5;
    weights[4 * phase + 1] = ((3 * t - 5) * t * t + 2) * 0.5;
    weights[4 * phase + 2] = ((4 - 3 * t) * t + 1) * t * 0.5;
    weights[4 * phase + 3] = (t - 1) * t * t * 0.5;
  }
  return weights;
}
