/** What a person draws on an image, and the regions that it becomes. Coordinates are pixels of the full image. */
import { decodeMask, encodeMask, type Region, rasterise } from './regions.ts';
import { cropMask, hasPixel, isEmptyMask, type Mask, spreadMask } from './sketch-mask.ts';
import type { Point, Size } from './view-transform.ts';

export interface BoxGeometry {
  kind: 'box';
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PolygonGeometry {
  kind: 'polygon';
  rings: readonly (readonly number[])[];
}

export interface MaskGeometry {
  kind: 'mask';
  mask: Mask;
}

export type Geometry = BoxGeometry | PolygonGeometry | MaskGeometry;

export interface Shape {
  id: number;
  classCode: string;
  /** Drawn by the model: no person's word until it is accepted or changed. */
  isProposal: boolean;
  geometry: Geometry;
}

export function geometryOf(region: Region, size: Size): Geometry {
  if (region.kind === 'box') {
    const { x, y, width, height } = region;
    return { kind: 'box', x, y, width, height };
  }
  if (region.kind === 'polygon') return { kind: 'polygon', rings: region.rings };
  if (region.width !== size.width || region.height !== size.height)
    throw new RangeError(
      `a mask of ${region.width} × ${region.height} lies on an image of ${size.width} × ${size.height}`,
    );
  return { kind: 'mask', mask: cropMask(decodeMask(region.counts, size.width, size.height), size) };
}

export function regionOf({ classCode, geometry }: Pick<Shape, 'classCode' | 'geometry'>, size: Size): Region {
  if (geometry.kind === 'box') return { classCode, ...geometry };
  if (geometry.kind === 'polygon') {
    return { classCode, kind: 'polygon', rings: geometry.rings.map((ring) => [...ring]) };
  }
  const { width, height } = size;
  return { classCode, kind: 'mask', width, height, counts: encodeMask(spreadMask(geometry.mask, size), width, height) };
}

/** Its pixels, so that brush and eraser can go on with it. */
export function maskOf(geometry: Geometry, size: Size): Mask {
  if (geometry.kind === 'mask') return geometry.mask;
  return cropMask(rasterise(regionOf({ classCode: '', geometry }, size), size.width, size.height), size);
}

/** False for what has no area: a box without width, a mask without a pixel. */
export function hasArea(geometry: Geometry): boolean {
  if (geometry.kind === 'box') return geometry.width > 0 && geometry.height > 0;
  if (geometry.kind === 'mask') return !isEmptyMask(geometry.mask);
  return geometry.rings.some((ring) => ring.length >= 6);
}

/** Moved as far as the image lets it. Masks move by whole pixels. */
export function moveGeometry(geometry: Geometry, dx: number, dy: number, size: Size): Geometry {
  const bounds = boundsOfGeometry(geometry);
  const toX = clamp(dx, -bounds.x, size.width - bounds.x - bounds.width);
  const toY = clamp(dy, -bounds.y, size.height - bounds.y - bounds.height);
  if (geometry.kind === 'box') return { ...geometry, x: geometry.x + toX, y: geometry.y + toY };
  if (geometry.kind === 'mask') {
    const { mask } = geometry;
    return { kind: 'mask', mask: { ...mask, x: mask.x + Math.round(toX), y: mask.y + Math.round(toY) } };
  }
  const rings = geometry.rings.map((ring) => ring.map((value, at) => value + (at % 2 === 0 ? toX : toY)));
  return { kind: 'polygon', rings };
}

export function boundsOfGeometry(geometry: Geometry): Omit<BoxGeometry, 'kind'> {
  if (geometry.kind === 'box') return geometry;
  if (geometry.kind === 'mask') return geometry.mask;
  const values = geometry.rings.flat();
  const xs = values.filter((_, at) => at % 2 === 0);
  const ys = values.filter((_, at) => at % 2 === 1);
  const [x, y] = [least(xs), least(ys)];
  return { x, y, width: -least(xs.map((each) => -each)) - x, height: -least(ys.map((each) => -each)) - y };
}

export interface Handle extends Point {
  /** Of a box: its corners clockwise from the upper left. Of a polygon: ring and point. */
  ring: number;
  index: number;
}

/** Points that can be pulled; masks have none. */
export function handlesOf(geometry: Geometry): Handle[] {
  if (geometry.kind === 'mask') return [];
  if (geometry.kind === 'box') {
    const [right, bottom] = [geometry.x + geometry.width, geometry.y + geometry.height];
    const corners = [geometry.x, geometry.y, right, geometry.y, right, bottom, geometry.x, bottom];
    return pointsOf(corners).map((point, index) => ({ ...point, ring: 0, index }));
  }
  return geometry.rings.flatMap((ring, number) =>
    pointsOf(ring).map((point, index) => ({ ...point, ring: number, index })),
  );
}

/** With one of its handles at another place. */
export function pullHandle(geometry: Geometry, handle: Handle, to: Point): Geometry {
  if (geometry.kind === 'mask') return geometry;
  if (geometry.kind === 'box') {
    const opposite = handlesOf(geometry)[(handle.index + 2) % 4] ?? to;
    return boxBetween(opposite, to);
  }
  const rings = geometry.rings.map((ring, number) =>
    number === handle.ring ? ring.with(handle.index * 2, to.x).with(handle.index * 2 + 1, to.y) : ring,
  );
  return { kind: 'polygon', rings };
}

export function boxBetween(a: Point, b: Point): BoxGeometry {
  return {
    kind: 'box',
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  };
}

export function isInside(geometry: Geometry, { x, y }: Point): boolean {
  if (geometry.kind === 'mask') return hasPixel(geometry.mask, x, y);
  if (geometry.kind === 'box') {
    return x >= geometry.x && y >= geometry.y && x <= geometry.x + geometry.width && y <= geometry.y + geometry.height;
  }
  let isIn = false;
  for (const ring of geometry.rings) {
    const points = pointsOf(ring);
    points.forEach((to, at) => {
      const from = points.at(at - 1) ?? to;
      if (from.y > y !== to.y > y && x < ((to.x - from.x) * (y - from.y)) / (to.y - from.y) + from.x) isIn = !isIn;
    });
  }
  return isIn;
}

function pointsOf(ring: readonly number[]): Point[] {
  return Array.from({ length: Math.floor(ring.length / 2) }, (_, at) => ({
    x: ring[at * 2] ?? 0,
    y: ring[at * 2 + 1] ?? 0,
  }));
}

/** Spread arguments would overflow the stack for long outlines. */
function least(values: readonly number[]): number {
  return values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
