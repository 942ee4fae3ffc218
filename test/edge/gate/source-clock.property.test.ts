import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSourceClock } from '../../../edge/gate/source-clock.ts';

const SETTLE_MS = 100;
const SIGNALS = ['encoder', 'counter', 'id'];

interface Sent {
  signal: string;
  /** When it became true, by the node's clock. */
  trueMs: number;
  arrivesMs: number;
}

/** Samples of three signals, each under way as long as `wayMs` says, in the order of their arrival. */
const samples = (wayMs: fc.Arbitrary<number>, count: number) =>
  fc
    .array(fc.tuple(fc.constantFrom(...SIGNALS), fc.integer({ min: 1, max: 40 }), wayMs), {
      minLength: count,
      maxLength: count,
    })
    .map((drawn) => {
      let trueMs = 0;
      const sent = drawn.map(([signal, afterMs, way]): Sent => {
        trueMs += afterMs;
        return { signal, trueMs, arrivesMs: trueMs + way };
      });
      return sent.sort((a, b) => a.arrivesMs - b.arrivesMs);
    });
const usual = fc.integer({ min: 1, max: SETTLE_MS });
const quick = fc.integer({ min: 1, max: 20 });
/** A machine whose clock is so far from the node's, and is set by `stepMs` at `atMs`. */
const machine = (aheadMs: number, stepMs: number, setMs: number) => (trueMs: number) =>
  trueMs + aheadMs + (trueMs >= setMs ? stepMs : 0);
const ahead = fc.integer({ min: -1e7, max: 1e7 });

describe('whatever way samples have', () => {
  it('no clock is thought set while none is longer than it may be', () => {
    fc.assert(
      fc.property(samples(usual, 400), ahead, (sent, aheadMs) => {
        const clock = createSourceClock(SETTLE_MS);
        for (const { signal, trueMs, arrivesMs } of sent) {
          const at = clock.toSteady(trueMs + aheadMs, arrivesMs, signal);
          expect(clock.takeStep()).toBeUndefined();
          expect(at).toBeGreaterThanOrEqual(trueMs);
          expect(at).toBeLessThanOrEqual(arrivesMs);
        }
      }),
    );
  });

  it('nor when one now and then is longer, or many come at once after something stood still', () => {
    const late = fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 150, max: 900 }));
    fc.assert(
      fc.property(samples(quick, 300), fc.array(late, { maxLength: 5 }), (sent, drawn) => {
        const stalls = drawn.toSorted(([a], [b]) => a - b);
        const clock = createSourceClock(SETTLE_MS);
        const arrives = ({ arrivesMs }: Sent) =>
          stalls.reduce((ms, [from, long]) => (ms >= from && ms < from + long ? from + long : ms), arrivesMs);
        for (const each of sent.toSorted((a, b) => arrives(a) - arrives(b))) {
          clock.toSteady(each.trueMs, arrives(each), each.signal);
          expect(clock.takeStep()).toBeUndefined();
        }
      }),
    );
  });

  it.each([
    ['as much as a sample may be under way, where samples are quick', 20, SETTLE_MS],
    ['twice as much, however long the ways are that are allowed', SETTLE_MS, 2 * SETTLE_MS],
  ])('a clock set back by %s, or more, is found within moments', (_what, longestMs, leastMs) => {
    const way = fc.integer({ min: 1, max: longestMs });
    const set = fc.oneof(fc.integer({ min: leastMs, max: 900 }), fc.integer({ min: 901, max: 4e6 }));
    fc.assert(
      fc.property(samples(way, 300), ahead, set, fc.integer({ min: 1_000, max: 2_000 }), (sent, aheadMs, by, setMs) => {
        const clock = createSourceClock(SETTLE_MS);
        const machineAt = machine(aheadMs, -by, setMs);
        const found: { ms: number; by: number }[] = [];
        for (const { signal, trueMs, arrivesMs } of sent) {
          const at = clock.toSteady(machineAt(trueMs), arrivesMs, signal);
          const step = clock.takeStep();
          if (step !== undefined) found.push({ ms: arrivesMs, by: step });
          const isInBetween = arrivesMs >= setMs && found.length === 0;
          // What was sent before the setting and comes after it was found is taken as new.
          if (!isInBetween && (found.length === 0 || trueMs >= setMs)) {
            expect(Math.abs(at - trueMs)).toBeLessThanOrEqual(longestMs);
          }
        }
        expect(found).toHaveLength(1);
        // Some samples more, and what it takes for them to be no chance.
        expect(found[0]?.ms).toBeLessThanOrEqual(setMs + longestMs + 300);
        expect(Math.abs((found[0]?.by ?? 0) - by)).toBeLessThanOrEqual(longestMs);
      }),
    );
  });

  it('a clock set forward is followed at once, without a word', () => {
    const set = fc.integer({ min: 1, max: 4e6 });
    fc.assert(
      fc.property(samples(quick, 200), set, fc.integer({ min: 500, max: 1_500 }), (sent, by, setMs) => {
        const clock = createSourceClock(SETTLE_MS);
        const machineAt = machine(0, by, setMs);
        for (const { signal, trueMs, arrivesMs } of sent) {
          const at = clock.toSteady(machineAt(trueMs), arrivesMs, signal);
          expect(clock.takeStep()).toBeUndefined();
          // One that was sent before the setting and overtaken by one sent after it seems older than it is.
          if (arrivesMs < setMs || trueMs >= setMs + 20) expect(Math.abs(at - trueMs)).toBeLessThanOrEqual(20);
        }
      }),
    );
  });
});
