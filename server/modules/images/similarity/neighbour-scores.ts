/**
 * What an image's neighbours say of it, each score from 0 to 1. Distances are Euclidean between vectors of unit length and
 * are measured by the plant's own scale: the median over its images of the mean distance to the ten nearest.
 */

export interface NeighbourScores {
  /**
   * 1: as near to its ten nearest as half of the plant's images are; 0: far from all. exp(−d / scale) after cleanlab's
   * nearest-neighbour score of images out of distribution (Kuan and Mueller, ICML workshop 2022), moved so that the
   * typical image has 1; below 0.3 it is 2.2 times as far away as is typical.
   */
  outlier: number;
  /**
   * 0: there is another like it; 1: nothing is near. The three nearest, weighted 0.6, 0.3 and 0.1 as in FiftyOne Brain's
   * `compute_uniqueness`; here d / (d + scale) instead of a share of the largest, so that one image can be scored alone.
   */
  uniqueness: number;
  /** 1: in the midst of many; 0: alone. The mean distance to the thirty nearest, in the sense of FiftyOne Brain's `compute_representativeness`. */
  representativeness: number;
}

/** Neighbours that the scores look at, at most. */
export const SCORED_NEIGHBOURS = 30;

const NEAREST_WEIGHTS = [0.6, 0.3, 0.1];

/** `likenesses`: cosines of the nearest other images, nearest first. */
export function neighbourScores(likenesses: readonly number[], scale: number): NeighbourScores {
  const distances = likenesses.slice(0, SCORED_NEIGHBOURS).map((likeness) => Math.sqrt(Math.max(0, 2 - 2 * likeness)));
  if (distances.length === 0) return { outlier: 1, uniqueness: 1, representativeness: 0 };
  const unit = Math.max(scale, 1e-6);
  const nearest = distances.slice(0, NEAREST_WEIGHTS.length);
  const weights = NEAREST_WEIGHTS.slice(0, nearest.length);
  const weightSum = weights.reduce((a, b) => a + b, 0);
  const near = nearest.reduce((sum, distance, rank) => sum + distance * (weights[rank] ?? 0), 0) / weightSum;
  return {
    outlier: Math.min(1, Math.exp(1 - mean(distances.slice(0, 10)) / unit)),
    uniqueness: near / (near + unit),
    representativeness: unit / (unit + mean(distances)),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
