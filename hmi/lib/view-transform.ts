/** Where an image lies on the screen: zoom about a point, pan, fit. Screen = image × scale + offset, in CSS pixels. */

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface View {
  scale: number;
  x: number;
  y: number;
}

/** One pixel of the image is at most this large on the screen. */
const MAX_SCALE = 40;
/** How far the image may shrink below the size at which it fits. */
const SMALLEST_OF_FIT = 0.5;

/** The whole image, as large as the room allows, in its middle. */
export function fitView(image: Size, room: Size): View {
  const scale = fitScale(image, room);
  return { scale, x: (room.width - image.width * scale) / 2, y: (room.height - image.height * scale) / 2 };
}

/** The point of the image that lies under `at` stays there, unless the image would leave the room. */
export function zoomAbout(view: View, factor: number, at: Point, image: Size, room: Size): View {
  const smallest = fitScale(image, room) * SMALLEST_OF_FIT;
  const scale = clamp(view.scale * factor, smallest, Math.max(MAX_SCALE, smallest));
  const point = toImage(view, at);
  return keepInSight({ scale, x: at.x - point.x * scale, y: at.y - point.y * scale }, image, room);
}

export function panBy(view: View, dx: number, dy: number, image: Size, room: Size): View {
  return keepInSight({ scale: view.scale, x: view.x + dx, y: view.y + dy }, image, room);
}

/** Moves the view as little as it takes for the point to be seen, with a margin. */
export function reveal(view: View, point: Point, image: Size, room: Size, margin = 40): View {
  const seen = toScreen(view, point);
  const [atX, atY] = [clamp(seen.x, margin, room.width - margin), clamp(seen.y, margin, room.height - margin)];
  return atX === seen.x && atY === seen.y ? view : panBy(view, atX - seen.x, atY - seen.y, image, room);
}

export function toImage(view: View, at: Point): Point {
  return { x: (at.x - view.x) / view.scale, y: (at.y - view.y) / view.scale };
}

export function toScreen(view: View, at: Point): Point {
  return { x: at.x * view.scale + view.x, y: at.y * view.scale + view.y };
}

/** The middle of the room always shows some of the image. */
function keepInSight(view: View, image: Size, room: Size): View {
  return {
    scale: view.scale,
    x: clamp(view.x, room.width / 2 - image.width * view.scale, room.width / 2),
    y: clamp(view.y, room.height / 2 - image.height * view.scale, room.height / 2),
  };
}

function fitScale(image: Size, room: Size): number {
  const scale = Math.min(room.width / Math.max(1, image.width), room.height / Math.max(1, image.height));
  return scale > 0 && Number.isFinite(scale) ? Math.min(scale, MAX_SCALE) : 1;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
