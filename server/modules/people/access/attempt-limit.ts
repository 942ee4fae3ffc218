/** Counts attempts in fixed windows. Pure: the clock is an argument. */

export interface AttemptLimit {
  /** Counts an attempt. Milliseconds to wait when there have been too many (this one is then not counted), 0 otherwise. */
  take(key: string, limit: number, nowMs: number): number;
  /** Takes an attempt back, because it succeeded. */
  giveBack(key: string): void;
  /** Forgets the key's attempts. */
  forget(key: string): void;
}

/** Keys held at once; beyond it the oldest window is forgotten, so that made-up names cannot fill the memory. */
const mostKeys = 100_000;

export function createAttemptLimit(windowMs: number): AttemptLimit {
  const windows = new Map<string, { count: number; endsMs: number }>();
  return {
    take(key, limit, nowMs) {
      const open = windows.get(key);
      if (open && nowMs < open.endsMs) {
        if (open.count >= limit) return open.endsMs - nowMs;
        open.count++;
        return 0;
      }
      windows.delete(key);
      windows.set(key, { count: 1, endsMs: nowMs + windowMs });
      if (windows.size > mostKeys) {
        const [oldest] = windows.keys();
        if (oldest !== undefined) windows.delete(oldest);
      }
      return 0;
    },
    giveBack(key) {
      const open = windows.get(key);
      if (open && open.count > 0) open.count--;
    },
    forget: (key) => windows.delete(key),
  };
}
