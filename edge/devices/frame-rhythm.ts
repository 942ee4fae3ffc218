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

/** A rhythm is known once its gaps fill so much time, each at most a share of it: frames that queued before the start come faster. */
const LEAST_MS = 1_000;
const MOST_OF_A_GAP_MS = LEAST_MS / 8;
/** Frames that come together are no rhythm; no camera gives 500 images a second. */
const LEAST_GAP_MS = 2;
/** Of the interval: a frame that was waited for so long did not queue. */
const IN_RHYTHM = 0.9;

export function createFrameRhythm(): FrameRhythm {
  const gaps = createUsualTime();
  let firstMs: number | undefined;
  let lastMs = 0;
  let learntMs = 0;
  /** By how much the frames are behind the rhythm, if none was left out. */
  let lagMs = 0;
  let uncertaintyMs = Number.POSITIVE_INFINITY;

  return {
    frame(atMs, heldMs) {
      const gapMs = firstMs === undefined ? 0 : atMs - lastMs;
      firstMs ??= atMs;
      lastMs = atMs;
      const isKnown = learntMs >= LEAST_MS;
      const intervalMs = gaps.medianMs;
      const isInRhythm = gapMs - heldMs >= IN_RHYTHM * intervalMs;
      // A gap that the node made itself, or a queue that runs empty, says nothing of the camera.
      const isOfTheCamera = heldMs < gapMs / 2 && (isInRhythm || lagMs === 0 || !isKnown);
      if (gapMs >= LEAST_GAP_MS && isOfTheCamera) {
        gaps.add(gapMs);
        learntMs += Math.min(gapMs, MOST_OF_A_GAP_MS);
      }
      if (!isKnown) {
        lagMs = atMs - firstMs;
        return uncertaintyMs;
      }
      const behindMs = gapMs - intervalMs;
      lagMs = Math.max(0, isInRhythm ? behindMs : lagMs + behindMs);
      if (isInRhythm || lagMs === 0) uncertaintyMs = lagMs;
      else uncertaintyMs = Math.max(uncertaintyMs, lagMs);
      return uncertaintyMs;
    },
  };
}
