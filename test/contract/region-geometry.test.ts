import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Region } from '#schema/region.ts';
import {
  areaOf,
  boundsOf,
  checkRegion,
  decodeMask,
  encodeMask,
  iouOf,
  MAX_RING_POINTS,
  packRuns,
  rasterise,
  traceMask,
  unpackRuns,
} from '#schema/region-geometry.ts';

const seeded = { seed: 20_261_123, numRuns: 300, endOnFailure: true };

const bitmaps = fc
  .record({ width: fc.integer({ min: 1, max: 24 }), height: fc.integer({ min: 1, max: 24 }) })
  .chain(({ width, height }) =>
    fc
      .array(fc.integer({ min: 0, max: 1 }), { minLength: width * height, maxLength: width * height })
      .map((pixels) => ({ width, height, bitmap: Uint8Array.from(pixels) })),
  );

const box = (x: number, y: number, width: number, height: number): Region => ({
  kind: 'box',
  classCode: 'crack',
  x,
  y,
  width,
  height,
});

const polygon = (...rings: number[][]): Region => ({ kind: 'polygon', classCode: 'crack', rings });

describe('masks as run lengths', () => {
  it('come back the same for any bitmap', () => {
    fc.assert(
      fc.property(bitmaps, ({ bitmap, width, height }) => {
        expect(decodeMask(encodeMask(bitmap, width, height), width, height)).toEqual(bitmap);
      }),
      seeded,
    );
  });

  it('pack any runs as they were, however long', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50_000_000 }), { maxLength: 40 }), (runs) => {
        const pixels = runs.reduce((sum, run) => sum + run, 0);
        expect(unpackRuns(packRuns(runs), Math.min(pixels, 2 ** 31))).toEqual(runs);
      }),
      seeded,
    );
  });

  it('are the strings of COCO', () => {
    // Runs 6, 1, 40, 4, 5, 4, 5, 4, 21 of a 9 × 10 image, packed by hand after maskApi.c.
    expect(packRuns([6, 1, 40, 4, 5, 4, 5, 4, 21])).toBe('61X13mN000`0');
  });

  it('are refused where they are damaged, too short or too long, whatever the text', () => {
    expect(() => decodeMask('61X13', 9, 10)).toThrow(RangeError);
    expect(() => decodeMask('61X13mN000`0', 9, 9)).toThrow(RangeError);
    expect(() => decodeMask('zzzzzzzzzzzzz', 9, 9)).toThrow(RangeError);
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const region = checkRegion(
          { kind: 'mask', classCode: 'crack', width: 8, height: 8, counts: text },
          { width: 8, height: 8 },
        );
        if ('kind' in region) expect(areaOf(region, 8, 8)).toBeGreaterThan(0);
      }),
      seeded,
    );
  });
});

describe('traced outlines', () => {
  it('give the same mask when they are filled again', () => {
    fc.assert(
      fc.property(bitmaps, ({ bitmap, width, height }) => {
        const rings = traceMask(bitmap, width, height);
        expect(rasterise({ kind: 'polygon', classCode: 'crack', rings }, width, height)).toEqual(bitmap);
      }),
      seeded,
    );
  });

  it('have no corner on a straight line, and part pixels that touch at a corner', () => {
    expect(traceMask(Uint8Array.from([1, 1, 1, 1, 1, 1]), 3, 2)).toEqual([[3, 0, 3, 2, 0, 2, 0, 0]]);
    expect(traceMask(Uint8Array.from([1, 0, 0, 1]), 2, 2)).toHaveLength(2);
  });

  it('leave holes open', () => {
    const ring = Uint8Array.from([1, 1, 1, 1, 0, 1, 1, 1, 1]);
    expect(traceMask(ring, 3, 3)).toHaveLength(2);
  });
});

describe('pixels of regions', () => {
  it('belong to a box when their centres do', () => {
    expect(areaOf(box(1, 1, 2, 3), 10, 10)).toBe(6);
    expect(areaOf(box(1.4, 1.6, 2, 3), 10, 10)).toBe(6);
    expect(areaOf(box(1.6, 1, 0.2, 3), 10, 10)).toBe(0);
  });

  it('are the same for a box and for the polygon of its corners', () => {
    const side = fc.double({ min: 0.01, max: 12, noNaN: true });
    fc.assert(
      fc.property(side, side, side, side, (x, y, width, height) => {
        const corners = [x, y, x + width, y, x + width, y + height, x, y + height];
        expect(rasterise(polygon(corners), 24, 24)).toEqual(rasterise(box(x, y, width, height), 24, 24));
      }),
      seeded,
    );
  });

  it('lie within the bounds of their region', () => {
    const mask: Region = {
      kind: 'mask',
      classCode: 'crack',
      width: 4,
      height: 3,
      counts: encodeMask(Uint8Array.from([0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0]), 4, 3),
    };
    expect(boundsOf(mask)).toEqual({ x: 1, y: 1, width: 2, height: 2 });
    expect(boundsOf(polygon([1, 2, 5, 2, 5, 7]))).toEqual({ x: 1, y: 2, width: 4, height: 5 });
  });
});

describe('intersection over union', () => {
  it('joins regions that overlap instead of turning them over', () => {
    const whole = [box(0, 0, 6, 4)];
    expect(iouOf([polygon([0, 0, 4, 0, 4, 4, 0, 4]), polygon([2, 0, 6, 0, 6, 4, 2, 4])], whole, 10, 10)).toBe(1);
    expect(iouOf([box(0, 0, 3, 4)], whole, 10, 10)).toBe(0.5);
  });

  it('is 1 for nothing and nothing, 0 for something and nothing', () => {
    expect(iouOf([], [], 10, 10)).toBe(1);
    expect(iouOf([box(1, 1, 3, 3)], [], 10, 10)).toBe(0);
  });

  it('is the same whichever comes first, and the same as on the whole image', () => {
    fc.assert(
      fc.property(bitmaps, bitmaps, (one, other) => {
        const regions = [one, other].map(({ bitmap, width, height }): Region[] => [
          { kind: 'polygon', classCode: 'crack', rings: traceMask(bitmap, width, height) },
        ]);
        const [a = [], b = []] = regions.map((all) => all.filter((it) => it.kind === 'polygon' && it.rings.length > 0));
        const [first, second] = [a, b].map((all) => all[0] && rasterise(all[0], 24, 24));
        const pixels = Array.from({ length: 576 }, (_, at) => (first?.[at] ?? 0) + (second?.[at] ?? 0));
        const either = pixels.filter((sum) => sum > 0).length;
        const expected = either === 0 ? 1 : pixels.filter((sum) => sum === 2).length / either;
        expect(iouOf(a, b, 24, 24)).toBe(expected);
        expect(iouOf(b, a, 24, 24)).toBe(expected);
      }),
      { ...seeded, numRuns: 100 },
    );
  });
});

describe('the check of a region', () => {
  const size = { width: 100, height: 80 };

  it('lets through what lies within the image, and nothing besides its own fields', () => {
    expect(checkRegion({ ...box(0, 0, 100, 80), more: 1 }, size)).toEqual(box(0, 0, 100, 80));
    expect(checkRegion(polygon([0, 0, 100, 0, 100, 80]), size)).toEqual(polygon([0, 0, 100, 0, 100, 80]));
  });

  it.each([
    ['a number that is none', box(Number.NaN, 0, 1, 1), 'x'],
    ['an endless width', box(0, 0, Number.POSITIVE_INFINITY, 1), 'width'],
    ['a negative height', box(0, 0, 1, -1), 'height'],
    ['a box past the edge', box(99, 0, 2, 1), 'width'],
    ['two points', polygon([0, 0, 1, 1]), 'rings[0]'],
    ['half a point', polygon([0, 0, 1, 1, 2, 2, 3]), 'rings[0]'],
    ['a point outside', polygon([0, 0, 1, 1, 2, 81]), 'rings[0][5]'],
    ['a mask of another size', { kind: 'mask', classCode: 'a', width: 99, height: 80, counts: '' }, 'width'],
    ['an empty mask', { kind: 'mask', classCode: 'a', ...size, counts: packRuns([8_000]) }, 'counts'],
    ['no class', { kind: 'box' }, 'classCode'],
    ['another kind', { kind: 'circle', classCode: 'a' }, 'kind'],
    ['nothing', null, 'region'],
  ])('names %s', (_what, value, field) => {
    expect(checkRegion(value, size)).toMatchObject({ field });
  });

  it('ends at the most points a region may have', () => {
    const ring = (points: number) => Array.from({ length: points * 2 }, (_, at) => at % 80);
    expect(checkRegion(polygon(ring(MAX_RING_POINTS)), size)).toHaveProperty('kind', 'polygon');
    expect(checkRegion(polygon(ring(MAX_RING_POINTS + 1)), size)).toHaveProperty('field', 'rings[0]');
  });
});
