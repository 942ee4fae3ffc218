/** When each image of a network camera was taken, and how far that can be off, by what is known of its way. */
import type { HttpSourceConfig } from '../config/source-config.ts';
import { steadyNow } from '../gate/steady-clock.ts';
import type { CapturedImage } from '../pipeline/frame.ts';
import { readStamp } from './capture-time.ts';
import { createFrameRhythm } from './frame-rhythm.ts';
import { createStampWatch } from './stamp-watch.ts';
import { createUsualTime } from './usual-time.ts';

export type ImageTimes = Pick<CapturedImage, 'capturedAtMs' | 'uncertaintyMs' | 'arrivedAtMs' | 'latencyMs'>;

export interface ImageClock {
  /** `atMs` by the steady clock, `heldMs` as `FrameRhythm` takes it. */
  frame(header: string | undefined, atMs: number, heldMs: number): ImageTimes;
  /** An image that was asked for at `askedAtMs`. */
  snapshot(header: string | undefined, askedAtMs: number, atMs: number): ImageTimes;
  /** Why the time stamp of the last image does not count; undefined when it does or need not. */
  readonly problem: string | undefined;
}

/** Answers that tell how long one usually takes. */
const LEAST_ANSWERS = 3;

export function createImageClock(config: HttpSourceConfig): ImageClock {
  const { latencyMs, rhythm } = config;
  const frames = createFrameRhythm();
  const answers = createUsualTime();
  const stamps = createStampWatch();
  let problem: string | undefined;

  return {
    frame(header, atMs, heldMs) {
      const uncertaintyMs = frames.frame(atMs, heldMs);
      return times(header, atMs, rhythm === 'triggered' ? Number.POSITIVE_INFINITY : uncertaintyMs);
    },
    snapshot(header, askedAtMs, atMs) {
      const answerMs = atMs - askedAtMs;
      const usualMs = answers.count < LEAST_ANSWERS ? latencyMs : answers.medianMs;
      answers.add(answerMs);
      return times(header, atMs, Math.max(0, answerMs - usualMs));
    },
    get problem() {
      return problem;
    },
  };

  function times(header: string | undefined, atMs: number, uncertaintyMs: number): ImageTimes {
    const arrivedAtMs = Date.now() - (steadyNow() - atMs);
    const { stamp, problem: fault } = readStamp(header, arrivedAtMs, config);
    const doubt = fault ?? (stamp && stamps.check(stamp, { arrivedAtMs, uncertaintyMs }));
    problem = doubt === undefined ? undefined : `${doubt}; the arrival counts`;
    if (stamp && doubt === undefined)
      return { capturedAtMs: stamp.atMs, uncertaintyMs: stamp.resolutionMs, arrivedAtMs, latencyMs };
    return { capturedAtMs: arrivedAtMs - latencyMs, uncertaintyMs, arrivedAtMs, latencyMs };
  }
}
