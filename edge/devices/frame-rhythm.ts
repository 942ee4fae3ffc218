/**
 * How old a frame of a stream may be when it arrives, by the rhythm in which the frames come. The stream's interval is the median
 * of its last 32 gaps. A frame that comes after a longer gap may have waited somewhere for the rest of that gap. Frames that
 * follow it in quick succession are a queue that runs empty: each of them may be as old, until one comes a whole interval after
 * its predecessor, or as many have come as can have queued.
 *
 * Not seen: a queue that runs empty exactly as fast as the camera fills it. Only a time stamp of the camera shows that.
 */
import { createUsualTime } from './usual-time.ts';

export interface FrameRhythm {
  /**
   * The frame that arrived at `atMs` (steady clock) may be so much older than the shortest way says; infinite while the rhythm is
   * not known. `heldMs`: for how long the node itself read nothing since the frame before.
   */
  frame(atMs: number, heldMs: number): number;
}

/** A rhythm is known from so many gaps on that fill so much time: frames that queued before the start come faster. */
const LEAST_GAPS = 8;
const LEAST_MS = 1_000;
/** Frames that come together are no rhythm; no camera gives 500 images a second. */
const LEAST_GAP_MS = 2;
/** Of the interval: a frame that was waited for so long did not queue. */
const IN_RHYTHM = 0.9;

export function createFrameRhythm(): FrameRhythm {
  const gaps = createUsualTime();
  let lastMs: number | undefined;
  /** By how much the frames are behind the rhythm, if none was left out. */
  let lagMs = 0;
  let uncertaintyMs = 0;

  return {
    frame(atMs, heldMs) {
      const gapMs = lastMs === undefined ? 0 : atMs - lastMs;
      lastMs = atMs;
      const isKnown = gaps.count >= LEAST_GAPS && gaps.sumMs >= LEAST_MS;
      const intervalMs = gaps.medianMs;
      const isInRhythm = gapMs - heldMs >= IN_RHYTHM * intervalMs;
      // A gap that the node made itself, or a queue that runs empty, says nothing of the camera.
      const isOfTheCamera = heldMs < gapMs / 2 && (isInRhythm || lagMs === 0);
      if (gapMs >= LEAST_GAP_MS && isOfTheCamera) gaps.add(gapMs);
      if (!isKnown) return Number.POSITIVE_INFINITY;

      const behindMs = gapMs - intervalMs;
      lagMs = Math.max(0, isInRhythm ? behindMs : lagMs + behindMs);
      if (isInRhythm || lagMs === 0) uncertaintyMs = lagMs;
      else uncertaintyMs = Math.max(uncertaintyMs, lagMs);
      return uncertaintyMs;
    },
  };
}
