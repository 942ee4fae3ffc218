/** What registration looks at of a reference image: few pixels that fix its place and rotation. */
import type { GreyLevel } from './grey-pyramid.ts';

/** In pixels of the image that is prepared for the model. */
export interface Window {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Points of the reference that carry its structure, relative to the window's centre. */
export interface Samples {
  count: number;
  /** From the centre to the side. */
  radius: number;
  x: Float32Array;
  y: Float32Array;
  value: Float32Array;
  gradientX: Float32Array;
  gradientY: Float32Array;
  /** How the value changes when the sample turns around the centre. */
  gradientTurn: Float32Array;
}

/** Per level: enough for hundredths of a pixel, few enough for a fraction of a millisecond. */
const MAX_SAMPLES = 2_048;

/** A pixel of level n is the mean of 2ⁿ × 2ⁿ pixels: its centre is theirs. */
export function atLevel({ x, y }: { x: number; y: number }, index: number): { x: number; y: number } {
  return { x: (x + 0.5) / 2 ** index - 0.5, y: (y + 0.5) / 2 ** index - 0.5 };
}

/**
 * One pixel of each cell of a grid over the window: by turns the one with the strongest gradient and the one that says most of the
 * rotation. Without the latter the rim of a round part would drown the little that shows how it is turned.
 */
export function chooseSamples({ data, width, height }: GreyLevel, window: Window, index: number): Samples {
  const factor = 2 ** index;
  const left = Math.max(1, Math.ceil(window.x / factor));
  const top = Math.max(1, Math.ceil(window.y / factor));
  const right = Math.min(width - 1, Math.floor((window.x + window.width) / factor));
  const bottom = Math.min(height - 1, Math.floor((window.y + window.height) / factor));
  const cell = Math.max(1, Math.ceil(Math.sqrt(((right - left) * (bottom - top)) / MAX_SAMPLES)));
  const centre = atLevel({ x: window.x + (window.width - 1) / 2, y: window.y + (window.height - 1) / 2 }, index);
  const size = Math.ceil((right - left) / cell) * Math.ceil((bottom - top) / cell);
  const column = () => new Float32Array(Math.max(0, size));
  const [x, y, value, gradientX, gradientY, gradientTurn] = [
    column(),
    column(),
    column(),
    column(),
    column(),
    column(),
  ];
  let count = 0;
  for (let cellTop = top; cellTop < bottom; cellTop += cell) {
    for (let cellLeft = left; cellLeft < right; cellLeft += cell) {
      const isForRotation = (cellLeft - left + cellTop - top) % (2 * cell) !== 0;
      let strongest = -1;
      let chosen = 0;
      for (let row = cellTop; row < Math.min(bottom, cellTop + cell); row++) {
        for (let column = cellLeft; column < Math.min(right, cellLeft + cell); column++) {
          const at = row * width + column;
          const gx = (data[at + 1] ?? 0) - (data[at - 1] ?? 0);
          const gy = (data[at + width] ?? 0) - (data[at - width] ?? 0);
          const around = (column - centre.x) * gy - (row - centre.y) * gx;
          const strength = isForRotation ? around * around : gx * gx + gy * gy;
          if (strength <= strongest) continue;
          strongest = strength;
          chosen = at;
        }
      }
      const fromX = (chosen % width) - centre.x;
      const fromY = Math.floor(chosen / width) - centre.y;
      const gx = ((data[chosen + 1] ?? 0) - (data[chosen - 1] ?? 0)) / 2;
      const gy = ((data[chosen + width] ?? 0) - (data[chosen - width] ?? 0)) / 2;
      x[count] = fromX;
      y[count] = fromY;
      value[count] = data[chosen] ?? 0;
      gradientX[count] = gx;
      gradientY[count] = gy;
      gradientTurn[count] = fromX * gy - fromY * gx;
      count++;
    }
  }
  return { count, radius: Math.max(1, (right - left) / 2), x, y, value, gradientX, gradientY, gradientTurn };
}
