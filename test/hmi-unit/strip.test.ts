import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeParts, partsOfCamera } from '../../hmi/features/line/strip.ts';

interface Part {
  inspectionId: string;
  camera: { id: string };
}

const part = fc.record({
  inspectionId: fc.integer({ min: 0, max: 400 }).map((n) => String(n).padStart(4, '0')),
  camera: fc.constantFrom('a', 'b', 'c').map((id) => ({ id })),
});
/** An id belongs to one camera. */
const parts = fc.uniqueArray(part, { selector: ({ inspectionId }) => inspectionId, maxLength: 120 });
const ids = (strip: readonly Part[]) => strip.map(({ inspectionId }) => inspectionId);

describe('merging parts into the strip', () => {
  it('gives the same strip in whatever order and however often they arrive', () => {
    fc.assert(
      fc.property(
        parts.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.subarray(all)),
        ),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 30 }),
        ([all, shuffled, again], keep, batch) => {
          let strip: readonly Part[] = [];
          for (let i = 0; i < shuffled.length; i += batch)
            strip = mergeParts(strip, shuffled.slice(i, i + batch), keep);
          expect(ids(strip)).toEqual(ids(mergeParts([], all, keep)));

          const known = new Set(ids(again));
          const kept = strip.filter(({ inspectionId }) => known.has(inspectionId));
          expect(mergeParts(strip, kept, keep)).toBe(strip);
        },
      ),
    );
  });

  it('keeps the newest of each camera, oldest first', () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 20 }), (all, keep) => {
        const strip = mergeParts([], all, keep);
        for (const camera of ['a', 'b', 'c']) {
          const expected = ids(all.filter((one) => one.camera.id === camera))
            .sort()
            .slice(-keep);
          expect(ids(partsOfCamera(strip, camera, keep))).toEqual(expected);
        }
        expect(ids(strip)).toEqual(ids(strip).toSorted());
      }),
    );
  });

  it('keeps the objects that it has, so that nothing is drawn anew', () => {
    const first: Part = { inspectionId: '1', camera: { id: 'a' } };
    const strip = mergeParts([first], [{ ...first }, { inspectionId: '2', camera: { id: 'a' } }], 10);
    expect(strip[0]).toBe(first);
    expect(strip).toHaveLength(2);
  });
});
