/** Takes a sensor's bounces away: what seems to come sooner after the one before than anything can. */
import type { Json } from '../pipeline/frame.ts';
import type { CounterSteps } from './counter-steps.ts';

/**
 * A rising edge is a bounce within `debounceMs` of the last one that counted and of the last fall; so is a name that was taken
 * away and is there again. Another name is another part however soon it comes. Of a counter's steps those that cannot have come
 * in the time are bounces that the controller counted. Answers what is left of the steps.
 */
export type Debounce = (steps: CounterSteps, value: Json, atMs: number) => CounterSteps;

export function createDebounce(debounceMs: number): Debounce {
  let steppedAtMs: number | undefined;
  let endedAtMs: number | undefined;
  let name: Json = null;

  return (steps, value, atMs) => {
    const left = debounced(steps, value, atMs);
    if (value === false || value === '') endedAtMs = atMs;
    else name = value;
    if ('count' in left && left.count > 0) steppedAtMs = atMs;
    return left;
  };

  function debounced(steps: CounterSteps, value: Json, atMs: number): CounterSteps {
    if (steps.kind !== 'steps' || steps.isCatchUp || debounceMs === 0) return steps;
    const sinceMs = Math.min(
      age(steppedAtMs, atMs),
      typeof value === 'number' ? Number.POSITIVE_INFINITY : age(endedAtMs, atMs),
    );
    if (typeof value === 'string' && value !== name) return steps;
    const count = Math.min(steps.count, Math.floor(sinceMs / debounceMs));
    return count === 0 ? { kind: 'none' } : { ...steps, count };
  }
}

/** A time before it says only that a clock was set. */
function age(ms: number | undefined, atMs: number): number {
  return ms === undefined || atMs < ms ? Number.POSITIVE_INFINITY : atMs - ms;
}
