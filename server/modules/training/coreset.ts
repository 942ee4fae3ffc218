/** Which good patches are worth remembering. */
import { type Random, sampleIndices } from './random.ts';

/**
 * Greedy k-centre (Gonzalez 1985; PatchCore, Roth et al. 2022): each next entry is the candidate farthest from all chosen
 * ones, so that rare but good looks are kept. `points` is [count, dimensions]; gives indices of rows.
 * Costs candidates × size × dimensions, so candidates are a random part of the points.
 */
export function selectCoreset(
  points: Float32Array,
  dimensions: number,
  size: number,
  maxCandidates: number,
  random: Random,
): Int32Array {
  const candidates = sampleIndices(points.length / dimensions, maxCandidates, random);
  if (candidates.length <= size) return candidates;
  const nearest = new Float64Array(candidates.length).fill(Number.POSITIVE_INFINITY);
  const chosen = new Int32Array(size);
  let next = 0;
  for (let at = 0; at < size; at++) {
    const row = candidates[next] ?? 0;
    chosen[at] = row;
    next = updateNearest(points, dimensions, candidates, row, nearest);
  }
  return chosen;
}

/** Takes the new entry into every candidate's distance; gives the position of the candidate that is now farthest. */
function updateNearest(
  points: Float32Array,
  dimensions: number,
  candidates: Int32Array,
  row: number,
  nearest: Float64Array,
): number {
  const centre = points.subarray(row * dimensions, (row + 1) * dimensions);
  let farthest = 0;
  let farthestDistance = -1;
  for (let at = 0; at < candidates.length; at++) {
    const start = (candidates[at] ?? 0) * dimensions;
    let distance = nearest[at] ?? 0;
    let sum = 0;
    for (let k = 0; k < dimensions && sum < distance; k++) {
      const difference = (points[start + k] ?? 0) - (centre[k] ?? 0);
      sum += difference * difference;
    }
    if (sum < distance) {
      distance = sum;
      nearest[at] = sum;
    }
    if (distance > farthestDistance) {
      farthestDistance = distance;
      farthest = at;
    }
  }
  return farthest;
}
