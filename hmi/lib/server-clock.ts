/**
 * What time it is at the server, seen from a browser whose own clock may be wrong: the server's stamps minus the smallest
 * delay seen. A payload that waited on its way therefore shows its true age, although it has only just arrived.
 */

/** Long enough to see one undelayed payload, short enough that two clocks do not drift apart noticeably. */
const WINDOW_MS = 5 * 60_000;

export interface ServerClock {
  /** Start of the present window, on the browser's monotonic clock. */
  windowStart: number;
  /** Smallest (arrival − stamp) of the present window. */
  offset: number;
  /** The same of the window before; infinite when there was none. */
  offsetBefore: number;
}

/** The clock after one more payload. `arrivedAt` is monotonic browser time, `sentAt` the server's wall clock, both in ms. */
export function observeServer(clock: ServerClock | undefined, sentAt: number, arrivedAt: number): ServerClock {
  const offset = arrivedAt - sentAt;
  if (!clock) return { windowStart: arrivedAt, offset, offsetBefore: Number.POSITIVE_INFINITY };
  if (arrivedAt - clock.windowStart > WINDOW_MS) {
    return { windowStart: arrivedAt, offset, offsetBefore: clock.offset };
  }
  return offset < clock.offset ? { ...clock, offset } : clock;
}

/** The server's wall clock at a moment of the browser's monotonic clock, in ms. */
export function serverTime(clock: ServerClock, monotonicMs: number): number {
  return monotonicMs - Math.min(clock.offset, clock.offsetBefore);
}
