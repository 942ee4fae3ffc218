import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClockOffset } from '../../edge/devices/clock-offset.ts';
import { createNodeClock } from '../../edge/devices/node-clock.ts';

/** A question that takes `outMs` to the machine and `backMs` from it, asked `pauseMs` after the answer before. */
const trip = fc.record({
  pauseMs: fc.integer({ min: 1, max: 2_000 }),
  outMs: fc.double({ min: 0, max: 80, noNaN: true }),
  backMs: fc.double({ min: 0, max: 80, noNaN: true }),
});
const options = { numRuns: 300, endOnFailure: true };

describe('estimating the clock of the machine', () => {
  it('never leaves the true offset outside of its bounds, however slow each way is and as long as the clock drifts', () => {
    const clock = fc.record({
      offsetMs: fc.double({ min: -1e7, max: 1e7, noNaN: true }),
      drift: fc.double({ min: -150e-6, max: 150e-6, noNaN: true }),
    });
    fc.assert(
      fc.property(clock, fc.array(trip, { minLength: 1, maxLength: 120 }), ({ offsetMs, drift }, trips) => {
        const estimate = createClockOffset();
        let nowMs = 0;
        let quickestMs = Number.POSITIVE_INFINITY;
        for (const { pauseMs, outMs, backMs } of trips) {
          const askedMs = nowMs + pauseMs;
          const readMs = askedMs + outMs;
          nowMs = readMs + backMs;
          quickestMs = Math.min(quickestMs, outMs + backMs);
          const machineMs = Math.floor(readMs + offsetMs + drift * readMs);
          expect(estimate.add({ askedMs, answeredMs: nowMs, machineMs })).toBeUndefined();
          const heard = estimate.at(nowMs);
          const trueMs = offsetMs + drift * nowMs;
          expect(Math.abs((heard?.offsetMs ?? Number.NaN) - trueMs)).toBeLessThanOrEqual(
            (heard?.uncertaintyMs ?? 0) + 1e-6,
          );
        }
        // What all readings allow together is at least as narrow as the newest alone.
        const last = trips.at(-1);
        const widthMs = (last?.outMs ?? 0) + (last?.backMs ?? 0) + 1;
        expect(estimate.at(nowMs)?.uncertaintyMs).toBeLessThanOrEqual((widthMs + 4e-4 * widthMs) / 2 + 1e-6);
      }),
      options,
    );
  });

  it('tells a setting of the clock by the first reading after it, and is right again at once', () => {
    const step = fc.integer({ min: 250, max: 1e7 }).chain((size) => fc.constantFrom(size, -size));
    fc.assert(
      fc.property(step, fc.array(trip, { minLength: 2, maxLength: 40 }), (stepMs, trips) => {
        const estimate = createClockOffset();
        let nowMs = 0;
        const half = Math.floor(trips.length / 2);
        const told = trips.map(({ pauseMs, outMs, backMs }, index) => {
          const askedMs = nowMs + pauseMs;
          nowMs = askedMs + outMs + backMs;
          const machineMs = Math.floor(askedMs + outMs + (index < half ? 0 : stepMs));
          return estimate.add({ askedMs, answeredMs: nowMs, machineMs });
        });
        expect(told.findIndex(Boolean)).toBe(half);
        expect(told.filter(Boolean)).toHaveLength(1);
        expect(Math.abs((told[half]?.stepMs ?? 0) - stepMs)).toBeLessThanOrEqual(162);
        const heard = estimate.at(nowMs);
        expect(Math.abs((heard?.offsetMs ?? 0) - stepMs)).toBeLessThanOrEqual((heard?.uncertaintyMs ?? 0) + 1e-6);
      }),
      options,
    );
  });

  it('knows nothing before the first reading', () => {
    expect(createClockOffset().at(0)).toBeUndefined();
  });
});

describe('finding the moment of a stamp of the wall clock', () => {
  function clockOf(aheadMs: (steadyMs: number) => number) {
    let steadyMs = 0;
    const clock = createNodeClock(() => ({ steadyMs, wallMs: Math.floor(steadyMs + aheadMs(steadyMs)) }));
    const goTo = (ms: number) => {
      steadyMs = ms;
      return clock.look();
    };
    return { clock, goTo };
  }

  it('finds stamps from before the clock was set forward and from after it', () => {
    const { clock, goTo } = clockOf((steadyMs) => (steadyMs < 5_500 ? 1_000 : 301_000));
    for (const ms of [1_000, 2_000, 5_000]) expect(goTo(ms)).toBe(0);
    expect(goTo(6_000)).toBe(300_000);
    expect(clock.steadyAt(4_000 + 1_000)).toEqual({ steadyMs: 4_000, isAmbiguous: false });
    expect(clock.steadyAt(5_900 + 301_000)).toEqual({ steadyMs: 5_900, isAmbiguous: false });
    // The wall clock has never shown this.
    expect(clock.steadyAt(100_000).isAmbiguous).toBe(true);
    expect(clock.aheadMs()).toBe(301_000);
  });

  it('says of a time that the clock showed twice that it is ambiguous, and takes the later one', () => {
    const { clock, goTo } = clockOf((steadyMs) => (steadyMs < 10_500 ? 0 : -4_000));
    for (let ms = 1_000; ms <= 10_000; ms += 1_000) expect(goTo(ms)).toBe(0);
    expect(goTo(11_000)).toBe(-4_000);
    expect(clock.steadyAt(5_000)).toEqual({ steadyMs: 5_000, isAmbiguous: false });
    expect(clock.steadyAt(7_000)).toEqual({ steadyMs: 11_000, isAmbiguous: true });
    expect(goTo(20_000)).toBe(0);
    expect(clock.steadyAt(15_000)).toEqual({ steadyMs: 19_000, isAmbiguous: false });
  });

  it('follows the slow hand of a time service without taking it for a setting', () => {
    const { clock, goTo } = clockOf((steadyMs) => steadyMs * 5e-4);
    for (let ms = 1_000; ms <= 100_000; ms += 1_000) expect(goTo(ms)).toBe(0);
    expect(Math.abs(clock.aheadMs() - 50)).toBeLessThanOrEqual(2);
  });
});
