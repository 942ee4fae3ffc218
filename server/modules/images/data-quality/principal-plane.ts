/** The plane in which rows spread the most (principal components), by power iteration on a part of them. */
import { type Random, randomNormal, sampleIndices } from '../../../maths/random.ts';
import { gatherRows } from './label-errors.ts';

const TURNS = 30;
const MOST_ROWS = 5000;

/** Rows × 2. */
export function principalPlane(vectors: Float32Array, dimensions: number, random: Random): Float32Array {
  const rows = vectors.length / dimensions;
  const sample = gatherRows(vectors, dimensions, [...sampleIndices(rows, MOST_ROWS, random)]);
  const mean = new Float64Array(dimensions);
  const sampled = sample.length / dimensions;
  for (let at = 0; at < sample.length; at++)
    mean[at % dimensions] = (mean[at % dimensions] ?? 0) + (sample[at] ?? 0) / sampled;
  const axes: Float64Array[] = [];
  for (let axis = 0; axis < 2; axis++) axes.push(widestAxis(sample, dimensions, mean, axes, random));
  const plane = new Float32Array(2 * rows);
  axes.forEach((axis, which) => {
    for (let row = 0; row < rows; row++) plane[2 * row + which] = along(vectors, row, dimensions, mean, axis);
  });
  return plane;
}

function widestAxis(
  sample: Float32Array,
  dimensions: number,
  mean: Float64Array,
  known: readonly Float64Array[],
  random: Random,
): Float64Array {
  let axis = Float64Array.from({ length: dimensions }, () => randomNormal(random));
  for (let turn = 0; turn < TURNS; turn++) {
    const next = new Float64Array(dimensions);
    for (let row = 0; row * dimensions < sample.length; row++) {
      const part = along(sample, row, dimensions, mean, axis);
      for (let at = 0; at < dimensions; at++)
        next[at] = (next[at] ?? 0) + part * ((sample[row * dimensions + at] ?? 0) - (mean[at] ?? 0));
    }
    for (const other of known) {
      const part = next.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
      for (let at = 0; at < dimensions; at++) next[at] = (next[at] ?? 0) - part * (other[at] ?? 0);
    }
    const length = Math.sqrt(next.reduce((sum, value) => sum + value * value, 0));
    if (length < 1e-12) return axis.fill(0);
    axis = next.map((value) => value / length);
  }
  return axis;
}

function along(vectors: Float32Array, row: number, dimensions: number, mean: Float64Array, axis: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < dimensions; at++)
    sum += ((vectors[row * dimensions + at] ?? 0) - (mean[at] ?? 0)) * (axis[at] ?? 0);
  return sum;
}
