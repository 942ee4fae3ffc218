/**
 * Pixels of regions, the same on the server, on the screens and in tests. A pixel belongs to a shape when its centre does; a bitmap is
 * row-major with 0 and 1, run lengths are column-major, beginning with the pixels that are not in it, packed as COCO packs them
 * (https://github.com/cocodataset/cocoapi, maskApi).
 */
import type { Region } from './region.ts';

export interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What is wrong with a region, in words for the person who drew it. */
export interface RegionFault {
  field: string;
  value: string;
  reason: string;
}

export const MAX_RINGS = 1_000;
/** Of all rings of one region together. */
export const MAX_RING_POINTS = 20_000;
/** As much as a mask of 4,096 × 4,096 pixels needs where every tenth pixel of a column begins another run. */
export const MAX_MASK_CHARACTERS = 4_000_000;

/** Throws a RangeError where the bitmap has another size. */
export function encodeMask(bitmap: Uint8Array, width: number, height: number): string {
  if (bitmap.length !== width * height) throw new RangeError(`${bitmap.length} pixels are not ${width} × ${height}.`);
  const runs: number[] = [];
  let value = 0;
  let length = 0;
  for (let x = 0; x < width; x += 1) {
    for (let at = x; at < bitmap.length; at += width) {
      const pixel = bitmap[at] ? 1 : 0;
      if (pixel !== value) {
        runs.push(length);
        value = pixel;
        length = 0;
      }
      length += 1;
    }
  }
  if (length > 0) runs.push(length);
  return packRuns(runs);
}

/** Throws a RangeError where the runs are damaged or do not fill the image. */
export function decodeMask(counts: string, width: number, height: number): Uint8Array {
  const bitmap = new Uint8Array(width * height);
  paintRuns(bitmap, { x: 0, y: 0, width, height }, unpackRuns(counts, width * height), height);
  return bitmap;
}

/** Run lengths as COCO's string: five bits a character, each number from the third on as its difference to the last but one. */
export function packRuns(runs: readonly number[]): string {
  const codes: number[] = [];
  const parts: string[] = [];
  for (let at = 0; at < runs.length; at += 1) {
    let rest = (runs[at] ?? 0) - (at > 2 ? (runs[at - 2] ?? 0) : 0);
    for (let isMore = true; isMore; ) {
      const bits = rest & 0x1f;
      rest >>= 5;
      isMore = bits & 0x10 ? rest !== -1 : rest !== 0;
      codes.push((isMore ? bits | 0x20 : bits) + 48);
    }
    if (codes.length > 8_000) parts.push(String.fromCharCode(...codes.splice(0)));
  }
  return parts.join('') + String.fromCharCode(...codes);
}

/** The run lengths in a string of COCO, which must add up to `pixels`; throws a RangeError otherwise. */
export function unpackRuns(counts: string, pixels: number): number[] {
  const runs: number[] = [];
  let sum = 0;
  for (let at = 0; at < counts.length; ) {
    let run = 0;
    for (let shift = 0; ; shift += 5) {
      const code = counts.charCodeAt(at) - 48;
      if (!(code >= 0 && code < 64) || shift > 25) throw new RangeError('The run lengths are damaged.');
      at += 1;
      run |= (code & 0x1f) << shift;
      if (code & 0x20) continue;
      if (code & 0x10) run |= -1 << (shift + 5);
      break;
    }
    if (runs.length > 2) run += runs[runs.length - 2] ?? 0;
    sum += run;
    if (run < 0 || sum > pixels) throw new RangeError('The run lengths do not fit the image.');
    runs.push(run);
  }
  if (sum !== pixels) throw new RangeError('The run lengths do not fill the image.');
  return runs;
}

export function rasterise(region: Region, width: number, height: number): Uint8Array {
  const bitmap = new Uint8Array(width * height);
  paintRegion(bitmap, { x: 0, y: 0, width, height }, region);
  return bitmap;
}

/**
 * Rings along the edges of pixels whose rasterisation is the mask again, holes as rings of their own (even-odd). Pixels that only touch at
 * a corner lie in rings of their own; the corners come in order, none of them on a straight line.
 */
export function traceMask(bitmap: Uint8Array, width: number, height: number): number[][] {
  const stride = width + 1;
  // Bits of the edges that leave each corner with the mask on their right: 1 to the right, 2 down, 4 to the left, 8 up.
  const leaving = new Uint8Array(stride * (height + 1));
  const isSet = (x: number, y: number) => x >= 0 && y >= 0 && x < width && y < height && bitmap[y * width + x] !== 0;
  const starts: number[] = [];
  const leave = (at: number, bit: number) => {
    leaving[at] = (leaving[at] ?? 0) | bit;
    if (bit === 1) starts.push(at);
  };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (bitmap[y * width + x] === 0) continue;
      const at = y * stride + x;
      if (!isSet(x, y - 1)) leave(at, 1);
      if (!isSet(x + 1, y)) leave(at + 1, 2);
      if (!isSet(x, y + 1)) leave(at + stride + 1, 4);
      if (!isSet(x - 1, y)) leave(at + stride, 8);
    }
  }
  const steps = [1, stride, -1, -stride];
  const rings: number[][] = [];
  for (const start of starts) {
    if (!((leaving[start] ?? 0) & 1)) continue;
    const ring: number[] = [];
    let at = start + 1;
    let turn = 0;
    for (;;) {
      const out = leaving[at] ?? 0;
      // To the right first: it stays with its pixel where two touch at a corner.
      const next = [turn + 1, turn, turn + 3].map((way) => way % 4).find((way) => out & (1 << way)) ?? 0;
      if (next !== turn) ring.push(at % stride, Math.floor(at / stride));
      leaving[at] = out & ~(1 << next);
      if (at === start && next === 0) break;
      turn = next;
      at += steps[turn] ?? 0;
    }
    rings.push(ring);
  }
  return rings;
}

/** The smallest box around the region; empty at (0, 0) for a mask without a pixel. */
export function boundsOf(region: Region): Bounds {
  if (region.kind === 'box') return { x: region.x, y: region.y, width: region.width, height: region.height };
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  const include = (x0: number, y0: number, x1: number, y1: number) => {
    left = Math.min(left, x0);
    top = Math.min(top, y0);
    right = Math.max(right, x1);
    bottom = Math.max(bottom, y1);
  };
  if (region.kind === 'polygon') {
    for (const ring of region.rings) {
      for (let at = 0; at + 1 < ring.length; at += 2) {
        include(ring[at] ?? 0, ring[at + 1] ?? 0, ring[at] ?? 0, ring[at + 1] ?? 0);
      }
    }
  } else {
    eachRun(unpackRuns(region.counts, region.width * region.height), region.height, (x, from, to) =>
      include(x, from, x + 1, to),
    );
  }
  if (right < left) return { x: 0, y: 0, width: 0, height: 0 };
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Pixels of the region within the image. */
export function areaOf(region: Region, width: number, height: number): number {
  const window = windowOf([region], width, height);
  const bitmap = new Uint8Array(window.width * window.height);
  paintRegion(bitmap, window, region);
  return bitmap.reduce((sum, pixel) => sum + pixel, 0);
}

/** Pixels in both unions over pixels in either; 1 where neither has any. No more than the box around them all is painted. */
export function iouOf(a: readonly Region[], b: readonly Region[], width: number, height: number): number {
  const window = windowOf([...a, ...b], width, height);
  const [first, second] = [a, b].map((regions) => {
    const union = new Uint8Array(window.width * window.height);
    for (const region of regions) paintUnion(union, window, region);
    return union;
  });
  let both = 0;
  let either = 0;
  for (let at = 0; at < window.width * window.height; at += 1) {
    const sum = (first?.[at] ?? 0) + (second?.[at] ?? 0);
    if (sum === 2) both += 1;
    if (sum > 0) either += 1;
  }
  return either === 0 ? 1 : both / either;
}

/** The region when it is one and lies within the image, otherwise what is wrong with it. */
export function checkRegion(value: unknown, size: { width: number; height: number }): Region | RegionFault {
  if (typeof value !== 'object' || value === null) return fault('region', value, 'is not a region');
  const region = value as Partial<Record<string, unknown>>;
  const { classCode } = region;
  if (typeof classCode !== 'string' || classCode === '') return fault('classCode', classCode, 'must name a class');
  if (region.kind === 'box') return checkBox(region, classCode, size);
  if (region.kind === 'polygon') return checkPolygon(region, classCode, size);
  if (region.kind === 'mask') return checkMask(region, classCode, size);
  return fault('kind', region.kind, 'must be box, polygon or mask');
}

type Fields = Partial<Record<string, unknown>>;
type Size = { width: number; height: number };

function checkBox(region: Fields, classCode: string, size: Size): Region | RegionFault {
  for (const field of ['x', 'y', 'width', 'height']) {
    if (!isNumber(region[field])) return fault(field, region[field], 'must be a finite number');
  }
  const { x, y, width, height } = region as unknown as Bounds;
  if (x < 0 || x > size.width) return fault('x', x, `must lie between 0 and ${size.width}`);
  if (y < 0 || y > size.height) return fault('y', y, `must lie between 0 and ${size.height}`);
  if (width <= 0 || x + width > size.width) return fault('width', width, `must be above 0 and end by ${size.width}`);
  if (height <= 0 || y + height > size.height)
    return fault('height', height, `must be above 0 and end by ${size.height}`);
  return { kind: 'box', classCode, x, y, width, height };
}

function checkPolygon(region: Fields, classCode: string, size: Size): Region | RegionFault {
  const { rings } = region;
  if (!Array.isArray(rings) || rings.length === 0) return fault('rings', rings, 'must have at least one ring');
  if (rings.length > MAX_RINGS) return fault('rings', rings.length, `must be at most ${MAX_RINGS}`);
  let points = 0;
  for (const [at, ring] of rings.entries()) {
    const field = `rings[${at}]`;
    if (!Array.isArray(ring) || ring.length < 6 || ring.length % 2 === 1) {
      return fault(field, Array.isArray(ring) ? ring.length : ring, 'must have three points or more, x and y of each');
    }
    points += ring.length / 2;
    if (points > MAX_RING_POINTS) return fault(field, points, `must have at most ${MAX_RING_POINTS} points in all`);
    for (const [place, number] of ring.entries()) {
      const limit = place % 2 === 0 ? size.width : size.height;
      if (!isNumber(number) || number < 0 || number > limit) {
        return fault(`${field}[${place}]`, number, `must lie between 0 and ${limit}`);
      }
    }
  }
  return { kind: 'polygon', classCode, rings: rings as number[][] };
}

function checkMask(region: Fields, classCode: string, size: Size): Region | RegionFault {
  const { width, height, counts } = region;
  if (width !== size.width) return fault('width', width, `must be the width of the image, ${size.width}`);
  if (height !== size.height) return fault('height', height, `must be the height of the image, ${size.height}`);
  if (typeof counts !== 'string') return fault('counts', counts, 'must be a string of run lengths');
  if (counts.length > MAX_MASK_CHARACTERS) {
    return fault('counts', counts.length, `must have at most ${MAX_MASK_CHARACTERS} characters`);
  }
  try {
    const runs = unpackRuns(counts, size.width * size.height);
    if (runs.length < 2) return fault('counts', counts, 'must have at least one pixel');
  } catch (error) {
    return fault('counts', counts, error instanceof Error ? error.message : 'is damaged');
  }
  return { kind: 'mask', classCode, width: size.width, height: size.height, counts };
}

function fault(field: string, value: unknown, reason: string): RegionFault {
  const shown = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return { field, value: shown.slice(0, 100), reason };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Whole pixels around all regions, cut at the image. */
function windowOf(regions: readonly Region[], width: number, height: number): Bounds {
  const boxes = regions.map(boundsOf).filter((box) => box.width > 0 && box.height > 0);
  if (boxes.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const left = Math.max(0, Math.floor(Math.min(...boxes.map((box) => box.x))));
  const top = Math.max(0, Math.floor(Math.min(...boxes.map((box) => box.y))));
  const right = Math.min(width, Math.ceil(Math.max(...boxes.map((box) => box.x + box.width))));
  const bottom = Math.min(height, Math.ceil(Math.max(...boxes.map((box) => box.y + box.height))));
  return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

/** A region painted apart and then joined: painting one into another would turn over what a polygon shares with it. */
function paintUnion(union: Uint8Array, window: Bounds, region: Region): void {
  if (region.kind !== 'polygon') {
    paintRegion(union, window, region);
    return;
  }
  const own = new Uint8Array(union.length);
  paintRegion(own, window, region);
  for (let at = 0; at < own.length; at += 1) if (own[at]) union[at] = 1;
}

function paintRegion(bitmap: Uint8Array, window: Bounds, region: Region): void {
  if (region.kind === 'mask') {
    paintRuns(bitmap, window, unpackRuns(region.counts, region.width * region.height), region.height);
    return;
  }
  if (region.kind === 'polygon') {
    paintRings(bitmap, window, region.rings);
    return;
  }
  const from = Math.max(0, Math.ceil(region.y - 0.5) - window.y);
  const to = Math.min(window.height, Math.ceil(region.y + region.height - 0.5) - window.y);
  for (let y = from; y < to; y += 1) fillRow(bitmap, window, y, region.x, region.x + region.width);
}

function paintRuns(bitmap: Uint8Array, window: Bounds, runs: readonly number[], height: number): void {
  eachRun(runs, height, (x, from, to) => {
    if (x < window.x || x >= window.x + window.width) return;
    const end = Math.min(to, window.y + window.height) - window.y;
    for (let y = Math.max(from, window.y) - window.y; y < end; y += 1) bitmap[y * window.width + x - window.x] = 1;
  });
}

/** Calls back for each run of set pixels, cut at the ends of columns: column, first row, row after the last. */
function eachRun(runs: readonly number[], height: number, visit: (x: number, from: number, to: number) => void): void {
  let at = 0;
  for (const [index, run] of runs.entries()) {
    const end = at + run;
    if (index % 2 === 1) {
      while (at < end) {
        const x = Math.floor(at / height);
        const stop = Math.min(end, (x + 1) * height);
        visit(x, at - x * height, stop - x * height);
        at = stop;
      }
    }
    at = end;
  }
}

/** Even-odd over all rings, row by row through the centres of the pixels. */
function paintRings(bitmap: Uint8Array, window: Bounds, rings: readonly number[][]): void {
  const crossings: number[][] = Array.from({ length: window.height }, () => []);
  for (const ring of rings) {
    for (let at = 0; at + 1 < ring.length; at += 2) {
      const next = (at + 2) % ring.length;
      const isDown = (ring[at + 1] ?? 0) < (ring[next + 1] ?? 0);
      // Always downwards, so that a way there and back crosses a row at the same place.
      const [start, end] = isDown ? [at, next] : [next, at];
      const [x0, y0, x1, y1] = [ring[start] ?? 0, ring[start + 1] ?? 0, ring[end] ?? 0, ring[end + 1] ?? 0];
      if (y0 === y1) continue;
      const from = Math.max(0, Math.ceil(y0 - 0.5) - window.y);
      const to = Math.min(window.height, Math.ceil(y1 - 0.5) - window.y);
      for (let y = from; y < to; y += 1) {
        crossings[y]?.push(x0 + ((y + window.y + 0.5 - y0) * (x1 - x0)) / (y1 - y0));
      }
    }
  }
  for (const [y, row] of crossings.entries()) {
    row.sort((one, other) => one - other);
    for (let at = 0; at + 1 < row.length; at += 2) fillRow(bitmap, window, y, row[at] ?? 0, row[at + 1] ?? 0);
  }
}

/** Sets the pixels of a row of the window whose centres lie from `from` up to, not at, `to`, in pixels of the image. */
function fillRow(bitmap: Uint8Array, window: Bounds, y: number, from: number, to: number): void {
  const start = Math.max(0, Math.ceil(from - 0.5) - window.x);
  const end = Math.min(window.width, Math.ceil(to - 0.5) - window.x);
  if (end > start) bitmap.fill(1, y * window.width + start, y * window.width + end);
}
