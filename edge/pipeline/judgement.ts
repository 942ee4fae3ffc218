/** What comes back of an image: made in the model's child process, small enough to cross to the process that drives the gate. */
import type { Defect, ImageStatistics, Position, Verdict } from './frame.ts';

/** Milliseconds of each part of the way. */
export interface StageTimes {
  /** Hash, decode and scale. */
  decodeMs: number;
  /** Finding the part and bringing it to its place; 0 without a reference. */
  locateMs: number;
  /** Image statistics, verdict and outlines. */
  restMs: number;
  /** The model's run itself. */
  inferMs: number;
  /** From the image's arrival in the child to its answer, waiting for earlier images included. */
  totalMs: number;
}

export interface Judgement {
  sha256: string;
  verdict: Verdict;
  /** Calibrated, 0 to 1. */
  score: number;
  defects: Defect[];
  /** Of the region of interest after compensation. */
  statistics: ImageStatistics;
  /** Null when there is no reference or the part was not found. */
  position: Position | null;
  /** Why a part that should have been located was not compensated; undefined when it was or need not be. */
  locateProblem: string | undefined;
  times: StageTimes;
}
