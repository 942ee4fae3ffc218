/** Contour of one region of a grid: marching squares (Lorensen & Cline 1987 in the plane), simplified after Douglas & Peucker 1973. */

/** A grid of values; `at` may be asked outside of it and then answers -Infinity. */
export interface Grid {
  width: number;
  height: number;
  at(x: number, y: number): number;
}

interface Point {
  x: number;
  y: number;
}

const RIGHT = 0;
const DOWN = 1;
const LEFT = 2;
const UP = 3;
/** A cell just at the level still has an extent: no outline collapses to a point. */
const MIN_CROSSING = 0.25;
const STEP = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/**
 * Outer contour around the 4-connected region that `start` is the first cell of (topmost row, leftmost in it), clockwise, in cells;
 * cell (x, y) covers [x, x + 1] × [y, y + 1]. Between two cells the contour lies where the value crosses `level`, linearly.
 */
export function traceOutline(grid: Grid, level: number, start: { x: number; y: number }, maxPoints: number): Point[] {
  const inside = (x: number, y: number) => grid.at(x, y) >= level;
  const points: Point[] = [];
  let x = start.x;
  let y = start.y;
  let heading = RIGHT;
  // Walks the corners of the cells with the region on the right hand. At a saddle it turns right, so that diagonal neighbours stay apart.
  do {
    points.push(crossing(grid, level, x, y, heading));
    const [dx, dy] = STEP[heading] ?? STEP[0];
    x += dx;
    y += dy;
    const [right, ahead] = cellsBefore(x, y, heading);
    if (!inside(right.x, right.y)) heading = (heading + 1) % 4;
    else if (inside(ahead.x, ahead.y)) heading = (heading + 3) % 4;
  } while (x !== start.x || y !== start.y || heading !== RIGHT);

  let tolerance = 0.1;
  let simple = simplifyRing(points, tolerance);
  while (simple.length > maxPoints) {
    tolerance *= 1.5;
    simple = simplifyRing(points, tolerance);
  }
  return simple;
}

/** The two cells in front of a walker at corner (x, y): on its right hand and on its left. */
function cellsBefore(x: number, y: number, heading: number): [Point, Point] {
  const cells: Record<number, [Point, Point]> = {
    [RIGHT]: [
      { x, y },
      { x, y: y - 1 },
    ],
    [DOWN]: [
      { x: x - 1, y },
      { x, y },
    ],
    [LEFT]: [
      { x: x - 1, y: y - 1 },
      { x: x - 1, y },
    ],
    [UP]: [
      { x, y: y - 1 },
      { x: x - 1, y: y - 1 },
    ],
  };
  return (
    cells[heading] ?? [
      { x, y },
      { x, y },
    ]
  );
}

/** Point of the contour on the edge that leaves corner (x, y): on the line between the centres of the cells that it divides. */
function crossing(grid: Grid, level: number, x: number, y: number, heading: number): Point {
  const [inner, outer] = cellsBefore(x, y, heading);
  const high = grid.at(inner.x, inner.y);
  const low = grid.at(outer.x, outer.y);
  const share = Number.isFinite(low) && high > low ? (high - level) / (high - low) : 0.5;
  const clamped = Math.min(1, Math.max(MIN_CROSSING, share));
  return {
    x: inner.x + 0.5 + (outer.x - inner.x) * clamped,
    y: inner.y + 0.5 + (outer.y - inner.y) * clamped,
  };
}

function simplifyRing(points: Point[], tolerance: number): Point[] {
  const first = points[0];
  if (!first || points.length <= 4) return points;
  // A ring has no ends: it is cut at its first point and at the one farthest from it.
  let far = 0;
  points.forEach((point, index) => {
    const best = points[far] ?? first;
    if (distance(point, first) > distance(best, first)) far = index;
  });
  const there = simplifyLine(points.slice(0, far + 1), tolerance);
  const back = simplifyLine([...points.slice(far), first], tolerance);
  return [...there.slice(0, -1), ...back.slice(0, -1)];
}

function simplifyLine(points: Point[], tolerance: number): Point[] {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || points.length < 3) return points;
  let worst = 0;
  let farthest = 0;
  points.forEach((point, index) => {
    const off = distanceToSegment(point, first, last);
    if (off > farthest) {
      farthest = off;
      worst = index;
    }
  });
  if (farthest <= tolerance) return [first, last];
  const head = simplifyLine(points.slice(0, worst + 1), tolerance);
  return [...head.slice(0, -1), ...simplifyLine(points.slice(worst), tolerance)];
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function distanceToSegment(point: Point, from: Point, to: Point): number {
  const length = distance(from, to);
  if (length === 0) return distance(point, from);
  const along = ((point.x - from.x) * (to.x - from.x) + (point.y - from.y) * (to.y - from.y)) / length ** 2;
  const share = Math.min(1, Math.max(0, along));
  return distance(point, { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) });
}
