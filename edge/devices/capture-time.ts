/** When an image of a network camera was taken. */

export interface CapturePolicy {
  capture: 'arrival' | 'x-timestamp' | 'date';
  latencyMs: number;
  maxSkewMs: number;
}

/** `problem` says why the camera's own time does not count; then, and without one, the arrival does. */
export function captureTime(
  header: string | undefined,
  arrivedAtMs: number,
  { capture, latencyMs, maxSkewMs }: CapturePolicy,
): { capturedAtMs: number; problem: string | undefined } {
  const byArrival = arrivedAtMs - latencyMs;
  if (capture === 'arrival') return { capturedAtMs: byArrival, problem: undefined };
  const fallBack = (problem: string) => ({ capturedAtMs: byArrival, problem: `${problem}; the arrival counts` });
  if (header === undefined) return fallBack(`the camera gives no header ${capture}`);
  const stated = readTime(header);
  if (!Number.isFinite(stated)) return fallBack(`the camera's header ${capture} is no time`);
  const skewMs = stated - arrivedAtMs;
  if (Math.abs(skewMs) > maxSkewMs)
    return fallBack(`the camera's clock differs by more than maxSkewMs = ${maxSkewMs}; set its time`);
  // Slightly ahead is its clock, not the future.
  return { capturedAtMs: Math.min(stated, arrivedAtMs), problem: undefined };
}

/** Seconds or milliseconds since 1970, ISO 8601 or an HTTP date; NaN for anything else. */
function readTime(header: string): number {
  if (!/^\d+(\.\d+)?$/.test(header)) return Date.parse(header);
  const number = Number(header);
  // Seconds stay below this until the year 5138, milliseconds have been above since 1973.
  return number < 1e11 ? number * 1_000 : number;
}
