/** Where the map lies on the screen. Screen = map × scale + offset, in CSS pixels; y grows downwards in both. Pure. */
import type { Extent, Point } from './map-points.ts';

export interface MapView {
  scale: number;
  x: number;
  y: number;
}

export interface Room {
  width: number;
  height: number;
}

const MARGIN_PX = 24;
/** How far in and out of the fitted view people may go. */
const CLOSEST = 400;
const FARTHEST = 0.5;

export function fitMap({ left, top, right, bottom }: Extent, { width, height }: Room): MapView {
  const scale = Math.max(
    1e-6,
    Math.min((width - 2 * MARGIN_PX) / (right - left), (height - 2 * MARGIN_PX) / (bottom - top)),
  );
  return { scale, x: width / 2 - ((left + right) / 2) * scale, y: height / 2 - ((top + bottom) / 2) * scale };
}

/** The point under `at` stays where it is. */
export function zoomMap(view: MapView, factor: number, at: Point, fitted: MapView): MapView {
  const scale = Math.min(fitted.scale * CLOSEST, Math.max(fitted.scale * FARTHEST, view.scale * factor));
  const point = toMap(view, at);
  return { scale, x: at.x - point.x * scale, y: at.y - point.y * scale };
}

export function panMap(view: MapView, dx: number, dy: number): MapView {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

export function toMap(view: MapView, at: Point): Point {
  return { x: (at.x - view.x) / view.scale, y: (at.y - view.y) / view.scale };
}

export function toRoom(view: MapView, at: Point): Point {
  return { x: at.x * view.scale + view.x, y: at.y * view.scale + view.y };
}
