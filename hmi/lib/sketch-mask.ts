/** Masks that are painted: only the rectangle of the image that holds them, one byte a pixel. Never changed in place. */
import type { Size } from './view-transform.ts';

export interface Mask {
  /** Of the rectangle, in pixels of the image. */
  x: number;
  y: number;
  width: number;
  height: number;
  /** Row by row, 0 or 1. */
  bits: Uint8Array;
}

export interface Stroke {
  /** x1, y1, x2, y2 … in pixels of the image; one point is a dab. */
  points: readonly number[];
  radius: number;
  isErase: boolean;
}

export const emptyMask: Mask = { x: 0, y: 0, width: 0, height: 0, bits: new Uint8Array(0) };

/** Sets or clears every pixel whose centre is no farther from the stroke than its radius. */
export function paint(mask: Mask, stroke: Stroke, size: Size): Mask {
  const reach = stroke.isErase ? mask : union(mask, strokeBounds(stroke, size));
  if (reach.width === 0 || reach.height === 0) return mask;
  const next = enlarge(mask, reach);
  const value = stroke.isErase ? 0 : 1;
  const { points, radius } = stroke;
  for (let at = 0; at + 1 < points.length; at += 2) {
    const [x1 = 0, y1 = 0] = [points[at], points[at + 1]];
    paintSegment(next, x1, y1, points[at + 2] ?? x1, points[at + 3] ?? y1, radius, value);
  }
  return next;
}

export function isEmptyMask(mask: Mask): boolean {
  return !mask.bits.includes(1);
}

export function hasPixel(mask: Mask, x: number, y: number): boolean {
  const [column, row] = [Math.floor(x) - mask.x, Math.floor(y) - mask.y];
  if (column < 0 || row < 0 || column >= mask.width || row >= mask.height) return false;
  return mask.bits[row * mask.width + column] === 1;
}

/** The smallest rectangle that holds every set pixel of an image's bitmap. */
export function cropMask(bitmap: Uint8Array, size: Size): Mask {
  let [left, top, right, bottom] = [size.width, size.height, 0, 0];
  for (let y = 0; y < size.height; y++) {
    const row = y * size.width;
    const first = bitmap.subarray(row, row + size.width).indexOf(1);
    if (first < 0) continue;
    const last = bitmap.subarray(row, row + size.width).lastIndexOf(1);
    [left, top, right, bottom] = [Math.min(left, first), Math.min(top, y), Math.max(right, last + 1), y + 1];
  }
  if (right <= left) return emptyMask;
  const mask = { x: left, y: top, width: right - left, height: bottom - top };
  const bits = new Uint8Array(mask.width * mask.height);
  for (let y = 0; y < mask.height; y++) {
    const from = (y + top) * size.width + left;
    bits.set(bitmap.subarray(from, from + mask.width), y * mask.width);
  }
  return { ...mask, bits };
}

/** The mask as a bitmap of the whole image, row by row. */
export function spreadMask(mask: Mask, size: Size): Uint8Array {
  const bitmap = new Uint8Array(size.width * size.height);
  for (let y = 0; y < mask.height; y++) {
    const row = y + mask.y;
    if (row < 0 || row >= size.height) continue;
    for (let x = 0; x < mask.width; x++) {
      const column = x + mask.x;
      if (column < 0 || column >= size.width) continue;
      bitmap[row * size.width + column] = mask.bits[y * mask.width + x] ?? 0;
    }
  }
  return bitmap;
}

type Rectangle = Omit<Mask, 'bits'>;

function strokeBounds({ points, radius }: Stroke, size: Size): Rectangle {
  const xs = points.filter((_, at) => at % 2 === 0);
  const ys = points.filter((_, at) => at % 2 === 1);
  const x = Math.max(0, Math.floor(Math.min(...xs) - radius));
  const y = Math.max(0, Math.floor(Math.min(...ys) - radius));
  const right = Math.min(size.width, Math.ceil(Math.max(...xs) + radius));
  const bottom = Math.min(size.height, Math.ceil(Math.max(...ys) + radius));
  return { x, y, width: Math.max(0, right - x), height: Math.max(0, bottom - y) };
}

function union(a: Rectangle, b: Rectangle): Rectangle {
  if (a.width === 0 || a.height === 0) return b;
  if (b.width === 0 || b.height === 0) return a;
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

/** A copy that covers the rectangle, which holds the mask's own. */
function enlarge(mask: Mask, { x, y, width, height }: Rectangle): Mask {
  const bits = new Uint8Array(width * height);
  for (let row = 0; row < mask.height; row++) {
    const to = (row + mask.y - y) * width + (mask.x - x);
    bits.set(mask.bits.subarray(row * mask.width, (row + 1) * mask.width), to);
  }
  return { x, y, width, height, bits };
}

function paintSegment(mask: Mask, x1: number, y1: number, x2: number, y2: number, radius: number, value: number): void {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length2 = dx * dx + dy * dy;
  const radius2 = radius * radius;
  const left = Math.max(mask.x, Math.floor(Math.min(x1, x2) - radius));
  const right = Math.min(mask.x + mask.width, Math.ceil(Math.max(x1, x2) + radius));
  const top = Math.max(mask.y, Math.floor(Math.min(y1, y2) - radius));
  const bottom = Math.min(mask.y + mask.height, Math.ceil(Math.max(y1, y2) + radius));
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [px, py] = [x + 0.5 - x1, y + 0.5 - y1];
      const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length2));
      const [ex, ey] = [px - along * dx, py - along * dy];
      if (ex * ex + ey * ey <= radius2) mask.bits[(y - mask.y) * mask.width + (x - mask.x)] = value;
    }
  }
}
