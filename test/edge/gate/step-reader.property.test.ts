import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterModulus, createStepReader, NOTHING_KNOWN, type StepLimits } from '../../../edge/gate/step-reader.ts';

const LIMITS: StepLimits = { mostPerS: 20, maxCorrection: 5, debounceMs: 0 };
const TYPES = ['Byte', 'SByte', 'UInt16', 'Int16', 'UInt32', 'Int32', 'of 1,000'];
const modulusOf = (type: string) => counterModulus(type) ?? 1_000;

/** As a controller shows it: signed integers go on below zero. */
function shown(parts: number, type: string): number {
  const modulus = modulusOf(type);
  const value = parts % modulus;
  return ['SByte', 'Int16', 'Int32'].includes(type) && value >= modulus / 2 ? value - modulus : value;
}

const step = fc.record({
  afterMs: fc.integer({ min: 0, max: 4_000 }),
  /** Of what can have come in the time. */
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  isAway: fc.boolean(),
});
/** Near to where it ends, for all types. */
const start = fc.tuple(fc.constantFrom(...TYPES), fc.integer({ min: -60, max: 20 }), fc.integer({ min: 1, max: 3 }));

describe('whatever a counter does', () => {
  it('is counted to the part, over its end and over times in which nobody listened', () => {
    fc.assert(
      fc.property(start, fc.array(step, { minLength: 1, maxLength: 40 }), ([type, near, turns], steps) => {
        let parts = modulusOf(type) * turns + near;
        let atMs = 0;
        let counted = parts;
        const reader = createStepReader('counter', NOTHING_KNOWN, LIMITS);
        const modulus = modulusOf(type);
        reader.read({ value: shown(parts, type), atMs, modulus });
        for (const { afterMs, share, isAway } of steps) {
          if (isAway) reader.pause();
          atMs += afterMs;
          parts += Math.floor((share * LIMITS.mostPerS * afterMs) / 1_000);
          const told = reader.read({ value: shown(parts, type), atMs, modulus });
          if (told.kind !== 'none') expect(told).toMatchObject({ kind: 'steps', isCatchUp: isAway });
          if (told.kind === 'steps') counted += told.count;
          expect(counted).toBe(parts);
        }
      }),
    );
  });

  it('counts nothing for a correction, and goes on from there', () => {
    const back = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 10_000 }));
    fc.assert(
      fc.property(fc.constantFrom('UInt16', 'UInt32', 'Int32'), fc.array(back, { maxLength: 20 }), (type, backs) => {
        const reader = createStepReader('counter', { last: 20_000, lastAtMs: 0 }, LIMITS);
        const modulus = modulusOf(type);
        let [value, atMs] = [20_000, 0];
        reader.read({ value, atMs, modulus });
        for (const [by, afterMs] of backs) {
          atMs += afterMs;
          const told = reader.read({ value: value - by, atMs, modulus });
          expect(told).toEqual({ kind: 'correction', from: value, to: value - by });
          atMs += 50;
          value += 1 - by;
          expect(reader.read({ value, atMs, modulus })).toMatchObject({ kind: 'steps', count: 1 });
        }
      }),
    );
  });

  it('never counts more than can have come, and tells of each change', () => {
    const sample = fc.tuple(
      fc.integer({ min: -40_000, max: 70_000 }),
      fc.integer({ min: 0, max: 5_000 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...TYPES, undefined), fc.array(sample, { maxLength: 40 }), (type, samples) => {
        const modulus = type === undefined ? undefined : modulusOf(type);
        const reader = createStepReader('counter', NOTHING_KNOWN, LIMITS);
        let atMs = 0;
        for (const [value, afterMs, isAway] of samples) {
          if (isAway) reader.pause();
          const { last, lastAtMs = 0 } = reader;
          atMs += afterMs;
          const told = reader.read({ value, atMs, modulus });
          const most = (LIMITS.mostPerS * (atMs - lastAtMs + 1_000)) / 1_000 + 3;
          if ('count' in told) expect(told.count).toBeLessThanOrEqual(most);
          const isSame = last === null || (typeof last === 'number' && (value - last) % (modulus ?? 1e9) === 0);
          if (told.kind !== 'unusable') expect(told.kind === 'none').toBe(isSame);
        }
      }),
    );
  });

  it('says of any value whether it can be used, and ends with none', () => {
    const kind = fc.constantFrom('counter' as const, 'id' as const, 'edge' as const);
    fc.assert(
      fc.property(kind, fc.array(fc.jsonValue(), { maxLength: 20 }), (how, values) => {
        const reader = createStepReader(how, NOTHING_KNOWN, LIMITS);
        for (const [at, value] of values.entries()) {
          const told = reader.read({ value: value as never, atMs: at * 100, modulus: undefined });
          const fits =
            how === 'counter'
              ? Number.isSafeInteger(value) && Number(value) >= 0
              : typeof value === (how === 'id' ? 'string' : 'boolean');
          expect(told.kind !== 'unusable').toBe(fits);
        }
      }),
    );
  });

  it('counts one part for each that a bouncing sensor saw', () => {
    const seen = fc.record({
      gapMs: fc.integer({ min: 60, max: 500 }),
      lengthMs: fc.integer({ min: 40, max: 400 }),
      bounces: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 20 }), (parts) => {
        const reader = createStepReader('edge', NOTHING_KNOWN, { ...LIMITS, debounceMs: 30 });
        let [atMs, counted] = [0, 0];
        const read = (value: boolean, afterMs: number) => {
          atMs += afterMs;
          const told = reader.read({ value, atMs, modulus: undefined });
          if (told.kind === 'steps') counted += told.count;
        };
        read(false, 0);
        for (const { gapMs, lengthMs, bounces } of parts) {
          read(true, gapMs);
          for (const ms of bounces.slice(1)) for (const value of [false, true]) read(value, ms / 2);
          read(false, lengthMs);
          for (const ms of bounces) for (const value of [true, false]) read(value, ms / 2);
        }
        expect(counted).toBe(parts.length);
      }),
    );
  });
});
