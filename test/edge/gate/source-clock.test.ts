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
});
