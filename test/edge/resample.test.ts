import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../edge/pipeline/stages/grey-pyramid.ts';
import type { Placement } from '../../edge/pipeline/stages/locate.ts';
import type { Window } from '../../edge/pipeline/stages/reference-samples.ts';
import { resample } from '../../edge/pipeline/stages/resample.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

/** Grey levels, in noise from black to white; the fractions of a pixel that weights are kept for make most of it. */
const MAX_ERROR = 2;
const MEAN_ERROR = 0.06;

const side = fc.integer({ min: 4, max: 40 });
/** Drawn evenly, which a double is not. */
const between = (low: number, high: number) =>
  fc.integer({ min: 0, max: 1e9 }).map((share) => low + (share / 1e9) * (high - low));
const shift = between(-12, 12);
const situation = fc.record({
  width: side,
  height: side,
  window: fc.record({ x: side, y: side, width: fc.integer({ min: 1, max: 40 }), height: side }),
  placement: fc.record({ dx: shift, dy: shift, rotationDeg: between(-20, 20) }),
  seed: fc.nat(),
});

describe('reading an image between its pixels', () => {
  it('gives the same as without whole numbers and tables, also beyond the edges', () => {
    let sum = 0;
    let count = 0;
    fc.assert(
      fc.property(situation, ({ width, height, window, placement, seed }) => {
        const image = noise(width, height, seed);
        const { data } = resample(image, window, placement);
        const plain = plainResample(image, window, placement);
        expect(data.length).toBe(plain.length);
        const errors = Array.from(data, (value, at) => Math.abs(value - (plain[at] ?? Number.NaN)));
        expect(Math.max(...errors)).toBeLessThanOrEqual(MAX_ERROR);
        for (const error of errors) sum += error;
        count += errors.length;
      }),
      { numRuns: 500, endOnFailure: true },
    );
    expect(sum / count).toBeLessThan(MEAN_ERROR);
  });

  it('moves by whole pixels and leaves an even grey without any change', () => {
    const image = noise(30, 20, 1);
    const window = { x: 5, y: 4, width: 12, height: 10 };
    const { data } = resample(image, window, { dx: 3, dy: -2, rotationDeg: 0 });
    for (let y = 0; y < window.height; y++) {
      const from = ((y + 2) * 30 + 8) * 3;
      expect(data.subarray(y * 36, (y + 1) * 36)).toEqual(image.data.subarray(from, from + 36));
    }
    fc.assert(
      fc.property(situation, fc.nat(255), ({ width, height, window, placement }, grey) => {
        const even = { data: new Uint8Array(width * height * 3).fill(grey), width, height };
        expect(new Set(resample(even, window, placement).data)).toEqual(new Set([grey]));
      }),
    );
  });
});

function noise(width: number, height: number, seed: number): RgbImage {
  const random = createSeededRandom(seed);
  return { data: Uint8Array.from({ length: width * height * 3 }, () => random.integer(256)), width, height };
}

/** Along the rows, then along the columns, with the weights of Keys' cubic (a = -1/2) for the very place. */
function plainResample({ data, width, height }: RgbImage, window: Window, placement: Placement): Uint8ClampedArray {
  const angle = (placement.rotationDeg * Math.PI) / 180;
  const half = { x: (window.width - 1) / 2, y: (window.height - 1) / 2 };
  const centre = { x: window.x + half.x + placement.dx, y: window.y + half.y + placement.dy };
  const clamped = (at: number, end: number) => Math.min(end - 1, Math.max(0, at));
  const read = (position: number, valueAt: (index: number) => number) => {
    const left = Math.floor(position);
    return [-1, 0, 1, 2].reduce((sum, tap) => sum + cubic(position - left - tap) * valueAt(left + tap), 0);
  };
  const seen = new Uint8ClampedArray(window.width * window.height * 3);
  for (let at = 0; at < seen.length; at++) {
    const channel = at % 3;
    const x = (Math.floor(at / 3) % window.width) - half.x;
    const y = Math.floor(at / 3 / window.width) - half.y;
    const v = centre.y + Math.sin(angle) * x + Math.cos(angle) * y;
    seen[at] = read(v, (row) => {
      const line = clamped(row, height);
      const u = centre.x + x / Math.cos(angle) - Math.tan(angle) * (line - centre.y);
      return read(u, (column) => data[(line * width + clamped(column, width)) * 3 + channel] ?? Number.NaN);
    });
  }
  return seen;
}

function cubic(distance: number): number {
  const t = Math.abs(distance);
  if (t >= 2) return 0;
  return t < 1 ? (1.5 * t - 2.5) * t * t + 1 : ((-0.5 * t + 2.5) * t - 4) * t + 2;
}
