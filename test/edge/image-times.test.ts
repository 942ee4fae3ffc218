import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStamp } from '../../edge/devices/capture-time.ts';
import { createFrameRhythm, type FrameRhythm } from '../../edge/devices/frame-rhythm.ts';
import { createStampWatch } from '../../edge/devices/stamp-watch.ts';

const UNKNOWN = Number.POSITIVE_INFINITY;

describe('the time stamp of a network camera', () => {
  const policy = { capture: 'x-timestamp', latencyMs: 30, maxSkewMs: 1_000 } as const;
  const at = Date.parse('2026-03-01T10:00:00.250Z');

  it('is read as seconds, milliseconds, ISO 8601 or an HTTP date, each as exact as its last digit', () => {
    const stampOf = (header: string) => readStamp(header, at + 700, policy).stamp;
    expect(stampOf('1772359200.25')).toEqual({ atMs: at, resolutionMs: 10 });
    expect(stampOf(String(at))).toEqual({ atMs: at, resolutionMs: 1 });
    expect(stampOf('2026-03-01T10:00:00.250Z')).toEqual({ atMs: at, resolutionMs: 1 });
    for (const header of ['Sun, 01 Mar 2026 10:00:00 GMT', '2026-03-01T10:00:00Z', '1772359200'])
      expect(stampOf(header)).toEqual({ atMs: at - 250, resolutionMs: 1_000 });
    expect(readStamp(String(at), at, { ...policy, capture: 'arrival' })).toEqual({});
  });

  it('does not count, and says why, when it is missing, no time, too far off, or ahead of the arrival', () => {
    const problemOf = (header: string | undefined) => readStamp(header, at, policy);
    expect(problemOf(undefined)).toMatchObject({ stamp: undefined, problem: expect.stringMatching(/no header/) });
    expect(problemOf('soon')).toMatchObject({ problem: expect.stringMatching(/is no time/) });
    expect(problemOf(String(at - 1_001))).toMatchObject({ problem: expect.stringMatching(/maxSkewMs/) });
    expect(problemOf(String(at - 1_000)).stamp?.atMs).toBe(at - 1_000);
    expect(problemOf(String(at + 21))).toMatchObject({ problem: expect.stringMatching(/is ahead/) });
    // Clocks that the network sets are a little apart.
    expect(problemOf(String(at + 20)).stamp?.atMs).toBe(at);
  });

  it('does not count when it stands still, goes back, or moves away from the arrivals', () => {
    const watch = createStampWatch();
    const check = (atMs: number, arrivedAtMs: number, uncertaintyMs = 0) =>
      watch.check({ atMs, resolutionMs: 1 }, { arrivedAtMs, uncertaintyMs });
    expect(check(1_000, 1_010)).toBeUndefined();
    expect(check(1_000, 1_110)).toMatch(/stand still/);
    expect(check(1_200, 1_210)).toBeUndefined();
    expect(check(900, 1_310)).toMatch(/go back/);
    // A frame that was held up, and then a clock that was set back by half a second for good.
    expect(check(1_400, 2_000, 590)).toBeUndefined();
    expect(check(2_100, 2_610)).toMatch(/moved apart/);
    expect(check(60_000, 60_510)).toMatch(/moved apart/);
    expect(check(60_600, 60_610)).toBeUndefined();
  });

  it('may repeat within its second when it is in whole seconds', () => {
    const watch = createStampWatch();
    const check = (atMs: number, arrivedAtMs: number) =>
      watch.check({ atMs, resolutionMs: 1_000 }, { arrivedAtMs, uncertaintyMs: 0 });
    expect([check(1_000, 1_100), check(1_000, 1_500), check(1_000, 1_990), check(2_000, 2_010)]).toEqual([
      ...[undefined, undefined, undefined, undefined],
    ]);
    expect(check(2_000, 4_100)).toMatch(/stand still/);
  });
});

describe('the rhythm of a stream', () => {
  /** Frames at these times; answers the bound of each. */
  const feed = (rhythm: FrameRhythm, times: number[], heldMs = 0) => times.map((atMs) => rhythm.frame(atMs, heldMs));
  const every = (stepMs: number, count: number, fromMs = 0) =>
    Array.from({ length: count }, (_, index) => fromMs + index * stepMs);

  it('is not known at first, also when frames have queued before the start', () => {
    const rhythm = createFrameRhythm();
    expect(feed(rhythm, every(5, 20))).toEqual(Array(20).fill(UNKNOWN));
    expect(feed(rhythm, every(100, 8, 200)).slice(0, 8)).toEqual(Array(8).fill(UNKNOWN));
  });

  it('says that frames after a stall may be as old as the stall, until one comes in rhythm', () => {
    const rhythm = createFrameRhythm();
    feed(rhythm, every(100, 20));
    expect(feed(rhythm, [2_000, 3_000, ...every(1, 9, 3_001), 3_105, 3_205])).toEqual([
      ...[0, 900, ...Array(9).fill(900), 0, 0],
    ]);
  });

  it('is not deceived by a queue that runs empty slowly', () => {
    const rhythm = createFrameRhythm();
    feed(rhythm, every(100, 20));
    const bounds = feed(rhythm, [3_000, ...every(70, 33, 3_070)]);
    expect(bounds.slice(0, 33).every((bound) => bound === 1_000)).toBe(true);
    expect(feed(rhythm, [5_410])).toEqual([0]);
  });

  it('counts the time in which the node itself did not read', () => {
    const rhythm = createFrameRhythm();
    feed(rhythm, every(100, 20));
    // Each frame is taken 150 ms after the last, without waiting for it: they queue.
    expect([2_050, 2_200, 2_350].map((atMs) => rhythm.frame(atMs, 149))).toEqual([50, 100, 150]);
  });

  it('never calls a queued frame younger than it is, and forgets a stall', () => {
    const stall = fc.record({
      good: fc.integer({ min: 1, max: 20 }),
      stallMs: fc.integer({ min: 0, max: 5_000 }),
      drainMs: fc.integer({ min: 0, max: 30 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 400 }),
        fc.array(stall, { minLength: 1, maxLength: 5 }),
        (step, stalls) => {
          const rhythm = createFrameRhythm();
          const known = Math.max(10, Math.ceil(1_000 / step) + 2);
          feed(rhythm, every(step, known));
          let taken = known;
          let arrivedMs = (known - 1) * step;
          const take = (notBeforeMs: number) => {
            const takenMs = taken++ * step;
            arrivedMs = Math.max(takenMs, notBeforeMs);
            const bound = rhythm.frame(arrivedMs, 0);
            expect(bound).toBeGreaterThanOrEqual(arrivedMs - takenMs);
            return bound;
          };
          for (const { good, stallMs, drainMs } of stalls) {
            for (let frame = 0; frame < good; frame++) take(0);
            const overMs = taken * step + stallMs;
            take(overMs);
            // A queue that runs empty takes each frame a little after the last, at most half an interval.
            while (taken * step < arrivedMs) take(arrivedMs + Math.min(drainMs, step / 2));
          }
          take(0);
          expect(take(0)).toBe(0);
        },
      ),
      { numRuns: 300, endOnFailure: true },
    );
  });
});
