import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createContactLog } from '../../edge/devices/contact-log.ts';
import { createSignalHistory } from '../../edge/devices/signal-history.ts';

const HOUR_MS = 3_600_000;

/**
 * A machine that tells once in every interval what has changed in it, the stamps of each change off by as much as the property says; asked about
 * any instant afterwards.
 */
function hearAll(changes: { gapMs: number; value: number; offMs: number }[], publishingMs: number) {
  const history = createSignalHistory({ maxEntries: 1_000, maxAgeMs: 1e12 });
  const startMs = 10 * HOUR_MS;
  const truth: { atMs: number; value: number }[] = [];
  let atMs = startMs;
  for (const { gapMs, value, offMs } of changes) {
    atMs += gapMs;
    const toldMs = startMs + Math.floor((atMs - startMs) / publishingMs) * publishingMs;
    const latestMs = toldMs + publishingMs;
    history.record({
      sourceMs: atMs + offMs,
      receivedMs: latestMs,
      latestMs,
      // The first was there before anybody listened.
      ...(truth.length === 0 ? { isFirst: true } : { toldMs }),
      value,
      quality: 'GOOD',
    });
    truth.push({ atMs, value });
  }
  return { history, truth, startMs, endMs: atMs + publishingMs };
}

const valueAt = (truth: { atMs: number; value: number }[], instantMs: number) =>
  truth.findLast(({ atMs }) => atMs <= instantMs)?.value;

describe('joining by source time', () => {
  const change = (offsMs: number[]) =>
    fc.record({
      gapMs: fc.integer({ min: 1, max: 400 }),
      value: fc.integer({ min: 0, max: 5 }),
      offMs: fc.constantFrom(...offsMs),
    });
  const publishing = fc.integer({ min: 10, max: 200 });
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  it('gives the value that was true at the instant, however late it is asked for', () => {
    fc.assert(
      fc.property(fc.array(change([0]), { minLength: 1, maxLength: 40 }), publishing, share, (changes, everyMs, at) => {
        const { history, truth, startMs, endMs } = hearAll(changes, everyMs);
        const instantMs = Math.round(startMs + at * (endMs - startMs));
        expect(history.at(instantMs)?.value).toBe(valueAt(truth, instantMs));
        expect(history.unsureByMs()).toBeUndefined();
      }),
    );
  });

  it('never gives another value unflagged when stamps go back or ahead by hours, and ends with the last that came', () => {
    const offsMs = [0, -HOUR_MS, -2 * HOUR_MS, HOUR_MS];
    fc.assert(
      fc.property(
        fc.array(change(offsMs), { minLength: 2, maxLength: 40 }),
        publishing,
        share,
        (changes, everyMs, at) => {
          const { history, truth, endMs } = hearAll(changes, everyMs);
          expect(history.at(endMs)?.value).toBe(truth.at(-1)?.value);
          expect(history.newest()?.value).toBe(truth.at(-1)?.value);
          const fromMs = (truth[0]?.atMs ?? 0) + everyMs;
          const instantMs = Math.round(fromMs + at * Math.max(0, endMs - fromMs));
          if (!history.isAmbiguous(instantMs, 1)) expect(history.at(instantMs)?.value).toBe(valueAt(truth, instantMs));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['behind', -HOUR_MS],
    ['ahead', HOUR_MS],
  ])('says by how much the stamps are %s, until they are right again', (_whither, offMs) => {
    const said = (offs: number[]) =>
      hearAll(
        offs.map((each, value) => ({ gapMs: 1_000, value, offMs: each })),
        100,
      ).history.unsureByMs();
    expect(said([0, offMs])).toBeCloseTo(-offMs, -3);
    expect(said([0, offMs, offMs])).toBeCloseTo(-offMs, -3);
    expect(said([0, offMs, 0])).toBeUndefined();
  });

  it('takes the last good value for what it was after a time in which it was bad, or nobody listened', () => {
    const history = createSignalHistory({ maxEntries: 10, maxAgeMs: 1e12 });
    const heard = { value: 'B-1', sourceMs: 1_000, receivedMs: 0, quality: 'GOOD' as const };
    history.record({ ...heard, latestMs: 1_100, isFirst: true });
    history.record({ ...heard, latestMs: HOUR_MS, toldMs: HOUR_MS - 100, isFirst: true });
    expect(history.at(5_000)).toMatchObject({ value: 'B-1', quality: 'GOOD' });
    const bad = { value: null, quality: 'BAD' as const, sourceMs: HOUR_MS + 500, receivedMs: 0 };
    history.record({ ...bad, latestMs: HOUR_MS + 600, toldMs: HOUR_MS + 500 });
    history.record({ ...heard, latestMs: 2 * HOUR_MS, toldMs: 2 * HOUR_MS - 100 });
    expect(history.unsureByMs()).toBeUndefined();
    const told = [5_000, HOUR_MS + 5_000, 2 * HOUR_MS + 5_000].map((ms) => history.at(ms)?.quality);
    expect(told).toEqual(['GOOD', 'BAD', 'GOOD']);
    expect(history.isAmbiguous(HOUR_MS + 5_000, 10)).toBe(false);
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

  it.each([-900, 300_000])(
    'explains a stamp that could not be, once it is known that the clock was set by %d ms',
    (stepMs) => {
      const history = createSignalHistory({ maxEntries: 10, maxAgeMs: 1e9 });
      // The node's steady time is the machine's before the step; what came after it is not known to be stamped by the new clock.
      const record = (sourceMs: number, receivedMs: number, value: number) =>
        history.record({ sourceMs, receivedMs, latestMs: receivedMs, value, quality: 'GOOD' });
      record(1_000_900, 1_000_910, 1);
      record(1_001_000 + stepMs, 1_001_100, 2);
      expect(history.unsureByMs()).toBeDefined();
      history.shift(stepMs, 1_000_950, (receivedMs) => receivedMs + stepMs);
      expect(history.unsureByMs()).toBeUndefined();
      expect([1_000_950, 1_000_999, 1_001_000].map((ms) => history.at(ms + stepMs)?.value)).toEqual([1, 1, 2]);
      expect(history.isAmbiguous(1_000_950 + stepMs, 10)).toBe(false);
    },
  );
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
