/** Which good patches are worth remembering. */
import { type Random, sampleIndices } from '../../../maths/random.ts';

/**
 * Greedy k-centre (Gonzalez 1985; PatchCore, Roth et al. 2022): each next entry is the candidate farthest from all chosen
 * ones, so that rare but good looks are kept. `points` is [count, dimensions]; gives indices of rows. Distances are taken
 * over the first `comparedDimensions`. Costs candidates × size × these, so candidates are a random part of the points.
 */
export function selectCoreset(
  points: Float32Array,
  dimensions: number,
  { size, maxCandidates, comparedDimensions }: { size: number; maxCandidates: number; comparedDimensions: number },
  random: Random,
): Int32Array {
  const candidates = sampleIndices(points.length / dimensions, maxCandidates, random);
  if (candidates.length <= size) return candidates;
  const compared = Math.min(comparedDimensions, dimensions);
  const dense = new Float32Array(candidates.length * compared);
  candidates.forEach((row, at) => {
    dense.set(points.subarray(row * dimensions, row * dimensions + compared), at * compared);
  });
  const nearest = new Float64Array(candidates.length).fill(Number.POSITIVE_INFINITY);
  const chosen = new Int32Array(size);
  let next = 0;
  for (let at = 0; at < size; at++) {
    chosen[at] = candidates[next] ?? 0;
    next = updateNearest(dense, compared, next, nearest);
  }
  return chosen;
}

/** Takes the new entry into every candidate's distance; gives the candidate that is now farthest. The trainer's hottest loop. */
function updateNearest(dense: Float32Array, dimensions: number, chosen: number, nearest: Float64Array): number {
  const centre = dense.slice(chosen * dimensions, (chosen + 1) * dimensions);
  let farthest = 0;
  let farthestDistance = -1;
  for (let at = 0, start = 0; at < nearest.length; at++, start += dimensions) {
    let sum = 0;
    for (let k = 0; k < dimensions; k++) {
      const difference = (dense[start + k] as number) - (centre[k] as number);
      sum += difference * difference;
    }
    const distance = Math.min(sum, nearest[at] as number);
    nearest[at] = distance;
    if (distance > farthestDistance) {
      farthestDistance = distance;
      farthest = at;
    }
  }
  return farthest;
}
