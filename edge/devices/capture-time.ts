/** When an image of a network camera was taken. */

export interface CapturePolicy {
  capture: 'arrival' | 'x-timestamp' | 'date';
  latencyMs: number;
  maxSkewMs: number;
}

/** What a camera's header says of the time at which the image was taken. */
export interface Stamp {
  atMs: number;
  /** Its last digit: a time in whole seconds says nothing of the milliseconds. */
  resolutionMs: number;
}

/** So far the clocks of camera and node may be apart although both are set by the network. */
const CLOCKS_APART_MS = 20;

/** The camera's own time of an image, or why it does not count; then, and with `capture` = arrival, the arrival does. */
export function readStamp(
  header: string | undefined,
  arrivedAtMs: number,
  { capture, maxSkewMs }: CapturePolicy,
): { stamp: Stamp | undefined; problem: string | undefined } {
  if (capture === 'arrival') return { stamp: undefined, problem: undefined };
  const fallBack = (problem: string) => ({ stamp: undefined, problem });
  if (header === undefined) return fallBack(`the camera gives no header ${capture}`);
  const stamp = readTime(header);
  if (!Number.isFinite(stamp.atMs)) return fallBack(`the camera's header ${capture} is no time`);
  const skewMs = stamp.atMs - arrivedAtMs;
  if (Math.abs(skewMs) > maxSkewMs)
    return fallBack(`the camera's clock differs by more than maxSkewMs = ${maxSkewMs}; set its time`);
  if (skewMs > CLOCKS_APART_MS) return fallBack("the camera's clock is ahead of the node's; set the time of both");
  return { stamp: { ...stamp, atMs: Math.min(stamp.atMs, arrivedAtMs) }, problem: undefined };
}

/** Seconds or milliseconds since 1970, ISO 8601 or an HTTP date; NaN for anything else. */
function readTime(header: string): Stamp {
  const [, number, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(header) ?? [];
  if (number === undefined) {
    const [, digits = ''] = /:\d\d\.(\d+)/.exec(header) ?? [];
    return { atMs: Date.parse(header), resolutionMs: resolution(1_000, digits) };
  }
  // Seconds stay below this until the year 5138, milliseconds have been above since 1973.
  const unitMs = Number(number) < 1e11 ? 1_000 : 1;
  return { atMs: Number(header) * unitMs, resolutionMs: resolution(unitMs, fraction) };
}

function resolution(unitMs: number, digits: string): number {
  return unitMs / 10 ** digits.length;
}
