import { array, assert as assertHolds, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenBuckets } from '../../../server/graphql/token-bucket.ts';

describe('a token bucket', () => {
  it('lets exactly its limit pass at once, and refuses one point more', () => {
    const buckets = createTokenBuckets(10);
    expect(buckets.take('a', 100, 99, 0)).toMatchObject({ waitMs: 0, remaining: 1 });
    expect(buckets.take('a', 100, 1, 0)).toMatchObject({ waitMs: 0, remaining: 0, fullInMs: 60_000 });
    expect(buckets.take('a', 100, 1, 0)).toMatchObject({ waitMs: 600, remaining: 0 });
  });

  it('lets the same pass after the time that it named, and not before', () => {
    const buckets = createTokenBuckets(10);
    buckets.take('a', 100, 100, 0);
    const { waitMs } = buckets.take('a', 100, 30, 5000);
    expect(buckets.take('a', 100, 30, 5000 + waitMs - 1).waitMs).toBeGreaterThan(0);
    expect(buckets.take('a', 100, 30, 5000 + waitMs).waitMs).toBe(0);
  });

  it('keeps keys apart, and forgets the one that was quiet for longest', () => {
    const buckets = createTokenBuckets(2);
    buckets.take('a', 100, 100, 0);
    buckets.take('b', 100, 100, 0);
    buckets.take('a', 100, 1, 1);
    buckets.take('c', 100, 100, 2);
    expect(buckets.read('a', 100, 2).remaining).toBe(0);
    expect(buckets.read('b', 100, 2).remaining).toBe(100);
  });

  it('never lets more pass than the limit and what came back, whatever is asked and however the clock jumps', () => {
    const step = record({ cost: integer({ min: 1, max: 150 }), afterMs: integer({ min: -5000, max: 20_000 }) });
    assertHolds(
      property(array(step, { maxLength: 60 }), constantFrom(10, 100, 777), (steps, perMinute) => {
        const buckets = createTokenBuckets(1);
        let [nowMs, forwardMs, passed] = [1_000_000, 0, 0];
        for (const { cost, afterMs } of steps) {
          nowMs += afterMs;
          forwardMs += Math.max(0, afterMs);
          const { waitMs, remaining } = buckets.take('a', perMinute, cost, nowMs);
          if (waitMs === 0) passed += cost;
          expect(remaining).toBeGreaterThanOrEqual(0);
          expect(remaining).toBeLessThanOrEqual(perMinute);
          expect(passed).toBeLessThanOrEqual(perMinute + (forwardMs * perMinute) / 60_000 + 1e-6);
        }
      }),
    );
  });
});
