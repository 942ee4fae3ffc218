/** Groups of images that look alike: k-means on unit vectors (Lloyd 1982), begun far apart (Arthur and Vassilvitskii 2007). */
import { createRandom, sampleIndices } from '../../../maths/random.ts';
import { gatherRows } from './label-errors.ts';

const TURNS = 12;
/** Rows that the centres are found with; all rows are assigned. */
const MOST_ROWS = 4000;

/** Number of the nearest of `count` centres for each row. `unit`: rows × dimensions, each of length 1. */
export function clusterRows(unit: Float32Array, dimensions: number, count: number, seed: number): Int32Array {
  const rows = unit.length / dimensions;
  const random = createRandom(seed);
  const sample = gatherRows(unit, dimensions, [...sampleIndices(rows, MOST_ROWS, random)]);
  let centres = farCentres(sample, dimensions, Math.min(count, sample.length / dimensions), random);
  for (let turn = 0; turn < TURNS; turn++)
    centres = meanOf(sample, dimensions, assign(sample, dimensions, centres), centres);
  return assign(unit, dimensions, centres);
}

function farCentres(rows: Float32Array, dimensions: number, count: number, random: () => number): Float32Array {
  const n = rows.length / dimensions;
  const centres = new Float32Array(count * dimensions);
  const nearest = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  let chosen = Math.floor(random() * n);
  for (let centre = 0; centre < count; centre++) {
    centres.set(rows.subarray(chosen * dimensions, (chosen + 1) * dimensions), centre * dimensions);
    let total = 0;
    for (let row = 0; row < n; row++) {
      const distance = 2 * Math.max(0, 1 - product(rows, row, centres, centre, dimensions));
      nearest[row] = Math.min(nearest[row] ?? 0, distance);
      total += nearest[row] ?? 0;
    }
    let left = random() * total;
    chosen = 0;
    while (chosen < n - 1 && left > (nearest[chosen] ?? 0)) left -= nearest[chosen++] ?? 0;
  }
  return centres;
}

function assign(rows: Float32Array, dimensions: number, centres: Float32Array): Int32Array {
  const count = centres.length / dimensions;
  return Int32Array.from({ length: rows.length / dimensions }, (_, row) => {
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let centre = 0; centre < count; centre++) {
      const likeness = product(rows, row, centres, centre, dimensions);
      if (likeness > most) [best, most] = [centre, likeness];
    }
    return best;
  });
}

/** A centre that lost all its rows stays where it was. */
function meanOf(rows: Float32Array, dimensions: number, centreOf: Int32Array, before: Float32Array): Float32Array {
  const sums = new Float32Array(before.length);
  centreOf.forEach((centre, row) => {
    for (let at = 0; at < dimensions; at++)
      sums[centre * dimensions + at] = (sums[centre * dimensions + at] ?? 0) + (rows[row * dimensions + at] ?? 0);
  });
  for (let from = 0; from < sums.length; from += dimensions) {
    const length = Math.hypot(...sums.subarray(from, from + dimensions));
    for (let at = from; at < from + dimensions; at++)
      sums[at] = length > 0 ? (sums[at] ?? 0) / length : (before[at] ?? 0);
  }
  return sums;
}

function product(a: Float32Array, row: number, b: Float32Array, centre: number, dimensions: number): number {
  let sum = 0;
  for (let at = 0; at < dimensions; at++) sum += (a[row * dimensions + at] ?? 0) * (b[centre * dimensions + at] ?? 0);
  return sum;
}
