/** Images that are like no others: their mean distance to their nearest neighbours, against what is usual in the set (Kuan and Mueller 2022). */
import type { Neighbours } from './nearest.ts';
import { medianOf } from './statistics.ts';

/** As Datalab has it: a mean distance of 1 / 0.37 of the median one, and more. */
const TIMES_MEDIAN = 1 / 0.37037;
/** And so many times the usual spread above it, which a set of widely varied images needs. */
const DEVIATIONS = 4;
/** Makes the median absolute deviation of a normal law its standard deviation. */
const NORMAL_MAD = 1.4826;

/** Scores from 0 (alone) to 1 (as close to others as anybody): 0.5 is the median. */
export function outlierScores({ k, distances }: Neighbours): { scores: Float32Array; flagged: Uint8Array } {
  const rows = k === 0 ? 0 : distances.length / k;
  const mean = new Float64Array(rows);
  for (let at = 0; at < distances.length; at++)
    mean[Math.floor(at / k)] = (mean[Math.floor(at / k)] ?? 0) + (distances[at] ?? 0) / k;
  const median = medianOf(mean);
  const spread = medianOf(mean.map((value) => Math.abs(value - median))) * NORMAL_MAD;
  const limit = Math.max(median * TIMES_MEDIAN, median + DEVIATIONS * spread);
  const scale = Math.max(median, 1e-9);
  return {
    scores: Float32Array.from(mean, (value) => 2 ** (-value / scale)),
    flagged: Uint8Array.from(mean, (value) => (value > limit && value > 1e-6 ? 1 : 0)),
  };
}
