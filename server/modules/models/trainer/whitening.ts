/**
 * Whitening makes every direction of feature space count by how much good patches vary along it, which is worth more
 * than any other part of the recipe but the backbone. Distances after it are Mahalanobis distances.
 */

import { type Random, randomNormal } from '../../../maths/random.ts';
import { type LoadedModel, loadModel } from '../../../onnx/load-model.ts';
import { createGraphBuilder } from '../../../onnx/onnx-builder.ts';
import type { Projection } from './anomaly-graph.ts';

/** Rows of one matrix product: bounds its copies, and the rounding of sums in float32. */
const CHUNK_ROWS = 4096;
/** Added to every eigenvalue, as a share of their mean: directions that hardly vary must not dominate. */
const RIDGE = 0.01;

export interface Patches {
  /** [count, channels], row-major. */
  data: Float32Array;
  count: number;
  channels: number;
}

/**
 * W and b with z = W x + b so that good patches have mean 0 and, before the reduction to `dimensions`, unit covariance.
 * The reduction is a random orthonormal projection: unlike the leading principal components it keeps the directions
 * along which good patches hardly vary, where defects show.
 */
export async function fitWhitening(patches: Patches, dimensions: number, random: Random): Promise<Projection> {
  const { channels } = patches;
  const kept = Math.min(dimensions, channels);
  const mean = columnMeans(patches);
  const lower = cholesky(await covariance(patches, mean), channels);
  const rows = kept < channels ? orthonormalRows(kept, channels, random) : identity(channels);
  const weights = new Float32Array(kept * channels);
  const offset = new Float32Array(kept);
  for (let row = 0; row < kept; row++) {
    const solved = solveLeft(rows.subarray(row * channels, (row + 1) * channels), lower, channels);
    weights.set(solved, row * channels);
    offset[row] = -solved.reduce((sum, value, column) => sum + value * (mean[column] ?? 0), 0);
  }
  return { dimensions: kept, weights, offset };
}

/** W x + b of every patch: [count, dimensions]. */
export async function projectPatches(
  patches: Patches,
  { dimensions, weights, offset }: Projection,
): Promise<Float32Array> {
  const graph = createGraphBuilder();
  const input = graph.input('x', 'float', ['rows', patches.channels]);
  const matrix = graph.floats(weights, [dimensions, patches.channels]);
  const product = graph.op('Gemm', [input, matrix, graph.floats(offset, [dimensions])], { transB: 1 });
  graph.output('y', product, ['rows', dimensions]);
  const result = new Float32Array(patches.count * dimensions);
  await overChunks(graph.build('lehr-project'), patches, undefined, (y, firstRow) =>
    result.set(y, firstRow * dimensions),
  );
  return result;
}

function columnMeans({ data, count, channels }: Patches): Float64Array {
  const mean = new Float64Array(channels);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < channels; column++)
      mean[column] = (mean[column] ?? 0) + (data[row * channels + column] ?? 0);
  }
  return mean.map((sum) => sum / count);
}

/** Covariance with the ridge on its diagonal, [channels, channels]. */
async function covariance(patches: Patches, mean: Float64Array): Promise<Float64Array> {
  const { channels, count } = patches;
  const graph = createGraphBuilder();
  const input = graph.input('x', 'float', ['rows', channels]);
  graph.output('y', graph.op('Gemm', [input, input], { transA: 1 }), [channels, channels]);
  const result = new Float64Array(channels * channels);
  await overChunks(graph.build('lehr-covariance'), patches, mean, (y) => {
    for (let at = 0; at < result.length; at++) result[at] = (result[at] ?? 0) + (y[at] ?? 0) / count;
  });
  let trace = 0;
  for (let at = 0; at < result.length; at += channels + 1) trace += result[at] ?? 0;
  if (!(trace > 0)) throw new Error('images: all patches are equal; give images that show something');
  for (let at = 0; at < result.length; at += channels + 1) result[at] = (result[at] ?? 0) + (RIDGE * trace) / channels;
  return result;
}

async function overChunks(
  graph: Uint8Array,
  { data, count, channels }: Patches,
  subtract: Float64Array | undefined,
  take: (y: Float32Array, firstRow: number) => void,
): Promise<void> {
  const model: LoadedModel = await loadModel(graph, { intraOpNumThreads: 2 });
  try {
    for (let first = 0; first < count; first += CHUNK_ROWS) {
      const rows = Math.min(CHUNK_ROWS, count - first);
      const x = data.slice(first * channels, (first + rows) * channels);
      if (subtract) for (let at = 0; at < x.length; at++) x[at] = (x[at] ?? 0) - (subtract[at % channels] ?? 0);
      const { y } = await model.run({ x: { type: 'float32', data: x, dims: [rows, channels] } });
      if (y) take(y.data, first);
    }
  } finally {
    await model.release();
  }
}

/** Lower-triangular L with L Lᵀ = matrix (positive definite thanks to the ridge). */
function cholesky(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (lower[i * size + k] ?? 0) * (lower[j * size + k] ?? 0);
      lower[i * size + j] = i === j ? Math.sqrt(sum) : sum / (lower[j * size + j] ?? 1);
    }
  }
  return lower;
}

/** The row w with w L = right, by back substitution. */
function solveLeft(right: Float64Array, lower: Float64Array, size: number): Float64Array {
  const row = Float64Array.from(right);
  for (let j = size - 1; j >= 0; j--) {
    const value = (row[j] ?? 0) / (lower[j * size + j] ?? 1);
    row[j] = value;
    for (let k = 0; k < j; k++) row[k] = (row[k] ?? 0) - value * (lower[j * size + k] ?? 0);
  }
  return row;
}

/** Random rows made orthonormal (modified Gram-Schmidt): [rows, columns]. */
function orthonormalRows(rows: number, columns: number, random: Random): Float64Array {
  const result = Float64Array.from({ length: rows * columns }, () => randomNormal(random));
  for (let i = 0; i < rows; i++) {
    const row = result.subarray(i * columns, (i + 1) * columns);
    for (let j = 0; j < i; j++) {
      const other = result.subarray(j * columns, (j + 1) * columns);
      const dot = row.reduce((sum, value, k) => sum + value * (other[k] ?? 0), 0);
      for (let k = 0; k < columns; k++) row[k] = (row[k] ?? 0) - dot * (other[k] ?? 0);
    }
    const norm = Math.hypot(...row);
    for (let k = 0; k < columns; k++) row[k] = (row[k] ?? 0) / norm;
  }
  return result;
}

function identity(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
}
