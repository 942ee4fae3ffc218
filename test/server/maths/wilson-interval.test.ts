import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '../../../server/maths/wilson-interval.ts';

describe('wilsonInterval', () => {
  // R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I: method 3, score without continuity correction.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('gives the published bounds of %i in %i', (count, total, low, high) => {
    const interval = wilsonInterval(count, total);
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
  });

  it('knows nothing of nothing', () => {
    expect(wilsonInterval(0, 0)).toBeUndefined();
  });

  it('refuses what is no count of a total', () => {
    expect(() => wilsonInterval(3, 2)).toThrow('3 of 2');
    expect(() => wilsonInterval(-1, 2)).toThrow('-1 of 2');
    expect(() => wilsonInterval(0.5, 2)).toThrow('0.5 of 2');
  });

  it('holds the rate, stays within 0 and 1, mirrors, and solves the score equation', () => {
    const counted = fc
      .integer({ min: 1, max: 1_000_000 })
      .chain((total) => fc.tuple(fc.nat(total), fc.constant(total)));
    fc.assert(
      fc.property(counted, ([count, total]) => {
        const interval = wilsonInterval(count, total);
        const mirrored = wilsonInterval(total - count, total);
        if (!interval || !mirrored) throw new Error('something was counted');
        const { rate, low, high } = interval;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(rate);
        expect(high).toBeGreaterThanOrEqual(rate);
        expect(high).toBeLessThanOrEqual(1);
        expect(mirrored.low).toBeCloseTo(1 - high, 12);
        // The bounds are where the rate lies z standard errors of the bound away: |rate - p| = z sqrt(p (1 - p) / n).
        for (const bound of [low, high]) {
          if (bound === 0 || bound === 1) continue;
          const z = Math.abs(rate - bound) / Math.sqrt((bound * (1 - bound)) / total);
          expect(z).toBeCloseTo(1.959963984540054, 6);
        }
      }),
    );
  });
});
