import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createContactLog } from '../../edge/devices/contact-log.ts';
import { createSignalHistory } from '../../edge/devices/signal-history.ts';

const sample = fc.record({ sourceMs: fc.integer({ min: 0, max: 1_000 }), value: fc.integer() });

describe('joining by source time', () => {
  it('gives the newest value not after the instant, whatever order they arrived in', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 40 }), fc.integer({ min: -10, max: 1_010 }), (samples, instantMs) => {
        const history = createSignalHistory({ maxEntries: 1_000, maxAgeMs: 1e9 });
        for (const entry of samples) history.record({ ...entry, receivedMs: 2_000, quality: 'GOOD' });
        const past = samples.filter(({ sourceMs }) => sourceMs <= instantMs);
        const newest = Math.max(...past.map(({ sourceMs }) => sourceMs));
        // Of two samples with one source time the later heard is the correction.
        const expected = past.findLast(({ sourceMs }) => sourceMs === newest);
        expect(history.at(instantMs)?.value).toBe(expected?.value);
      }),
    );
  });

  it('forgets what is older than its limits but never what still holds', () => {
    const history = createSignalHistory({ maxEntries: 100, maxAgeMs: 50 });
    for (const sourceMs of [0, 10, 100, 200])
      history.record({ sourceMs, receivedMs: sourceMs, value: sourceMs, quality: 'GOOD' });
    expect(history.at(99)).toBeUndefined();
    expect(history.at(150)?.value).toBe(100);
    expect(history.at(1e6)?.value).toBe(200);
    const small = createSignalHistory({ maxEntries: 2, maxAgeMs: 1e9 });
    for (const sourceMs of [1, 2, 3]) small.record({ sourceMs, receivedMs: 3, value: sourceMs, quality: 'GOOD' });
    expect([small.at(1)?.value, small.at(2)?.value, small.at(3)?.value]).toEqual([undefined, 2, 3]);
  });
});

describe('saying that it may have been another value', () => {
  it('flags an instant exactly when the value or its quality changed within the tolerance of it', () => {
    const quality = fc.constantFrom('GOOD' as const, 'STALE' as const);
    const known = fc.array(
      fc.record({ gapMs: fc.integer({ min: 1, max: 40 }), value: fc.integer({ min: 0, max: 2 }), quality }),
      {
        minLength: 1,
        maxLength: 30,
      },
    );
    const instant = fc.integer({ min: -20, max: 600 });
    const tolerance = fc.integer({ min: 0, max: 30 });
    fc.assert(
      fc.property(known, instant, tolerance, (samples, instantMs, toleranceMs) => {
        const history = createSignalHistory({ maxEntries: 100, maxAgeMs: 1e9 });
        let sourceMs = 0;
        const changes: number[] = [];
        let before: (typeof samples)[number] | undefined;
        for (const sample of samples) {
          sourceMs += sample.gapMs;
          history.record({ value: sample.value, quality: sample.quality, sourceMs, receivedMs: sourceMs });
          if (before?.value !== sample.value || before.quality !== sample.quality) changes.push(sourceMs);
          before = sample;
        }
        // A change exactly at the far end is as far away as one can be.
        const isNear = changes.some((atMs) => atMs > instantMs - toleranceMs && atMs <= instantMs + toleranceMs);
        expect(history.isAmbiguous(instantMs, toleranceMs)).toBe(isNear);
      }),
      { endOnFailure: true },
    );
  });

  it('flags all of the time in which the machine threw values away', () => {
    const history = createSignalHistory({ maxEntries: 10, maxAgeMs: 1e9 });
    history.record({ sourceMs: 100, receivedMs: 110, value: 1, quality: 'GOOD' });
    history.record({ sourceMs: 900, receivedMs: 910, value: 2, quality: 'GOOD', isAfterLoss: true });
    expect([50, 150, 500, 850, 950].map((ms) => history.isAmbiguous(ms, 10))).toEqual([false, true, true, true, false]);
  });

  it('takes a value for true by its arrival at the latest, whatever its stamp says', () => {
    const history = createSignalHistory({ maxEntries: 10, maxAgeMs: 1e9 });
    history.record({ sourceMs: 9_000, latestMs: 1_000, receivedMs: 0, value: 1, quality: 'GOOD' });
    expect(history.at(1_000)).toMatchObject({ value: 1, sourceMs: 9_000 });
  });
});

describe("living through a setting of the machine's clock", () => {
  it.each([300_000, -300_000])('still finds what was heard before and since, the clock set by %d ms', (stepMs) => {
    const history = createSignalHistory({ maxEntries: 10, maxAgeMs: 1e9 });
    const record = (sourceMs: number, receivedMs: number, value: number) =>
      history.record({ sourceMs, receivedMs, value, quality: 'GOOD' });
    // The node's steady time is the machine's before the step.
    record(1_000_000, 1_000_010, 1);
    record(1_000_500, 1_000_510, 2);
    // Between the last look at the clock and the one that found it set: one stamped before, one after.
    record(1_001_000, 1_001_010, 3);
    record(1_001_500 + stepMs, 1_001_510, 4);
    history.shift(stepMs, 1_000_900, (receivedMs) => receivedMs + stepMs);
    const at = (ms: number) => history.at(ms + stepMs)?.value;
    expect([1_000_100, 1_000_600, 1_001_100, 1_001_600].map(at)).toEqual([1, 2, 3, 4]);
    expect(history.at(1_000_100 + stepMs)?.sourceMs).toBe(1_000_000);
  });
});

describe('what an instant is known by', () => {
  it('covers an instant up to the last sign of life and a grace, and not a silence between two connections', () => {
    const contact = createContactLog(100);
    contact.opened(1_000);
    contact.heard(1_500);
    expect(contact.covers(1_590, 1_000)).toBe(true);
    expect(contact.covers(1_601, 1_000)).toBe(false);
    contact.lost();
    expect(contact.covers(1_550, 1_000)).toBe(false);
    contact.opened(3_000);
    expect(contact.covers(2_000, 1_400)).toBe(false);
    expect(contact.covers(3_050, 1_400)).toBe(true);
    // Confirmed after the silence: the value has not changed in it.
    expect(contact.covers(2_000, 3_000)).toBe(true);
  });
});
