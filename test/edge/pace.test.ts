import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPace } from '../../edge/uplink/pace.ts';

describe('keeping to so much a second', () => {
  it('never lets more through than its rate and what is spent at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.array(fc.record({ amount: fc.integer({ min: 1, max: 500 }), idleMs: fc.integer({ min: 0, max: 2_000 }) })),
        (perS, spendings) => {
          let ms = 0;
          const pace = createPace(perS, () => ms);
          let spent = 0;
          for (const { amount, idleMs } of spendings) {
            ms += idleMs;
            ms += pace.waitMs();
            // Everything before the present one fits into the time that has passed.
            expect(spent).toBeLessThanOrEqual((perS * ms) / 1_000 + 1e-6);
            pace.spend(amount);
            spent += amount;
          }
        },
      ),
      { numRuns: 100, seed: 8, endOnFailure: true },
    );
  });

  it('does not wait before the first, nor for what was not used', () => {
    let ms = 0;
    const pace = createPace(100, () => ms);
    expect(pace.waitMs()).toBe(0);
    pace.spend(50);
    expect(pace.waitMs()).toBe(500);
    ms = 10_000;
    expect(pace.waitMs()).toBe(0);
    pace.spend(50);
    expect(pace.waitMs()).toBe(500);
  });
});
