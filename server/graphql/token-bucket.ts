/** Token buckets by key: each fills evenly up to its limit within a minute. Pure: the clock is an argument. */

const minuteMs = 60_000;

export interface BucketReading {
  /** Points that can be spent at once. */
  remaining: number;
  /** Until the bucket is full again when nothing is spent. */
  fullInMs: number;
}

export interface Taken extends BucketReading {
  /** 0 when the points were taken; otherwise nothing was, and the same would pass after this time. */
  waitMs: number;
}

export interface TokenBuckets {
  take(key: string, perMinute: number, cost: number, nowMs: number): Taken;
  read(key: string, perMinute: number, nowMs: number): BucketReading;
}

/** Beyond `mostKeys` the key that was quiet for longest is forgotten: most likely its bucket is full anyway. */
export function createTokenBuckets(mostKeys: number): TokenBuckets {
  const buckets = new Map<string, { points: number; atMs: number }>();

  const pointsOf = (key: string, perMinute: number, nowMs: number): number => {
    const known = buckets.get(key);
    if (!known) return perMinute;
    // a clock that was set back must not take points away
    const elapsedMs = Math.max(0, nowMs - known.atMs);
    return Math.min(perMinute, known.points + (elapsedMs * perMinute) / minuteMs);
  };
  const reading = (points: number, perMinute: number): BucketReading => ({
    remaining: Math.floor(points),
    fullInMs: Math.ceil(((perMinute - points) * minuteMs) / perMinute),
  });

  return {
    read: (key, perMinute, nowMs) => reading(pointsOf(key, perMinute, nowMs), perMinute),
    take(key, perMinute, cost, nowMs) {
      const before = pointsOf(key, perMinute, nowMs);
      const isEnough = before >= cost;
      const points = isEnough ? before - cost : before;
      buckets.delete(key);
      buckets.set(key, { points, atMs: nowMs });
      if (buckets.size > mostKeys) {
        const [quietest] = buckets.keys();
        if (quietest !== undefined) buckets.delete(quietest);
      }
      const waitMs = isEnough ? 0 : Math.max(1, Math.ceil(((cost - before) * minuteMs) / perMinute));
      return { ...reading(points, perMinute), waitMs };
    },
  };
}
