/** The first and the last of the times, for the audit of what a machine sends; both null of none. */
export function timeRange(timesMs: Iterable<number>): { from: string | null; to: string | null } {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const timeMs of timesMs) {
    if (timeMs < first) first = timeMs;
    if (timeMs > last) last = timeMs;
  }
  if (first > last) return { from: null, to: null };
  return { from: new Date(first).toISOString(), to: new Date(last).toISOString() };
}
