/**
 * The graphs of the anomaly model. All three begin with the same nodes (padding, normalisation, backbone), so that what
 * is learnt from the first is what the last one computes. Cells are 8 × 8 px of the unpadded input, row-major.
 */
import type { Backbone } from '../../../onnx/backbone.ts';
import { createGraphBuilder, type GraphBuilder } from '../../../onnx/onnx-builder.ts';

export const CELL_PX = 8;
/** The backbone halves its input five times at most; a multiple of 32 keeps every tap on the cell grid. */
const ALIGN_PX = 32;
/** Memory entries per matrix product: bounds the product's size at patches × 256, see `MAX_INPUT_PX`. */
const MEMORY_CHUNK = 256;
/** Largest product of one MatMul, in elements (beyond it onnxruntime's speed and memory collapse). */
const MAX_PRODUCT = 4_000_000;
/** Most pixels an input may have, after scaling, to keep every product within `MAX_PRODUCT`. */
export const MAX_INPUT_PX = Math.floor(MAX_PRODUCT / MEMORY_CHUNK) * CELL_PX * CELL_PX;
/** Side of the grid of relative positions that the normalisation keeps statistics for. */
export const POSITION_GRID = 24;

export interface Projection {
  /** Dimensions of a projected patch. */
  dimensions: number;
  /** [dimensions, channels of all taps], row-major, taps in the backbone's order. */
  weights: Float32Array;
  /** [dimensions], added after the weights. */
  offset: Float32Array;
}

export interface Memory {
  /** [size, dimensions], row-major. */
  entries: Float32Array;
  size: number;
}

/** What is usual at each relative position of a good image; both [POSITION_GRID, POSITION_GRID]. */
export interface PositionStatistics {
  mean: Float32Array;
  inverseDeviation: Float32Array;
}

export interface Calibration {
  distanceAtReject: number;
  distanceScale: number;
}

export interface AnomalyModel {
  backbone: Backbone;
  padPx: number;
  projection: Projection;
  memory: Memory;
  position: PositionStatistics;
  /** The image's distance is the mean of this share of its cells, the highest ones. */
  topFraction: number;
}

/** image → `features` [cells, channels of all taps]: what whitening and memory are learnt from. */
export function featureGraph(backbone: Backbone, padPx: number): Uint8Array {
  const graph = createGraphBuilder();
  const { taps, size } = appendBackbone(graph, backbone, padPx);
  const grid = taps.map(({ pooled, stride }) => (stride === 16 ? upsample(graph, pooled) : pooled));
  const joined = graph.op('Concat', grid, { axis: 1 });
  const channels = backbone.taps.reduce((sum, tap) => sum + tap.channels, 0);
  graph.output('features', appendCells(graph, joined, channels, size, padPx), ['cells', channels]);
  return graph.build('lehr-features');
}

/**
 * image, penalty [memory size] → `map` [h, w]: distance to the nearest memory entry before any normalisation. A penalty
 * of 1e30 hides an entry: that is how a good image is scored by a memory without its own patches.
 */
export function mapGraph(model: Pick<AnomalyModel, 'backbone' | 'padPx' | 'projection' | 'memory'>): Uint8Array {
  const graph = createGraphBuilder();
  const penalty = graph.input('penalty', 'float', [model.memory.size]);
  const { map } = appendDistance(graph, model, penalty);
  graph.output('map', map, ['h', 'w']);
  return graph.build('lehr-map');
}

/** image → `score` [1], `distance` [1], `anomaly_map` [h, w]: the artifact. */
export function anomalyGraph(
  model: AnomalyModel,
  calibration: Calibration,
  metadata: Record<string, string> = {},
): Uint8Array {
  const graph = createGraphBuilder();
  const { map, size } = appendDistance(graph, model);
  const usual = positionMap(graph, model.position.mean, size);
  const inverse = positionMap(graph, model.position.inverseDeviation, size);
  const normalised = graph.op('Mul', [graph.op('Sub', [map, usual]), inverse]);
  const distance = appendTopMean(graph, normalised, model.topFraction);
  graph.output('score', appendScore(graph, distance, calibration), [1]);
  graph.output('distance', distance, [1]);
  graph.output('anomaly_map', appendScore(graph, normalised, calibration), ['h', 'w']);
  return graph.build('lehr-anomaly', metadata);
}

interface InputSize {
  /** Cells per column and row, int64 [1] each. */
  h: string;
  w: string;
}

function appendBackbone(graph: GraphBuilder, backbone: Backbone, padPx: number) {
  const image = graph.input('image', 'uint8', ['H', 'W', 3]);
  const shape = graph.op('Shape', [image]);
  const side = (axis: number) =>
    graph.op('Slice', [shape, graph.ints([axis]), graph.ints([axis + 1]), graph.ints([0])]);
  const [height, width] = [side(0), side(1)];
  const rows = graph.op('Gather', [image, mirroredIndices(graph, height, padPx)], { axis: 0 });
  const padded = graph.op('Gather', [rows, mirroredIndices(graph, width, padPx)], { axis: 1 });
  const planes = graph.op('Transpose', [padded], { perm: [2, 0, 1] });
  const batch = graph.op('Unsqueeze', [graph.op('Cast', [planes], { to: 1 })], { axes: [0] });
  const gain = backbone.deviation.map((deviation) => 1 / (255 * deviation));
  const offset = backbone.mean.map((mean, channel) => -mean / (backbone.deviation[channel] ?? 1));
  const scaled = graph.op('Mul', [batch, graph.floats(gain, [1, 3, 1, 1])]);
  graph.op('Add', [scaled, graph.floats(offset, [1, 3, 1, 1])], {}, [backbone.input]);
  graph.append(backbone.nodes);

  const pool = (tensor: string, side: number, stride: number) => {
    const pads = side === 3 ? [1, 1, 1, 1] : [0, 0, 0, 0];
    return graph.op('AveragePool', [tensor], { kernel_shape: [side, side], strides: [stride, stride], pads });
  };
  const taps = backbone.taps.map(({ tensor, channels, stride }) => ({
    pooled: pool(stride === 4 ? pool(tensor, 2, 2) : tensor, 3, 1),
    channels,
    stride,
  }));
  const cells = (pixels: string) => {
    const rounded = graph.op('Add', [pixels, graph.ints([CELL_PX - 1])]);
    return graph.op('Div', [rounded, graph.ints([CELL_PX])]);
  };
  return { taps, size: { h: cells(height), w: cells(width) } };
}

/** For each padded row (or column) the one it shows: mirrored as often as needed, so that no input is too small. */
function mirroredIndices(graph: GraphBuilder, length: string, padPx: number): string {
  const one = graph.ints([1]);
  const last = graph.op('Sub', [length, one]);
  const rounded = graph.op('Add', [length, graph.ints([2 * padPx + ALIGN_PX - 1])]);
  const align = graph.ints([ALIGN_PX]);
  const padded = graph.op('Mul', [graph.op('Div', [rounded, align]), align]);
  const scalar = (vector: string) => graph.op('Squeeze', [vector], { axes: [0] });
  const steps = graph.op('Range', [graph.ints([0], []), scalar(padded), graph.ints([1], [])]);
  const shifted = graph.op('Sub', [steps, graph.ints([padPx])]);
  const period = graph.op('Mod', [shifted, graph.op('Mul', [last, graph.ints([2])])]);
  return graph.op('Sub', [last, graph.op('Abs', [graph.op('Sub', [period, last])])]);
}

function upsample(graph: GraphBuilder, tensor: string): string {
  const mode = { mode: 'linear', coordinate_transformation_mode: 'half_pixel' };
  return graph.op('Resize', [tensor, graph.floats([], [0]), graph.floats([1, 1, 2, 2], [4])], mode);
}

/** [1, channels, padded rows, padded columns] → [cells, channels], padding cut off. */
function appendCells(graph: GraphBuilder, tensor: string, channels: number, size: InputSize, padPx: number): string {
  const skip = padPx / CELL_PX;
  const skipped = graph.ints([skip]);
  const ends = graph.op('Concat', [graph.op('Add', [size.h, skipped]), graph.op('Add', [size.w, skipped])], {
    axis: 0,
  });
  const cut = graph.op('Slice', [tensor, graph.ints([skip, skip]), ends, graph.ints([2, 3])]);
  const columns = graph.op('Reshape', [cut, graph.ints([channels, -1])]);
  return graph.op('Transpose', [columns], { perm: [1, 0] });
}

/**
 * Projects each tap at its own resolution (all of it is linear, so the order does not matter) and takes the Euclidean
 * distance to the nearest memory entry: ‖z − m‖² = ‖z‖² − 2 (z·m − ‖m‖² / 2), at least 0 before the root.
 */
function appendDistance(
  graph: GraphBuilder,
  { backbone, padPx, projection, memory }: Pick<AnomalyModel, 'backbone' | 'padPx' | 'projection' | 'memory'>,
  penalty?: string,
) {
  const { taps, size } = appendBackbone(graph, backbone, padPx);
  const { dimensions, weights, offset } = projection;
  const channelsOfAll = taps.reduce((sum, tap) => sum + tap.channels, 0);
  let first = 0;
  let projected = '';
  for (const { pooled, channels, stride } of taps) {
    const from = first;
    const part = new Float32Array(dimensions * channels);
    for (let row = 0; row < dimensions; row++) {
      const start = row * channelsOfAll + from;
      part.set(weights.subarray(start, start + channels), row * channels);
    }
    const inputs = [pooled, graph.floats(part, [dimensions, channels, 1, 1])];
    if (first === 0) inputs.push(graph.floats(offset, [dimensions]));
    const conv = graph.op('Conv', inputs, { kernel_shape: [1, 1] });
    const onGrid = stride === 16 ? upsample(graph, conv) : conv;
    projected = projected ? graph.op('Add', [projected, onGrid]) : onGrid;
    first += channels;
  }
  const patches = appendCells(graph, projected, dimensions, size, padPx);

  let best = '';
  for (let start = 0; start < memory.size; start += MEMORY_CHUNK) {
    const end = Math.min(start + MEMORY_CHUNK, memory.size);
    const product = appendProducts(graph, patches, memory, dimensions, start, end, penalty);
    const nearest = graph.op('ReduceMax', [product], { axes: [1], keepdims: 0 });
    best = best ? graph.op('Max', [best, nearest]) : nearest;
  }
  const norms = graph.op('ReduceSumSquare', [patches], { axes: [1], keepdims: 0 });
  const squared = graph.op('Sub', [norms, graph.op('Mul', [best, graph.floats([2], [])])]);
  const distances = graph.op('Sqrt', [graph.op('Max', [squared, graph.floats([0], [])])]);
  const shape = graph.op('Concat', [size.h, size.w], { axis: 0 });
  return { map: graph.op('Reshape', [distances, shape]), size };
}

/** z·m − ‖m‖² / 2 − penalty for the entries from start to end: [cells, end − start]. */
function appendProducts(
  graph: GraphBuilder,
  patches: string,
  { entries }: Memory,
  dimensions: number,
  start: number,
  end: number,
  penalty?: string,
): string {
  const part = entries.subarray(start * dimensions, end * dimensions);
  const count = end - start;
  const transposed = new Float32Array(part.length);
  const halfNorms = new Float32Array(count);
  for (let entry = 0; entry < count; entry++) {
    let sum = 0;
    for (let k = 0; k < dimensions; k++) {
      const value = part[entry * dimensions + k] ?? 0;
      transposed[k * count + entry] = value;
      sum += value * value;
    }
    halfNorms[entry] = -sum / 2;
  }
  const bias = graph.floats(halfNorms, [count]);
  const inputs = [patches, graph.floats(transposed, [dimensions, count]), bias];
  if (penalty) {
    const own = graph.op('Slice', [penalty, graph.ints([start]), graph.ints([end]), graph.ints([0])]);
    inputs[2] = graph.op('Sub', [bias, own]);
  }
  return graph.op('Gemm', inputs);
}

function positionMap(graph: GraphBuilder, statistics: Float32Array, size: InputSize): string {
  const grid = graph.floats(statistics, [1, 1, POSITION_GRID, POSITION_GRID]);
  const sizes = graph.op('Concat', [graph.ints([1, 1]), size.h, size.w], { axis: 0 });
  const mode = { mode: 'linear', coordinate_transformation_mode: 'half_pixel' };
  // At opset 11 region and scales are not optional; empty ones stand for "none".
  const none = graph.floats([], [0]);
  return graph.op('Squeeze', [graph.op('Resize', [grid, none, none, sizes], mode)], { axes: [0, 1] });
}

function appendTopMean(graph: GraphBuilder, map: string, fraction: number): string {
  const flat = graph.op('Reshape', [map, graph.ints([-1])]);
  const cells = graph.op('Cast', [graph.op('Shape', [flat])], { to: 1 });
  const share = graph.op('Ceil', [graph.op('Mul', [cells, graph.floats([fraction], [1])])]);
  const top = graph.op('TopK', [flat, graph.op('Cast', [share], { to: 7 })], { axis: 0 }, [
    `${flat}.top`,
    `${flat}.at`,
  ]);
  return graph.op('ReduceMean', [top], { axes: [0], keepdims: 1 });
}

/**
 * 0 … 1 with 0.5 exactly at the threshold: ½ + ½ x / √(1 + x²) with x in units of typical good to threshold. Algebraic
 * rather than logistic, so that far-out distances keep their order in float32.
 */
function appendScore(graph: GraphBuilder, distance: string, { distanceAtReject, distanceScale }: Calibration): string {
  const over = graph.op('Sub', [distance, graph.floats([distanceAtReject], [1])]);
  const x = graph.op('Div', [over, graph.floats([distanceScale], [1])]);
  const root = graph.op('Sqrt', [graph.op('Add', [graph.op('Mul', [x, x]), graph.floats([1], [1])])]);
  const half = graph.floats([0.5], [1]);
  return graph.op('Add', [graph.op('Mul', [graph.op('Div', [x, root]), half]), half]);
}
