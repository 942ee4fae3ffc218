import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEncoderBelt, type EncoderSettings } from '../../../edge/gate/encoder-belt.ts';

const SETTINGS: EncoderSettings = {
  mmPerUnit: 1,
  toleranceMm: 40,
  maxSpeedMmPerS: 1_000,
  maxReverseMmPerS: 200,
  updateMs: 20,
  gapMs: 100,
  settleMs: 30,
  leadMs: 10,
  modulus: undefined,
};

/** As an unsigned or signed integer of so many bits says it, or an encoder that ends at 3,600. */
const ENCODERS = [
  { name: 'UInt16', modulus: 2 ** 16, isSigned: false },
  { name: 'Int16', modulus: 2 ** 16, isSigned: true },
  { name: 'UInt32', modulus: 2 ** 32, isSigned: false },
  { name: 'of 3,600', modulus: 3_600, isSigned: false },
];

function shown(units: number, { modulus, isSigned }: { modulus: number; isSigned: boolean }): number {
  const value = ((units % modulus) + modulus) % modulus;
  return isSigned && value >= modulus / 2 ? value - modulus : value;
}

describe('an encoder that comes to its end', () => {
  it('goes on: a belt at 500 mm/s is followed for ten minutes and back', () => {
    const belt = createEncoderBelt(SETTINGS);
    const told: (string | undefined)[] = [];
    let mm = 0;
    for (let atMs = 0; atMs <= 600_000; atMs += 20) {
      mm += atMs < 500_000 ? 10 : -2;
      told.push(belt.sample(atMs, shown(mm, { modulus: 2 ** 16, isSigned: false }), 2 ** 16));
    }
    expect(told.filter((reason) => reason !== undefined)).toEqual([]);
    // The first sample stood at 10.
    expect(belt.positionAt(600_000)).toBe(mm - 10);
  });

  it('is the same belt whatever its range is, and wherever in it it begins', () => {
    const move = fc.record({
      afterMs: fc.integer({ min: 1, max: 90 }),
      speed: fc.double({ min: -0.2, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...ENCODERS),
        fc.integer({ min: -200, max: 200 }),
        fc.constantFrom(0.1, 1, 2.5),
        fc.array(move, { minLength: 1, maxLength: 60 }),
        (encoder, from, mmPerUnit, moves) => {
          const belt = createEncoderBelt({ ...SETTINGS, mmPerUnit });
          let [units, atMs] = [from, 0];
          belt.sample(atMs, shown(units, encoder), encoder.modulus);
          for (const { afterMs, speed } of moves) {
            atMs += afterMs;
            units += Math.trunc((speed * afterMs) / mmPerUnit);
            expect(belt.sample(atMs, shown(units, encoder), encoder.modulus)).toBeUndefined();
          }
          const wayMm = belt.positionAt(atMs) - belt.positionAt(0);
          expect(wayMm).toBeCloseTo((units - from) * mmPerUnit, 6);
        },
      ),
    );
  });

  it('ends where the configuration says, not where its type does', () => {
    const belt = createEncoderBelt({ ...SETTINGS, modulus: 1_000 });
    belt.sample(0, 995, 2 ** 32);
    expect(belt.sample(20, 5, 2 ** 32)).toBeUndefined();
    expect(belt.positionAt(20) - belt.positionAt(0)).toBe(10);
  });

  it('is told when it began again elsewhere, also after the belt stood', () => {
    for (const [value, atMs] of [
      [30_000, 20],
      [60_000, 20],
      [60_000, 600_000],
    ] as const) {
      const belt = createEncoderBelt(SETTINGS);
      belt.sample(0, value, 2 ** 16);
      expect(belt.sample(atMs, 0, 2 ** 16)).toMatch(/jumped|without a sample/);
    }
  });

  it('is told when nobody can know how often the belt went round it', () => {
    const belt = createEncoderBelt(SETTINGS);
    belt.sample(0, 100, 2 ** 7);
    expect(belt.sample(20, 110, 2 ** 7)).toBeUndefined();
    expect(belt.sample(120, 60, 2 ** 7)).toMatch(/more than once round the 128 mm/);
  });
});

describe('an encoder’s sample', () => {
  it('that is no number is not used; the next that is one goes on', () => {
    const belt = createEncoderBelt(SETTINGS);
    belt.sample(0, 0);
    belt.sample(20, 10);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(belt.sample(40, value)).toMatch(/no position/);
      expect(belt.isHeard).toBe(false);
    }
    expect(belt.sample(60, 30)).toBeUndefined();
    expect(belt.positionAt(60) - belt.positionAt(0)).toBe(30);
  });

  it('that is old tells how old it is, and that a part is past for certain', () => {
    const belt = createEncoderBelt(SETTINGS);
    expect(belt.lagMs(0)).toBeUndefined();
    // Each comes 300 ms after its stamp, which is longer than any is under way.
    let passedMs: number | undefined;
    for (let nowMs = 0; nowMs <= 3_000; nowMs += 20) {
      belt.sample(nowMs - 300, nowMs - 300);
      expect(belt.lagMs(nowMs)).toBe(300);
      expect(belt.trustedUntilMs).toBeLessThan(nowMs);
      if (belt.hasPassed(belt.positionAt(0) + 1_000, nowMs)) passedMs ??= nowMs;
    }
    expect(passedMs).toBe(1_300);
  });

  it('shows that parts came nearer to each other than they can', () => {
    const belt = createEncoderBelt(SETTINGS);
    expect(belt.pitchProblem(0, 60, 100, 40)).toBeUndefined();
    expect(belt.pitchProblem(0, 59, 100, 40)).toMatch(/nearer .* the encoder stands or slips/);
  });
});

describe('an encoder whose stamps go back', () => {
  it('tells it once they are older than samples can overtake one another, and goes on from there', () => {
    const belt = createEncoderBelt(SETTINGS);
    for (let atMs = 0; atMs <= 1_000; atMs += 20) belt.sample(atMs, atMs / 2);
    // 30 ms are allowed: one of the samples was the quickest so far.
    expect(belt.sample(975, 510)).toBeUndefined();
    expect(belt.sample(720, 520)).toBe("the encoder's stamps went back by 280 ms");
    expect(belt.isHeard).toBe(true);
    expect(belt.sample(1_020, 530)).toBeUndefined();
  });
});
