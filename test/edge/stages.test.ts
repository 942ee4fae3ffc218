import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { inspectionId } from '../../edge/pipeline/inspection-id.ts';
import { decideVerdict } from '../../edge/pipeline/stages/decide-verdict.ts';
import { findDefects } from '../../edge/pipeline/stages/find-defects.ts';
import { imageStatistics } from '../../edge/pipeline/stages/image-statistics.ts';

const thresholds = { reject: 0.5, uncertain: 0.4, outline: 0.5 } as const;
const options = { outline: 0.5, atLeastOne: true, maxDefects: 16 };

const grid = fc.tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 14 })).chain(([width, height]) =>
  fc.record({
    width: fc.constant(width),
    height: fc.constant(height),
    cells: fc.array(fc.constantFrom(0, 0.1, 0.45, 0.5, 0.7, 1), {
      minLength: width * height,
      maxLength: width * height,
    }),
  }),
);

describe('deciding a verdict', () => {
  it('takes each threshold as its own side and refuses a broken score', () => {
    expect([0, 0.39, 0.4, 0.49, 0.5, 1].map((score) => decideVerdict(score, thresholds))).toEqual([
      'PASS',
      'PASS',
      'UNCERTAIN',
      'UNCERTAIN',
      'REJECT',
      'REJECT',
    ]);
    for (const score of [Number.NaN, -0.1, 1.1]) expect(() => decideVerdict(score, thresholds)).toThrow(/score is/);
  });
});

describe('finding defects', () => {
  it('outlines each region once, inside the image, with the peak as its score', () => {
    fc.assert(
      fc.property(grid, ({ width, height, cells }) => {
        const map = { values: Float32Array.from(cells), width, height };
        const defects = findDefects(map, { width: width * 8, height: height * 8 }, { ...options, maxDefects: 1_000 });
        const peak = Math.max(...map.values);
        if (peak >= 0.5) expect(defects.length).toBe(countRegions(cells, width));
        expect(defects[0]?.score).toBe(peak);
        for (const { box, outline } of defects) {
          expect(outline.length % 2).toBe(0);
          expect(outline.length).toBeGreaterThanOrEqual(8);
          expect(outline.length).toBeLessThanOrEqual(128);
          expect(Math.min(...outline)).toBeGreaterThanOrEqual(0);
          expect(Math.max(...outline)).toBeLessThanOrEqual(1);
          expect(box.width).toBeGreaterThan(0);
          expect(box.height).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('draws a spot where it is, also in a map that sticks out over the image', () => {
    const values = new Float32Array(4 * 3);
    values[1 * 4 + 3] = 1;
    // 28 px wide: the fourth cell is half outside.
    const [defect] = findDefects({ values, width: 4, height: 3 }, { width: 28, height: 24 }, options);
    expect(defect?.box.x).toBeCloseTo(24 / 28, 4);
    expect(defect?.box.y).toBeCloseTo(8 / 24, 4);
    expect((defect?.box.x ?? 0) + (defect?.box.width ?? 0)).toBeCloseTo(1, 4);
  });

  it('shows at least the peak of a rejected part whose cells all stay below', () => {
    const values = Float32Array.from([0, 0.3, 0, 0]);
    expect(findDefects({ values, width: 2, height: 2 }, { width: 16, height: 16 }, options)).toHaveLength(1);
    expect(
      findDefects({ values, width: 2, height: 2 }, { width: 16, height: 16 }, { ...options, atLeastOne: false }),
    ).toEqual([]);
  });
});

describe('image statistics', () => {
  it('agrees with libvips on brightness and contrast, and finds noise sharper than a plain field', async () => {
    const size = 96;
    const grey = Uint8Array.from({ length: size * size }, (_, index) => ((index * 7_919) % 251) + 2);
    const data = new Uint8Array(grey.length * 3);
    for (const [index, value] of grey.entries()) data.fill(value, index * 3, index * 3 + 3);
    const own = imageStatistics({ data, width: size, height: size });
    const { channels } = await sharp(grey, { raw: { width: size, height: size, channels: 1 } }).stats();
    expect(own.brightness).toBeCloseTo((channels[0]?.mean ?? 0) / 255, 5);
    expect(own.contrast).toBeCloseTo((channels[0]?.stdev ?? 0) / 255, 3);
    expect(own.colourCast).toBeCloseTo(0, 6);
    expect(own.sharpness).toBeGreaterThan(1_000);
    expect(
      imageStatistics({ data: new Uint8Array(size * size * 3).fill(80), width: size, height: size }).sharpness,
    ).toBe(0);
  });

  it('measures a colour cast by its distance from grey', () => {
    const amber = Uint8Array.from({ length: 64 * 64 * 3 }, (_, index) => [200, 140, 60][index % 3] ?? 0);
    const paler = amber.map((value) => Math.round(value / 2 + 60));
    const strong = imageStatistics({ data: amber, width: 64, height: 64 }).colourCast;
    const weak = imageStatistics({ data: paler, width: 64, height: 64 }).colourCast;
    expect(strong).toBeGreaterThan(weak);
    expect(weak).toBeGreaterThan(0);
    expect(strong).toBeLessThanOrEqual(1);
  });
});

describe('the id of an inspection', () => {
  it('carries the millisecond of capture and is never the same twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 47 }), (capturedAtMs) => {
        const [a, b] = [inspectionId(capturedAtMs), inspectionId(capturedAtMs)];
        expect(a).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(Number.parseInt(a.replaceAll('-', '').slice(0, 12), 16)).toBe(capturedAtMs);
        expect(a).not.toBe(b);
      }),
    );
    expect(() => inspectionId(-1)).toThrow(/capture time/);
  });
});

/** 4-connected regions at or above 0.5, counted another way: by merging labels. */
function countRegions(cells: number[], width: number): number {
  const label = cells.map((value, index) => (value >= 0.5 ? index : -1));
  for (let changed = true; changed; ) {
    changed = false;
    label.forEach((own, index) => {
      if (own < 0) return;
      for (const next of [index % width > 0 ? index - 1 : -1, index - width]) {
        const other = label[next] ?? -1;
        if (next < 0 || other < 0 || other === own) continue;
        label[index] = label[next] = Math.min(own, other);
        changed = true;
      }
    });
  }
  return new Set(label.filter((value) => value >= 0)).size;
}
