import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auroc, createPixelCounter, recallAt } from '../../../../server/modules/models/trainer/detection-metrics.ts';

// Few distinct values, so that ties are common; exact in float32.
const values = fc.array(
  fc.integer({ min: 0, max: 12 }).map((value) => value / 8),
  { minLength: 1, maxLength: 30 },
);

/** The definition: the share of pairs in which the defect is higher, ties half. */
function pairwise(defects: number[], good: number[]): number {
  const wins = defects.flatMap((defect) => good.map((other) => (defect > other ? 1 : defect === other ? 0.5 : 0)));
  return wins.reduce<number>((sum, win) => sum + win, 0) / wins.length;
}

describe('judging distances', () => {
  it('gives the share of rightly ordered pairs as AUROC, by images and by pixels', () => {
    fc.assert(
      fc.property(values, values, (defects, good) => {
        const pixels = createPixelCounter();
        for (const value of defects) pixels.add(value, true);
        for (const value of good) pixels.add(value, false);
        expect(auroc(defects, good)).toBeCloseTo(pairwise(defects, good), 10);
        expect(pixels.auroc()).toBeCloseTo(pairwise(defects, good), 10);
      }),
      { numRuns: 30 },
    );
  });

  it('has no pixel AUROC without defective pixels', () => {
    const pixels = createPixelCounter();
    pixels.add(0.3, false);
    expect(pixels.auroc()).toBeNull();
  });

  it('counts recall at a threshold that rejects at most the given share of good parts', () => {
    const good = Array.from({ length: 40 }, (_, index) => index);
    // 5 % of 40 are the two highest, 38 and 39: the threshold is 37.
    expect(recallAt(0.05, [36, 37, 37.5, 50], good)).toBe(0.5);
  });
});
