/**
 * Whether the time stamps of a camera can be trusted, seen from one image to the next: they neither stand still nor go back, and
 * they do not move away from the arrivals further than an image can have been under way. Not seen: a clock that was wrong from
 * the start, by less than `maxSkewMs`.
 */
import type { Stamp } from './capture-time.ts';

export interface ImageArrival {
  /** Wall time. */
  arrivedAtMs: number;
  /** How much longer than usual the image may have been under way; infinite when nobody knows. */
  uncertaintyMs: number;
}

export interface StampWatch {
  /** Why the stamp of this image, another one than the last, does not count; undefined when it does. */
  check(stamp: Stamp, arrival: ImageArrival): string | undefined;
}

/** The clocks of camera and node run apart by no more than this, as a share of the time that passes. */
const MAX_DRIFT = 5e-4;
const TOLERANCE_MS = 100;

export function createStampWatch(): StampWatch {
  let newest = { stampMs: Number.NEGATIVE_INFINITY, arrivedAtMs: 0 };
  /** The shortest way of an image by both clocks, and when it was found. */
  let shortest = { wayMs: Number.POSITIVE_INFINITY, atMs: 0 };

  return {
    check({ atMs, resolutionMs }, { arrivedAtMs, uncertaintyMs }) {
      if (atMs < newest.stampMs) return "the camera's time stamps go back; set its time once and keep it";
      // Several images may have the same whole second.
      const mayRepeatMs = resolutionMs > 1 ? 2 * resolutionMs : 0;
      if (atMs === newest.stampMs && (mayRepeatMs === 0 || arrivedAtMs - newest.arrivedAtMs > mayRepeatMs))
        return "the camera's time stamps stand still; start the camera again";
      if (atMs > newest.stampMs) newest = { stampMs: atMs, arrivedAtMs };

      const wayMs = arrivedAtMs - atMs;
      const driftMs = MAX_DRIFT * Math.max(0, arrivedAtMs - shortest.atMs);
      const longestMs = shortest.wayMs + driftMs + resolutionMs + uncertaintyMs + TOLERANCE_MS;
      if (wayMs > longestMs)
        return 'the clocks of camera and node have moved apart; set the time of both and start the node again';
      if (wayMs < shortest.wayMs + driftMs) shortest = { wayMs, atMs: arrivedAtMs };
      return undefined;
    },
  };
}
