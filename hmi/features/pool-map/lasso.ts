/** The line that people draw around points, in map coordinates x1, y1, x2, y2 …. Pure. */
import type { Point } from './map-points.ts';

/** More corners than this make an address too long, and the eye sees no difference. */
export const MOST_CORNERS = 60;

/** Fewer corners for the same outline: those that stick out least go first (Visvalingam and Whyatt 1993). */
export function simplify(corners: readonly number[], most = MOST_CORNERS): number[] {
  const kept: Point[] = [];
  for (let at = 0; at + 1 < corners.length; at += 2) kept.push({ x: corners[at] ?? 0, y: corners[at + 1] ?? 0 });
  while (kept.length > most) {
    let least = Number.POSITIVE_INFINITY;
    let drop = 0;
    kept.forEach((corner, at) => {
      const area = triangle(kept.at(at - 1) ?? corner, corner, kept[(at + 1) % kept.length] ?? corner);
      if (area < least) [least, drop] = [area, at];
    });
    kept.splice(drop, 1);
  }
  return kept.flatMap(({ x, y }) => [x, y]);
}

function triangle(a: Point, b: Point, c: Point): number {
  return Math.abs((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)) / 2;
}

/** As an address has it; undefined without three corners. */
export function writeLasso(corners: readonly number[]): string | undefined {
  return corners.length < 6 ? undefined : corners.map((value) => Number(value.toPrecision(6))).join(',');
}

export function readLasso(text: string | undefined): number[] {
  const corners = (text ?? '').split(',').map(Number);
  return corners.length >= 6 && corners.length % 2 === 0 && corners.every(Number.isFinite) ? corners : [];
}

/** A square so small around a point that it holds no other, for asking which image it is. */
export function around({ x, y }: Point): number[] {
  const half = Math.max(1e-5, 2e-6 * Math.max(Math.abs(x), Math.abs(y)));
  return [x - half, y - half, x + half, y - half, x + half, y + half, x - half, y + half];
}
