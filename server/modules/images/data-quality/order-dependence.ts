/**
 * Are neighbours in looks also neighbours in time? In independent data the distance in order between an image and its nearest neighbours is
 * spread like that of any two images; where light drifts or shots come in bursts it is not (Datalab's non-iid check, Cummings et al. 2023).
 */
import { createRandom, sampleIndices } from '../../../maths/random.ts';
import type { Neighbours } from './nearest.ts';
import { quantileOf } from './statistics.ts';

const PERMUTATIONS = 200;
/** Share of permuted orders that may look as dependent by chance. */
const CHANCE = 0.01;
/** In large sets the least drift is certain; below this it does no harm worth naming. */
const LEAST_DISTANCE = 0.1;
/** Draws for what the mean of one image's distances may be by chance. */
const DRAWS = 5000;
const STEPS = 200;

export interface OrderDependence {
  /** Kolmogorov and Smirnov's distance to what any two images have, 0 to 1. */
  distance: number;
  /** The largest that chance allows. */
  bound: number;
  isDependent: boolean;
  /** Each row's mean distance in order to its neighbours against what chance gives, 0 to 1. */
  scores: Float32Array;
  flagged: Uint8Array;
}

/** `order`: rank of each row in time, 0 to rows − 1. */
export function orderDependence({ k, indices }: Neighbours, order: Int32Array, seed: number): OrderDependence {
  const rows = order.length;
  const random = createRandom(seed);
  const distance = ksToAnyTwo(indices, k, order);
  const permuted: number[] = [];
  for (let times = 0; times < PERMUTATIONS; times++)
    permuted.push(ksToAnyTwo(indices, k, sampleIndices(rows, rows, random)));
  const bound = Math.max(quantileOf(permuted, 1 - CHANCE), LEAST_DISTANCE);
  const isDependent = distance > bound;

  const byChance = Float64Array.from({ length: DRAWS }, () => {
    let sum = 0;
    for (let at = 0; at < k; at++) sum += anyTwo(random());
    return sum / k;
  });
  const least = quantileOf(byChance, CHANCE / 2);
  const scores = new Float32Array(rows);
  const flagged = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let at = 0; at < k; at++) sum += Math.abs((order[row] ?? 0) - (order[indices[row * k + at] ?? 0] ?? 0)) / rows;
    scores[row] = Math.min(1, (sum / k) * 3);
    flagged[row] = isDependent && sum / k < least ? 1 : 0;
  }
  return { distance, bound, isDependent, scores, flagged };
}

/** Largest lead of the neighbours' law over P(distance ≤ x) = 1 − (1 − x)² of any two: nearer in order than they should be. */
function ksToAnyTwo(indices: Int32Array, k: number, order: Int32Array): number {
  const rows = order.length;
  const counts = new Float64Array(STEPS + 1);
  for (let at = 0; at < indices.length; at++) {
    const apart = Math.abs((order[Math.floor(at / k)] ?? 0) - (order[indices[at] ?? 0] ?? 0)) / rows;
    counts[Math.ceil(apart * STEPS)] = (counts[Math.ceil(apart * STEPS)] ?? 0) + 1;
  }
  let below = 0;
  let most = 0;
  for (let step = 0; step <= STEPS; step++) {
    below += (counts[step] ?? 0) / indices.length;
    most = Math.max(most, below - (1 - (1 - step / STEPS) ** 2));
  }
  return most;
}

/** A draw from the law of any two. */
function anyTwo(uniform: number): number {
  return 1 - Math.sqrt(1 - uniform);
}
