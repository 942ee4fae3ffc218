import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Belt } from '../../../edge/gate/belt.ts';
import { createSpeedBelt } from '../../../edge/gate/speed-belt.ts';

/** 300 parts a minute are 500 mm/s. */
const PITCH = 100;
const SETTINGS = { partPitchMm: PITCH, maxSpeedMmPerS: 1_000, maxReverseMmPerS: 200 };

/** Parts of a line at 300 a minute as near to each other as they can come; `says` is what the signal makes of its speed. */
function lineWith(says: (partsPerMin: number) => number): { belt: Belt; problems: (string | undefined)[] } {
  const belt = createSpeedBelt(SETTINGS);
  const problems = [belt.sample(0, says(300))];
  for (let part = 1; part <= 5; part++) {
    const [before, after] = [belt.positionAt(part * 200), belt.positionAt((part + 1) * 200)];
    problems.push(belt.pitchProblem(before, after, PITCH, 40));
  }
  return { belt, problems };
}

describe('a speed that the line cannot have', () => {
  it.each([
    [
      'in parts an hour',
      (speed: number) => speed * 60,
      /18000 parts per minute: 30000 mm\/s, more than maxSpeedMmPerS/,
    ],
    ['four times too high', (speed: number) => speed * 4, /more than maxSpeedMmPerS \(1000\)/],
    ['negative', (speed: number) => -speed, /backwards faster than maxReverseMmPerS \(200\)/],
    ['no number', () => Number.NaN, /no speed/],
  ])('is not used: %s', (_what, says, reason) => {
    const { belt, problems } = lineWith(says);
    expect(problems[0]).toMatch(reason);
    expect(belt.isHeard).toBe(false);
    expect(belt.sample(2_000, 300)).toBeUndefined();
    expect(belt.isHeard).toBe(true);
  });

  it.each([
    ['in metres a second', () => 0.5],
    ['half of the true one', (speed: number) => speed / 2],
    ['nothing at all', () => 0],
    ['slowly backwards', () => -30],
  ])('shows by parts that come too near: %s', (_what, says) => {
    expect(lineWith(says).problems.filter((problem) => /nearer/.test(problem ?? ''))).toHaveLength(5);
  });

  it('leaves the belt going as it did', () => {
    const belt = createSpeedBelt(SETTINGS);
    belt.sample(0, 300);
    belt.sample(1_000, 30_000);
    expect(belt.positionAt(2_000) - belt.positionAt(1_000)).toBeCloseTo(500);
  });

  it('is none within the limits, whatever it is', () => {
    const speed = fc.double({ min: -2e4, max: 2e4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(speed, fc.integer({ min: 0, max: 5_000 })), { maxLength: 30 }), (samples) => {
        const belt = createSpeedBelt(SETTINGS);
        let [atMs, expectedMm, mmPerMs] = [0, 0, 0];
        for (const [value, afterMs] of samples) {
          atMs += afterMs;
          expectedMm += mmPerMs * afterMs;
          const mmPerS = (value * PITCH) / 60;
          const isPossible = mmPerS >= -200 && mmPerS <= 1_100;
          expect(belt.sample(atMs, value) === undefined).toBe(isPossible);
          expect(belt.isHeard).toBe(isPossible);
          if (isPossible) mmPerMs = mmPerS / 1_000;
          expect(belt.positionAt(atMs)).toBeCloseTo(expectedMm, 3);
        }
      }),
    );
  });
});

describe('a speed on a line that runs as it should', () => {
  it('has no problem with parts that come as near as they can', () => {
    expect(lineWith((speed) => speed).problems.every((problem) => problem === undefined)).toBe(true);
  });

  it('is heard also when its stamp is not later than the last one, as when the belt stops at once', () => {
    const belt = createSpeedBelt(SETTINGS);
    expect(belt.lagMs(100)).toBeUndefined();
    belt.sample(100, 300);
    belt.sample(100, 0);
    expect(belt.positionAt(10_000)).toBe(belt.positionAt(100));
    expect(belt.lagMs(130)).toBe(30);
  });
});
