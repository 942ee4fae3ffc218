/** The part of a prepared image that the model looks at, with the part brought to where the reference has it. */
import type { RgbImage } from './grey-pyramid.ts';
import type { Placement } from './locate.ts';
import type { Window } from './reference-samples.ts';
import { resample } from './resample.ts';

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
