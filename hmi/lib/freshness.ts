/** How far the screen may be trusted, from the ages of its feeds. */

/** Two heartbeats of the server: what is older is shown as stale. */
export const STALE_AFTER_MS = 2_000;

export type Freshness =
  /** The screen has no live data. */
  | { kind: 'none' }
  | { kind: 'waiting' }
  /** `without`: feeds that are stale although others live. */
  | { kind: 'live'; ageMs: number; without: number }
  | { kind: 'no-data'; ageMs: number };

interface FeedAge {
  /** Age of the last payload; undefined before the first. */
  ageMs: number | undefined;
  /** Time since the feed was asked for. */
  waitedMs: number;
}

export function isStale(ageMs: number | undefined): boolean {
  return ageMs !== undefined && ageMs > STALE_AFTER_MS;
}

export function freshnessOf(feeds: readonly FeedAge[]): Freshness {
  if (feeds.length === 0) return { kind: 'none' };

  const ages = feeds.map((feed) => feed.ageMs ?? feed.waitedMs);
  const youngest = Math.min(...ages);
  if (youngest > STALE_AFTER_MS) return { kind: 'no-data', ageMs: youngest };

  const heard = feeds.flatMap((feed) => (feed.ageMs === undefined ? [] : [feed.ageMs]));
  if (heard.length === 0) return { kind: 'waiting' };
  return {
    kind: 'live',
    ageMs: Math.min(...heard),
    without: ages.filter((age) => age > STALE_AFTER_MS).length,
  };
}
