/**
 * The process that does the heavy part: measures images with the backbone, holds the plants' indexes, and lays pictures on
 * each other. Opens no database: what it needs comes with each call. Answers one call after the other, at the lowest
 * priority that still moves: the line and people come first. Ends with its parent.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname } from 'node:path';
import sharp from 'sharp';
import { type LoadedModel, loadModel } from '../../../onnx/load-model.ts';
import { EMBEDDING_INPUT_PX, embeddingGraph } from './embedding-graph.ts';
import { measureImage, readSketch } from './measure-image.ts';
import { type IndexPlace, type PlantIndex, readPlantIndex, savePlantIndex } from './plant-index.ts';
import type { Answer, CallName, Calls, MeasuredImage, Request, SketchPlace } from './similarity-calls.ts';
import { type PreparedSketch, prepareSketch, SKETCH_PX, sketchLikeness } from './sketch-likeness.ts';

const NICENESS = 10;
/** Plants whose index is in memory, and prepared pictures (about 0.5 MB each). */
const OPEN_PLANTS = 4;
const PREPARED = 200;
const SCALE_NEIGHBOURS = 10;

setPriority(NICENESS);
sharp.cache(false);
sharp.concurrency(1);
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());

const indexes = new Map<string, PlantIndex>();
const prepared = new Map<string, PreparedSketch>();
let embedder: Promise<LoadedModel> | undefined;

const calls: { [Name in CallName]: (ask: Calls[Name]['ask']) => Promise<Calls[Name]['answer']> } = {
  async measure({ images, maxPixels }) {
    const answers: Calls['measure']['answer'] = [];
    for (const image of images) {
      try {
        answers.push({ measured: await measure(image, maxPixels) });
      } catch (error) {
        answers.push({ error: error instanceof Error ? error.message : String(error) });
      }
    }
    return answers;
  },
  async open({ place }) {
    const { last, vectors } = indexOf(place);
    return { last, size: vectors.size };
  },
  async extend({ place, numbers, vectors, hashes, last }) {
    const index = indexOf(place);
    index.vectors.add(numbers, vectors);
    for (const [at, number] of numbers.entries()) {
      const hash = hashes[at];
      if (hash) index.hashes.add(number, hash);
    }
    index.last = Math.max(index.last, last);
    return { size: index.vectors.size };
  },
  async forget({ place, numbers }) {
    const index = indexOf(place);
    for (const number of numbers) {
      index.vectors.remove(number);
      index.hashes.remove(number);
    }
    return null;
  },
  async save({ place }) {
    savePlantIndex(place, indexOf(place));
    return null;
  },
  nearest: async ({ place, vectors, k }) => indexOf(place).vectors.search(vectors, k),
  likeHashes: async ({ place, hashes, most }) => hashes.map((hash) => indexOf(place).hashes.find(hash, most)),
  async scale({ place, sample }) {
    const index = indexOf(place);
    const { size } = index.vectors;
    const isKnown = index.scale && size <= 1.1 * index.scale.size && size >= 0.9 * index.scale.size;
    if (!isKnown) {
      if (!sample) return null;
      const found = index.vectors.search(sample, SCALE_NEIGHBOURS + 1);
      const means = found.map((neighbours) => mean(neighbours.slice(1).map(({ likeness }) => distanceOf(likeness))));
      const sorted = means.toSorted((a, b) => a - b);
      index.scale = { distance: sorted[sorted.length >> 1] ?? 0, size };
    }
    return index.scale?.distance ?? null;
  },
  async compare({ image, others, maxPixels }) {
    const one = await sketchOf(image, maxPixels);
    const answers: (number | null)[] = [];
    for (const place of others) {
      const other = one && (await sketchOf(place, maxPixels));
      answers.push(one && other ? (sketchLikeness(one, other) ?? 0) : null);
    }
    return answers;
  },
  async memory() {
    const { maxRSS } = process.resourceUsage();
    return { rssMb: process.memoryUsage().rss / 2 ** 20, peakRssMb: maxRSS / 1024 };
  },
};

async function measure(place: SketchPlace, maxPixels: number): Promise<MeasuredImage> {
  const { pixelHash, perceptualHash, quality, sketch, planes } = await measureImage(place.image, maxPixels);
  keepSketch(place.sketch, sketch);
  embedder ??= loadModel(embeddingGraph(), { intraOpNumThreads: 1 });
  const dims = [1, 3, EMBEDDING_INPUT_PX, EMBEDDING_INPUT_PX];
  const { vector } = await (await embedder).run({ image: { type: 'float32', data: planes, dims } });
  if (!vector) throw new Error('the backbone gave no vector');
  return { pixelHash, perceptualHash, quality, vector: vector.data };
}

/** Undefined where the image is gone. */
async function sketchOf(place: SketchPlace, maxPixels: number): Promise<PreparedSketch | undefined> {
  const known = prepared.get(place.sketch);
  if (known) {
    prepared.delete(place.sketch);
    prepared.set(place.sketch, known);
    return known;
  }
  let luminance: Uint8Array | undefined;
  try {
    luminance = readFileSync(place.sketch);
  } catch {
    luminance = await readSketch(place.image, maxPixels).catch(() => undefined);
    if (luminance) keepSketch(place.sketch, luminance);
  }
  if (luminance?.length !== SKETCH_PX * SKETCH_PX) return undefined;
  const made = prepareSketch(luminance);
  prepared.set(place.sketch, made);
  const [oldest] = prepared.keys();
  if (prepared.size > PREPARED && oldest !== undefined) prepared.delete(oldest);
  return made;
}

/** It can be made again, so one that cannot be kept is no fault of the image. */
function keepSketch(path: string, luminance: Uint8Array): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.${process.pid}`, luminance);
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    // the image is read again when it is compared
  }
}

/** The least recently used is let go; it was saved, or is read from the database again. */
function indexOf(place: IndexPlace): PlantIndex {
  const index = indexes.get(place.folder) ?? readPlantIndex(place);
  indexes.delete(place.folder);
  indexes.set(place.folder, index);
  const [oldest] = indexes.keys();
  if (indexes.size > OPEN_PLANTS && oldest !== undefined) indexes.delete(oldest);
  return index;
}

function distanceOf(likeness: number): number {
  return Math.sqrt(Math.max(0, 2 - 2 * likeness));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
}

let queue = Promise.resolve();
process.on('message', (request: Request) => {
  queue = queue.then(async () => {
    let answer: Answer;
    try {
      const call = calls[request.name] as (ask: unknown) => Promise<unknown>;
      answer = { id: request.id, answer: await call(request.ask) };
    } catch (error) {
      answer = { id: request.id, error: error instanceof Error ? error.message : String(error) };
    }
    process.send?.(answer);
  });
});
