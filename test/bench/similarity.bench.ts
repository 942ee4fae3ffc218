/** Similarity: the index of a plant at 200,000 images: recall against brute force, what it takes to add an image and find its near-duplicates, memory, growth. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { createRandom, type Random } from '../../server/maths/random.ts';
import { EMBEDDER, EMBEDDING_DIMENSIONS } from '../../server/modules/images/similarity/embedding-graph.ts';
import { judgeImage } from '../../server/modules/images/similarity/judge-image.ts';
import { openSimilarity, type Similarity } from '../../server/modules/images/similarity/open-similarity.ts';
import { CANDIDATES, NEIGHBOURS } from '../../server/modules/images/similarity/pair-candidates.ts';
import type { SketchPlace } from '../../server/modules/images/similarity/similarity-calls.ts';
import { realDataFolder } from '../support/real-data.ts';
import { summarise } from './kit/percentiles.ts';
import type { BenchOptions, BenchResult } from './kit/run-benches.ts';
import { bruteForce, type MadeVectors, madeVectors } from './similarity/made-vectors.ts';

export const name = 'similarity';
export const about = 'recall@10 of 200,000 embeddings, and p99 of adding an image and finding its near-duplicates';

const FULL = 200_000;
const REAL_CROPS = 2000;
const QUERIES = 1000;
const RECALL_AT = 10;
/** Images that are added one by one and searched for near-duplicates at each size; of these, fewer are also laid on others. */
const ADDED = 1000;
const COMPARED = 100;
const PAGE = 500;
const SEED = 5;
const MAX_PIXELS = 100_000_000;

interface Bench {
  similarity: Similarity;
  place: { folder: string; embedder: string; dimensions: number };
  crops: { place: SketchPlace; hash: Uint8Array }[];
  made: MadeVectors;
  /** All vectors that are in the index, in the order of their numbers less one; and the crop each lies next to. */
  vectors: Float32Array;
  bases: Uint32Array;
  count: number;
}

export async function run({ n = FULL, data = realDataFolder(), report }: BenchOptions): Promise<BenchResult> {
  if (data === undefined) throw new Error('no real data: name its folder with --data');
  const scratch = await mkdtemp(join(tmpdir(), 'lehr-similarity-'));
  try {
    await using similarity = openSimilarity();
    const { crops, real, measureMs } = await embedCrops(similarity, data, scratch);
    report(`${crops.length} crops of real images measured, ${round(measureMs)} ms each`);
    const place = { folder: join(scratch, 'index'), embedder: EMBEDDER, dimensions: EMBEDDING_DIMENSIONS };
    const most = n + 2 * ADDED;
    const bench: Bench = {
      similarity,
      place,
      crops,
      made: madeVectors(real, EMBEDDING_DIMENSIONS, SEED),
      vectors: new Float32Array(most * EMBEDDING_DIMENSIONS),
      bases: new Uint32Array(most),
      count: 0,
    };
    const small = await measureAt(bench, Math.round(n / 10), report);
    const large = await measureAt(bench, n, report);
    await similarity.call('save', { place });
    const { recall, searchMs } = await measureRecall(bench);
    const begin = performance.now();
    await similarity.close();
    await similarity.call('open', { place });
    const reopenMs = performance.now() - begin;
    const growth = (pick: (side: typeof small) => number) => round(pick(large) / pick(small));
    return {
      value: large.addAndFindMs.p99,
      unit: `ms, p99 of adding one image to ${n} and finding its near-duplicates, its measuring left out`,
      ratio: recall,
      against: `brute force over the same ${bench.count} vectors in single precision (recall@${RECALL_AT})`,
      n,
      recall,
      queries: QUERIES,
      dimensions: EMBEDDING_DIMENSIONS,
      embedder: EMBEDDER,
      measureMs: round(measureMs),
      searchMs,
      small,
      large,
      growth: {
        images: [small.images, large.images],
        indexP50: growth((side) => side.indexMs.p50),
        indexP99: growth((side) => side.indexMs.p99),
        addAndFindP50: growth((side) => side.addAndFindMs.p50),
        addAndFindP99: growth((side) => side.addAndFindMs.p99),
      },
      reopenMs: round(reopenMs),
      made: `${crops.length} embeddings of random crops (a third to all of each side, mirrored or not) of the real images of ${SETS.join(', ')}; the rest lies between one of them and one of its ten nearest, moved by noise of length ${round(bench.made.noise)}, half the median distance to the nearest`,
      includes: `index: adding, ${NEIGHBOURS} nearest and perceptual hashes in the process of its own, the way there and back included; addAndFind: also laying ${CANDIDATES} candidates and the ground pairs on the image (${COMPARED} images), sketches from the disk cache`,
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const SETS = ['bottle', 'cookies', 'magnetic-tile'];

async function embedCrops(similarity: Similarity, data: string, scratch: string) {
  const files: string[] = [];
  for (const set of SETS) {
    const folders = [join(data, set, 'train'), join(data, set, 'test')];
    for (const folder of folders) {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      files.push(...entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)));
    }
  }
  if (files.length === 0) throw new Error(`${data}: holds none of ${SETS.join(', ')}`);
  files.sort();
  const random = createRandom(SEED);
  const crops: Bench['crops'] = [];
  const real = new Float32Array(REAL_CROPS * EMBEDDING_DIMENSIONS);
  let spent = 0;
  for (let index = 0; index < REAL_CROPS; index++) {
    const image = join(scratch, `crop-${index}`);
    await crop(files[index % files.length] ?? '', image, random);
    const place = { image, sketch: join(scratch, `sketch-${index}`) };
    const begin = performance.now();
    const [answer] = await similarity.call('measure', { images: [place], maxPixels: MAX_PIXELS });
    spent += performance.now() - begin;
    if (!answer || 'error' in answer) throw new Error(`${image}: ${answer?.error}`);
    crops.push({ place, hash: answer.measured.perceptualHash });
    real.set(answer.measured.vector, index * EMBEDDING_DIMENSIONS);
  }
  return { crops, real, measureMs: spent / REAL_CROPS };
}

async function crop(file: string, into: string, random: Random): Promise<void> {
  const { width = 1, height = 1 } = await sharp(file).metadata();
  const [w, h] = [width, height].map((side) => Math.max(32, Math.round(side * (1 / 3 + (2 / 3) * random())))) as [
    number,
    number,
  ];
  const size = { width: Math.min(w, width), height: Math.min(h, height) };
  const left = Math.floor(random() * (width - size.width + 1));
  const top = Math.floor(random() * (height - size.height + 1));
  await sharp(file)
    .extract({ left, top, ...size })
    .flop(random() < 0.5)
    .jpeg({ quality: 90 })
    .toFile(into);
}

/** Brings the index to `size`, then adds images one by one. */
async function measureAt(bench: Bench, size: number, report: BenchOptions['report']) {
  const begun = performance.now();
  const from = bench.count;
  while (bench.count < size) await extend(bench, Math.min(PAGE, size - bench.count));
  const buildS = (performance.now() - begun) / 1000;
  const indexMs: number[] = [];
  const addAndFindMs: number[] = [];
  for (let turn = 0; turn < ADDED; turn++) {
    const begin = performance.now();
    await extend(bench, 1);
    const found = await neighboursOf(bench, bench.count);
    indexMs.push(performance.now() - begin);
    if (turn >= COMPARED) continue;
    await judgeImage(
      { ...found, grounds: [] },
      (number) => placeOf(bench, number),
      (image, others) => bench.similarity.call('compare', { image, others, maxPixels: MAX_PIXELS }),
    );
    addAndFindMs.push(performance.now() - begin);
  }
  const { rssMb, peakRssMb } = await bench.similarity.call('memory', {});
  const result = {
    images: size,
    buildS: round(buildS),
    builtImages: size - from,
    indexMs: shown(indexMs),
    addAndFindMs: shown(addAndFindMs),
    rssMb: Math.round(rssMb),
    peakRssMb: Math.round(peakRssMb),
  };
  report(`${size}: ${JSON.stringify(result)}`);
  return result;
}

/** Makes vectors and adds them. */
async function extend(bench: Bench, count: number): Promise<void> {
  const { similarity, place, vectors, bases, crops } = bench;
  const from = bench.count;
  for (let index = from; index < from + count; index++) {
    const into = vectors.subarray(index * EMBEDDING_DIMENSIONS, (index + 1) * EMBEDDING_DIMENSIONS);
    bases[index] = bench.made.next(into);
  }
  bench.count += count;
  const indices = Array.from({ length: count }, (_, at) => from + at);
  await similarity.call('extend', {
    place,
    numbers: indices.map((index) => index + 1),
    vectors: vectors.slice(from * EMBEDDING_DIMENSIONS, bench.count * EMBEDDING_DIMENSIONS),
    hashes: indices.map((index) => crops[bases[index] ?? 0]?.hash ?? null),
    last: bench.count,
  });
}

async function neighboursOf(bench: Bench, number: number) {
  const { similarity, place, vectors, bases, crops } = bench;
  const vector = vectors.slice((number - 1) * EMBEDDING_DIMENSIONS, number * EMBEDDING_DIMENSIONS);
  const [nearest = []] = await similarity.call('nearest', { place, vectors: vector, k: NEIGHBOURS + 1 });
  const hash = crops[bases[number - 1] ?? 0]?.hash ?? new Uint8Array(8);
  const [alike = []] = await similarity.call('likeHashes', { place, hashes: [hash], most: CANDIDATES + 1 });
  return {
    place: placeOf(bench, number),
    nearest: nearest.map((neighbour) => neighbour.number).filter((other) => other !== number),
    alike: new Map(alike.filter((other) => other.number !== number).map((other) => [other.number, other.bits])),
  };
}

function placeOf({ crops, bases }: Bench, number: number): SketchPlace {
  return crops[bases[number - 1] ?? 0]?.place ?? { image: '', sketch: '' };
}

/** Of images that are not in the index, made the same way. */
async function measureRecall(bench: Bench) {
  const query = new Float32Array(EMBEDDING_DIMENSIONS);
  const times: number[] = [];
  let hits = 0;
  for (let turn = 0; turn < QUERIES; turn++) {
    bench.made.next(query);
    const begin = performance.now();
    const [found = []] = await bench.similarity.call('nearest', { place: bench.place, vectors: query, k: RECALL_AT });
    times.push(performance.now() - begin);
    const exact = new Set(bruteForce(query, bench.vectors, bench.count, RECALL_AT).map((index) => index + 1));
    hits += found.filter(({ number }) => exact.has(number)).length;
  }
  return { recall: hits / (QUERIES * RECALL_AT), searchMs: shown(times) };
}

function shown(values: readonly number[]) {
  const { p50, p95, p99 } = summarise(values);
  return { p50: round(p50), p95: round(p95), p99: round(p99) };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
