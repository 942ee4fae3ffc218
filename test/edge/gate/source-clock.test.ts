import { describe, expect, it } from 'vitest';
import { createSourceClock } from '../../../edge/gate/source-clock.ts';

describe('the machine’s time as the node’s', () => {
  it('goes by the quickest samples, so that one that was long under way is put where it belongs', () => {
    const clock = createSourceClock(100);
    // The machine's clock is 5,000 ahead; samples are 3 ms under way at least.
    expect(clock.toSteady(6_000, 1_003, 'encoder')).toBe(1_003);
    expect(clock.toSteady(6_100, 1_140, 'encoder')).toBe(1_103);
  });

  it('takes the value of a fresh subscription, and what comes after the clock was set, as new', () => {
    const clock = createSourceClock(100);
    clock.toSteady(6_000, 1_003, 'encoder');
    expect(clock.toSteady(2_000, 1_500, 'encoder')).toBe(1_500);
    // Ahead: at once. Back: as new until the old distance is forgotten.
    expect(clock.toSteady(306_600, 1_603, 'encoder')).toBe(1_603);
    expect(clock.toSteady(6_700, 1_703, 'encoder')).toBe(1_703);
    for (let now = 2_000; now < 24_000; now += 1_000) clock.toSteady(now + 4_997, now, 'encoder');
    expect(clock.toSteady(28_997, 24_040, 'encoder')).toBe(24_000);
  });

  it('is told of a way that became longer for all samples, once', () => {
    const clock = createSourceClock(100);
    const steps: number[] = [];
    for (let now = 0; now < 5_000; now += 20) {
      clock.toSteady(now - (now < 2_000 ? 5 : 205), now, 'encoder');
      const step = clock.takeStep();
      if (step !== undefined) steps.push(step);
    }
    expect(steps).toEqual([200]);
  });

  it('knows a signal that the machine always stamps late from a clock that was set', () => {
    const clock = createSourceClock(100);
    for (let now = 0; now < 60_000; now += 20) {
      const atMs = clock.toSteady(now - 305, now, 'encoder');
      if (now % 740 === 0) clock.toSteady(now - 5, now, 'counter');
      expect(clock.takeStep()).toBeUndefined();
      if (now > 0) expect(atMs).toBe(now - 300);
    }
  });

  it('finds a step also where a sample comes seldom', () => {
    const clock = createSourceClock(100);
    const found: number[] = [];
    for (let now = 0; now < 200_000; now += 12_000) {
      clock.toSteady(now - (now < 100_000 ? 5 : 405), now, 'counter');
      if (clock.takeStep() !== undefined) found.push(now);
    }
    // The first that is older than it may be comes at 108,000.
    expect(found).toEqual([144_000]);
  });

  it('takes no step from values of long ago, each of another age, that come with a new connection', () => {
    const clock = createSourceClock(100);
    for (let now = 0; now < 1_000; now += 20) clock.toSteady(now - 5, now, 'encoder');
    for (const [at, age] of [200, 5_000, 400, 36_000, 650, 90_000].entries()) {
      clock.toSteady(2_000 + at * 50 - age, 2_000 + at * 50, `signal ${at % 2}`);
      clock.toSteady(2_000 + at * 50 - age, 2_000 + at * 50, 'encoder');
      expect(clock.takeStep()).toBeUndefined();
    }
  });

  it('begins anew when it is told to', () => {
    const clock = createSourceClock(100);
    clock.toSteady(1_000, 1_000, 'encoder');
    clock.reset();
    expect(clock.toSteady(1_000, 1_400, 'encoder')).toBe(1_400);
    expect(clock.takeStep()).toBeUndefined();
  });
});
