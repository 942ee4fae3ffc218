import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  estimatedThreshold,
  imagesForPromise,
  imagesToHoldOut,
  median,
  promisedRank,
} from '../../../../server/modules/models/trainer/calibration.ts';
import { createSeededRandom } from '../../../support/seeded-random.ts';

describe('promising a false-reject rate', () => {
  it('needs 45 images for 5 % and 230 for 1 %, at 90 % confidence', () => {
    expect(imagesForPromise(0.05, 0.9)).toBe(45);
    expect(imagesForPromise(0.01, 0.9)).toBe(230);
  });

  it('has a rank exactly from the needed number of images on', () => {
    const rates = fc.double({ min: 0.01, max: 0.4, noNaN: true });
    const confidences = fc.double({ min: 0.5, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(rates, confidences, (target, confidence) => {
        const needed = imagesForPromise(target, confidence);
        expect(promisedRank(needed, target, confidence)).toBeDefined();
        if (needed > 1) expect(promisedRank(needed - 1, target, confidence)).toBeUndefined();
      }),
    );
  });

  it.each([
    [45, 0.05, 0.9],
    [120, 0.05, 0.9],
    [60, 0.2, 0.8],
  ])('keeps the promise over %i uniform distances, and one rank lower would break it', (n, target, confidence) => {
    const random = createSeededRandom(n);
    const rank = promisedRank(n, target, confidence) ?? 0;
    const rounds = 4000;
    const keptShare = (k: number) => {
      let kept = 0;
      for (let round = 0; round < rounds; round++) {
        const sorted = Float64Array.from({ length: n }, random.next).sort();
        // Of uniform distances exactly the share 1 − threshold lies above the threshold.
        if (1 - (sorted[k - 1] ?? 0) <= target) kept++;
      }
      return kept / rounds;
    };
    const noise = 4 * Math.sqrt((confidence * (1 - confidence)) / rounds);
    expect(keptShare(rank)).toBeGreaterThan(confidence - noise);
    expect(keptShare(rank - 1)).toBeLessThan(confidence + noise);
  });

  it('holds out a number of images that wastes none', () => {
    expect(imagesToHoldOut(45, 60, 0.05, 0.9)).toBe(45);
    expect(imagesToHoldOut(45, 90, 0.05, 0.9)).toBe(77);
    expect(imagesToHoldOut(45, 20, 0.05, 0.9)).toBe(45);
  });
});

describe('estimating a threshold from few images', () => {
  it('takes the conformal rank where there are enough', () => {
    const distances = Array.from({ length: 99 }, (_, index) => index + 1);
    expect(estimatedThreshold(distances, 0.05)).toBe(95);
  });

  it('rejects close to the target on average, however few there are', () => {
    for (const n of [8, 15, 27, 50]) {
      const random = createSeededRandom(n);
      let rejected = 0;
      const rounds = 4000;
      for (let round = 0; round < rounds; round++) {
        const threshold = estimatedThreshold(Array.from({ length: n }, random.normal), 0.05);
        if (random.normal() > threshold) rejected++;
      }
      expect(rejected / rounds).toBeGreaterThan(0.03);
      expect(rejected / rounds).toBeLessThan(0.07);
    }
  });

  it('gives the middle as median', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([7])]).toEqual([2, 2.5, 7]);
  });
});
