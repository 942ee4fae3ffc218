/** Time that neither steps nor goes back: what happens in milliseconds must not be planned by a clock that people set. */

/** Milliseconds, near to those since 1970 when the process began. */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}

/** How far the clock of people is ahead of the steady one now. */
export function wallAheadMs(): number {
  return Date.now() - steadyNow();
}
