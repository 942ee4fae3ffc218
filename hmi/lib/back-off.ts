/** Waiting times between two attempts to reach the server: doubling, bounded, and spread so that screens do not return all at once. */

const FIRST_MS = 250;
/** An operator's screen must come back within seconds of the server. */
const MAX_MS = 5_000;

/** `attempt` counts from 0, `random` is 0 to 1; the answer lies between half and the whole of the bound. */
export function backOffMs(attempt: number, random: number): number {
  const bound = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return bound / 2 + (bound / 2) * random;
}
