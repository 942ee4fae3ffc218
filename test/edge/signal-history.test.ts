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
