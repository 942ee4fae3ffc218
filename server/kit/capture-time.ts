/** Which capture times an inspection may have: its id is a UUIDv7 (RFC 9562, 5.7) and carries the millisecond. */
import type { Refusal } from './check-values.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const DAY_MS = 86_400_000;

export interface CaptureTimeLimits {
  /** How far a node's clock may run ahead of the server's. */
  skewMs: number;
  /** How old a result may be when it arrives. */
  lateMs: number;
}

/** Milliseconds since 1970 inside a UUIDv7 in lower case; undefined for anything else. */
export function captureTimeMs(id: string): number | undefined {
  if (!UUID_V7.test(id)) return undefined;
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** Why a capture time has no sensible place in the day partitions, if so. */
export function captureTimeRefusal(
  id: string,
  capturedAtMs: number,
  nowMs: number,
  limits: CaptureTimeLimits,
): Refusal | undefined {
  if (capturedAtMs > nowMs + limits.skewMs) {
    return {
      field: 'id',
      value: `${id} (${isoText(capturedAtMs)})`,
      reason: `lies ${Math.ceil((capturedAtMs - nowMs) / 1000)} s ahead of the server's clock; at most ${limits.skewMs / 1000} s are allowed: set the node's clock`,
    };
  }
  if (capturedAtMs < nowMs - limits.lateMs) {
    return {
      field: 'id',
      value: `${id} (${isoText(capturedAtMs)})`,
      reason: `is older than ${limits.lateMs / DAY_MS} days, the most that a result may be late; make the id from the time of capture, by a clock that is set`,
    };
  }
  return undefined;
}

/** 48 bits of milliseconds reach beyond the year 10000, still within what a Date can hold. */
function isoText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
