import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOffMs } from '../../hmi/lib/back-off.ts';
import { freshnessOf, isStale } from '../../hmi/lib/freshness.ts';
import { observeServer, type ServerClock, serverTime } from '../../hmi/lib/server-clock.ts';

describe('the verdict on the screen', () => {
  it('is none without feeds, waiting before the first payload', () => {
    expect(freshnessOf([])).toEqual({ kind: 'none' });
    expect(freshnessOf([{ ageMs: undefined, waitedMs: 300 }])).toEqual({ kind: 'waiting' });
  });

  it('is live while one feed is, and counts those that are not', () => {
    const feeds = [
      { ageMs: 250, waitedMs: 9_000 },
      { ageMs: 14_000, waitedMs: 20_000 },
      { ageMs: undefined, waitedMs: 5_000 },
    ];
    expect(freshnessOf(feeds)).toEqual({ kind: 'live', ageMs: 250, without: 2 });
  });

  it('is no data as soon as every feed is older than two heartbeats, whether it ever spoke or not', () => {
    expect(freshnessOf([{ ageMs: 2_000, waitedMs: 5_000 }]).kind).toBe('live');
    expect(freshnessOf([{ ageMs: 2_001, waitedMs: 5_000 }])).toEqual({ kind: 'no-data', ageMs: 2_001 });
    expect(freshnessOf([{ ageMs: undefined, waitedMs: 2_500 }])).toEqual({ kind: 'no-data', ageMs: 2_500 });
  });

  it('never calls a feed stale before it has spoken', () => {
    expect(isStale(undefined)).toBe(false);
  });
});

describe('the clock of the server', () => {
  const delays = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 50 });

  it('shows a payload as old as its delay beyond the quickest one, whatever the browser believes the time to be', () => {
    fc.assert(
      fc.property(delays, fc.integer({ min: -1e12, max: 1e12 }), (waits, skew) => {
        let clock: ServerClock | undefined;
        let sentAt = 1_800_000_000_000;
        for (const wait of waits) {
          sentAt += 1_000;
          clock = observeServer(clock, sentAt, sentAt + wait + skew);
        }
        const last = waits.at(-1) ?? 0;
        const age = clock && serverTime(clock, sentAt + last + skew) - sentAt;
        expect(age).toBe(last - Math.min(...waits));
      }),
    );
  });

  it('forgets a quick payload after two windows, so that drifting clocks do not make the screen stale', () => {
    const minute = 60_000;
    let clock: ServerClock | undefined;
    // The browser's clock runs 1 % fast.
    for (let sentAt = 0; sentAt <= 60 * minute; sentAt += 1_000) clock = observeServer(clock, sentAt, sentAt * 1.01);
    const age = clock && serverTime(clock, 60 * minute * 1.01) - 60 * minute;
    expect(age).toBeLessThan(0.01 * 11 * minute);
  });
});

describe('the wait before the next attempt', () => {
  it('doubles to a bound and never goes beyond it', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const wait = backOffMs(attempt, random);
        expect(wait).toBeGreaterThanOrEqual(125);
        expect(wait).toBeLessThanOrEqual(5_000);
        expect(backOffMs(attempt + 1, random)).toBeGreaterThanOrEqual(wait);
      }),
    );
  });
});
