/** The points of a map as columns: what the server packed, where they lie, which are nearest and which lie inside a polygon. Pure. */

export interface MapPoints {
  count: number;
  /** x, y of each point in map coordinates. */
  xy: Float32Array;
  /** What each is, 0: none of the legend. */
  codes: Uint8Array;
}

export interface Point {
  x: number;
  y: number;
}

export function readPoints(packed: { xy: string; codes: string }): MapPoints {
  const xy = new Float32Array(bytesOf(packed.xy).buffer);
  return { count: xy.length / 2, xy, codes: bytesOf(packed.codes) };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

export interface Extent {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Of points without their farthest hundredth, so that a stray one does not make all others small; a unit square without points. */
export function extentOf({ xy, count }: MapPoints): Extent {
  if (count === 0) return { left: 0, top: 0, right: 1, bottom: 1 };
  const axis = (which: 0 | 1) => {
    const values = Float32Array.from({ length: count }, (_, at) => xy[2 * at + which] ?? 0).sort();
    const cut = Math.floor(count / 200);
    return [values[cut] ?? 0, values[count - 1 - cut] ?? 0] as const;
  };
  const [left, right] = axis(0);
  const [top, bottom] = axis(1);
  return { left, top, right: Math.max(right, left + 1e-6), bottom: Math.max(bottom, top + 1e-6) };
}

/** 1 for each point inside the polygon x1, y1, x2, y2 … (even-odd); null: none is drawn. */
export function pointsInside({ xy, count }: MapPoints, corners: readonly number[]): Uint8Array {
  const inside = new Uint8Array(count);
  const length = corners.length - (corners.length % 2);
  for (let point = 0; point < count; point++) {
    const x = xy[2 * point] ?? 0;
    const y = xy[2 * point + 1] ?? 0;
    let isInside = false;
    for (let at = 0, before = length - 2; at < length; before = at, at += 2) {
      const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = [corners[at], corners[at + 1], corners[before], corners[before + 1]];
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) isInside = !isInside;
    }
    if (isInside) inside[point] = 1;
  }
  return inside;
}

export interface PointGrid {
  /** Index of the nearest point no farther than `reach`; −1: none. */
  nearest(at: Point, reach: number): number;
}

const SIDE = 128;

/** Buckets of points, so that the pointer finds its point without looking at all of them. */
export function gridOf(points: MapPoints): PointGrid {
  const { xy, count } = points;
  const { left, top, right, bottom } = extentOf(points);
  const cell = (value: number, from: number, to: number) =>
    Math.min(SIDE - 1, Math.max(0, Math.floor(((value - from) / (to - from)) * SIDE)));
  const cellOf = new Uint32Array(count);
  const starts = new Uint32Array(SIDE * SIDE + 1);
  for (let point = 0; point < count; point++) {
    const at = cell(xy[2 * point + 1] ?? 0, top, bottom) * SIDE + cell(xy[2 * point] ?? 0, left, right);
    cellOf[point] = at;
    starts[at + 1] = (starts[at + 1] ?? 0) + 1;
  }
  for (let at = 0; at < SIDE * SIDE; at++) starts[at + 1] = (starts[at + 1] ?? 0) + (starts[at] ?? 0);
  const next = starts.slice();
  const ordered = new Uint32Array(count);
  for (let point = 0; point < count; point++) {
    const at = cellOf[point] ?? 0;
    ordered[next[at] ?? 0] = point;
    next[at] = (next[at] ?? 0) + 1;
  }
  return {
    nearest({ x, y }, reach) {
      let best = -1;
      let least = reach * reach;
      const [firstX, lastX] = [cell(x - reach, left, right), cell(x + reach, left, right)];
      for (let row = cell(y - reach, top, bottom); row <= cell(y + reach, top, bottom); row++) {
        for (let at = starts[row * SIDE + firstX] ?? 0; at < (starts[row * SIDE + lastX + 1] ?? 0); at++) {
          const point = ordered[at] ?? 0;
          const apart = ((xy[2 * point] ?? 0) - x) ** 2 + ((xy[2 * point + 1] ?? 0) - y) ** 2;
          if (apart <= least) [best, least] = [point, apart];
        }
      }
      return best;
    },
  };
}
