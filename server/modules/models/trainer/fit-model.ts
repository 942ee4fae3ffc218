/** Learns an anomaly model from good images; decides nothing about thresholds. */

import type { ModelInput } from '#schema/model-manifest.ts';
import { prepareImage } from '#schema/prepare-image.ts';
import { type Random, sampleIndices } from '../../../maths/random.ts';
import type { Backbone } from '../../../onnx/backbone.ts';
import { loadModel, type Tensor } from '../../../onnx/load-model.ts';
import { type AnomalyModel, featureGraph, type Memory, mapGraph, type Projection } from './anomaly-graph.ts';
import { selectCoreset } from './coreset.ts';
import { type CellMap, positionStatistics } from './position-statistics.ts';
import type { TrainingOptions } from './training-options.ts';
import { fitWhitening, type Patches, projectPatches } from './whitening.ts';

export interface FitContext {
  backbone: Backbone;
  input: ModelInput;
  options: TrainingOptions;
  random: Random;
  /** 0 … 1 of this fit, with what is being done. */
  onProgress: (share: number, step: string) => void;
}

/** A random projection keeps distances in its first dimensions already, well enough to choose by (Johnson and Lindenstrauss 1984). */
const CHOOSING_DIMENSIONS = 64;
/** Larger than any squared distance: hides a memory entry from the image it came from. */
const HIDDEN = 1e30;

/** Patches of good images and, for each, the index of its image in `paths`. */
export interface GoodPatches {
  paths: readonly string[];
  patches: Patches;
  owners: Int32Array;
}

/** Learns from the images whose patches these are. Looks at each image once more, for what is usual where. */
export async function fitModel({ paths, patches, owners }: GoodPatches, context: FitContext): Promise<AnomalyModel> {
  const { backbone, options, random, onProgress } = context;
  onProgress(0, 'whitening');
  const projection = await fitWhitening(patches, options.dimensions, random);
  const points = await projectPatches(patches, projection);
  onProgress(0.1, 'choosing the memory');
  const isReduced = projection.dimensions < patches.channels;
  const comparedDimensions = isReduced ? CHOOSING_DIMENSIONS : projection.dimensions;
  const choice = { size: options.memory, maxCandidates: options.candidates, comparedDimensions };
  const rows = selectCoreset(points, projection.dimensions, choice, random);
  const memory = gatherMemory(points, rows, projection);
  const memoryOwners = Int32Array.from(rows, (row) => owners[row] ?? -1);
  onProgress(0.4, 'learning what is usual where');
  const base = { backbone, padPx: options.padPx, projection, memory };
  const maps = await mapsWithoutOwnPatches(paths, base, memoryOwners, context);
  return { ...base, position: positionStatistics(maps), topFraction: options.topFraction };
}

/** An image as the graphs take it. The next one is decoded while the current one is being computed. */
export async function* imageTensors(paths: readonly string[], input: ModelInput): AsyncGenerator<Tensor> {
  const prepare = (index: number) => {
    const path = paths[index];
    const prepared = path === undefined ? undefined : prepareImage(path, input);
    // Awaited one step later; without this a damaged file would count as an unhandled rejection meanwhile.
    prepared?.catch(() => undefined);
    return prepared;
  };
  let next = prepare(0);
  for (let index = 0; index < paths.length; index++) {
    const current = await next;
    next = prepare(index + 1);
    if (current) yield { type: 'uint8', data: current.data, dims: [current.height, current.width, 3] };
  }
}

/** Runs the backbone over each image and keeps a random part of its patches, `pooledPatches` in all. */
export async function collectPatches(
  paths: readonly string[],
  { backbone, input, options, random, onProgress }: FitContext,
): Promise<GoodPatches> {
  const channels = backbone.taps.reduce((sum, tap) => sum + tap.channels, 0);
  const perImage = Math.ceil(options.pooledPatches / paths.length);
  const rows: Float32Array[] = [];
  const owners: number[] = [];
  const model = await loadModel(featureGraph(backbone, options.padPx), { intraOpNumThreads: options.threads });
  try {
    let index = 0;
    for await (const image of imageTensors(paths, input)) {
      const { features } = await model.run({ image });
      const data = features?.data ?? new Float32Array();
      const picked = sampleIndices(data.length / channels, perImage, random);
      const own = new Float32Array(picked.length * channels);
      picked.forEach((row, at) => {
        own.set(data.subarray(row * channels, (row + 1) * channels), at * channels);
        owners.push(index);
      });
      rows.push(own);
      onProgress(++index / paths.length, 'looking at good images');
    }
  } finally {
    await model.release();
  }
  const patches: Patches = { data: concatenate(rows), count: owners.length, channels };
  return { paths, patches, owners: Int32Array.from(owners) };
}

/** The patches of those images alone. */
export function patchesOf(all: GoodPatches, isTaken: (path: string, index: number) => boolean): GoodPatches {
  const { channels, data } = all.patches;
  const newIndex = new Map<number, number>();
  const paths = all.paths.filter((path, index) => {
    const taken = isTaken(path, index);
    if (taken) newIndex.set(index, newIndex.size);
    return taken;
  });
  const rows = [...all.owners.keys()].filter((row) => newIndex.has(all.owners[row] ?? -1));
  const kept = new Float32Array(rows.length * channels);
  rows.forEach((row, at) => {
    kept.set(data.subarray(row * channels, (row + 1) * channels), at * channels);
  });
  const owners = Int32Array.from(rows, (row) => newIndex.get(all.owners[row] ?? -1) ?? -1);
  return { paths, patches: { data: kept, count: rows.length, channels }, owners };
}

async function mapsWithoutOwnPatches(
  paths: readonly string[],
  base: Pick<AnomalyModel, 'backbone' | 'padPx' | 'projection' | 'memory'>,
  memoryOwners: Int32Array,
  { input, options, onProgress }: FitContext,
): Promise<CellMap[]> {
  const maps: CellMap[] = [];
  const model = await loadModel(mapGraph(base), { intraOpNumThreads: options.threads });
  try {
    let index = 0;
    for await (const image of imageTensors(paths, input)) {
      const data = Float32Array.from(memoryOwners, (owner) => (owner === index ? HIDDEN : 0));
      const { map } = await model.run({ image, penalty: { type: 'float32', data, dims: [data.length] } });
      const [h = 0, w = 0] = map?.dims ?? [];
      maps.push({ data: map?.data ?? new Float32Array(), h, w });
      onProgress(0.4 + (0.6 * ++index) / paths.length, 'learning what is usual where');
    }
  } finally {
    await model.release();
  }
  return maps;
}

function gatherMemory(points: Float32Array, rows: Int32Array, { dimensions }: Projection): Memory {
  const entries = new Float32Array(rows.length * dimensions);
  rows.forEach((row, at) => {
    entries.set(points.subarray(row * dimensions, (row + 1) * dimensions), at * dimensions);
  });
  return { entries, size: rows.length };
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
