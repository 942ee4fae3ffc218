/** Trains on a data set's good images and scores its test images as the product would. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { type AnomalyDataset, readAnomalyDataset, type TestImage } from './anomaly-dataset.ts';
import { CELL_PX } from './anomaly-graph.ts';
import { median } from './calibration.ts';
import { auroc, createPixelCounter, type PixelCounter, recallAt } from './detection-metrics.ts';
import { type ImageScore, openScorer } from './open-scorer.ts';
import { type OnTrainingProgress, type RunTrainingOptions, runTraining, type TrainingResult } from './run-training.ts';
import type { TrainingJobInput } from './training-job.ts';

export interface Evaluation {
  imageAuroc: number;
  /** Share of defects found when 5 % of the good test images are rejected. */
  recallAt5: number;
  /** Over all pixels of images whose truth is known; null without masks. */
  pixelAuroc: number | null;
  /** Distance at which the model rejects, set from good training images alone. */
  threshold: number;
  /** Share of good test images at or above it. */
  falseRejectRate: number;
  /** Training and scoring together. */
  seconds: number;
  /** Median of preparing and scoring one image on one thread. */
  msPerImage: number;
  peakRssMb: number;
  seed: number;
  /** Figures with labelled defects: not part of this trainer. */
  supervised: null;
}

export interface ScoredImage {
  sha256: string;
  className: string;
  distance: number;
  score: number;
}

export interface EvaluationRun {
  evaluation: Evaluation;
  /** Share of defects at or above the model's own threshold. */
  recall: number;
  scores: ScoredImage[];
  training: TrainingResult;
  graphMs: number;
}

export interface EvaluateOptions {
  folder: string;
  seed: number;
  falseRejectTarget: number;
  options?: TrainingJobInput['options'];
  onProgress?: OnTrainingProgress;
  signal?: AbortSignal;
}

/** What is kept of each image: maps of thousands of images would not fit. */
type Figures = Omit<ImageScore, 'anomalyMap'>;

/** Labels and masks are looked at only after every score is there. Throws when the folder is no data set. */
export async function evaluateDataset({
  folder,
  seed,
  falseRejectTarget,
  options,
  onProgress,
  signal,
}: EvaluateOptions): Promise<EvaluationRun> {
  const started = performance.now();
  const watch = { ...(onProgress && { onProgress }), ...(signal && { signal }) };
  const dataset = await readAnomalyDataset(folder);
  const workFolder = await mkdtemp(join(tmpdir(), 'lehr-evaluate-'));
  try {
    const output = join(workFolder, 'model.onnx');
    const images = dataset.trainGood.map((path) => ({ path }));
    const training = await runTraining({ images, seed, falseRejectTarget, output, options }, watch);
    const { scored, pixelAuroc, peakRssMb } = await scoreTest(output, dataset, watch);

    const part = (isGood: boolean) =>
      scored.filter(({ image }) => (image.className === 'good') === isGood).map(({ result }) => result);
    const [good, defects] = [part(true), part(false)];
    const distances = (results: Figures[]) => results.map(({ distance }) => distance);
    const rejected = (results: Figures[]) =>
      results.filter(({ score }) => score >= training.manifest.thresholds.reject).length / results.length;
    return {
      evaluation: {
        imageAuroc: auroc(distances(defects), distances(good)),
        recallAt5: recallAt(0.05, distances(defects), distances(good)),
        pixelAuroc,
        threshold: training.manifest.calibration.distanceAtReject,
        falseRejectRate: rejected(good),
        seconds: (performance.now() - started) / 1000,
        msPerImage: median(scored.map(({ result }) => result.prepareMs + result.graphMs)),
        peakRssMb: Math.max(training.metrics.peakRssMb, peakRssMb, process.resourceUsage().maxRSS / 1024),
        seed,
        supervised: null,
      },
      recall: rejected(defects),
      scores: scored.map(({ image, result }) => ({
        sha256: image.sha256,
        className: image.className,
        distance: result.distance,
        score: result.score,
      })),
      training,
      graphMs: median(scored.map(({ result }) => result.graphMs)),
    };
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function scoreTest(
  model: string,
  { test }: AnomalyDataset,
  { onProgress, signal }: Pick<RunTrainingOptions, 'onProgress' | 'signal'>,
) {
  await using scorer = await openScorer(model);
  const pixels = createPixelCounter();
  const hasMasks = test.some((image) => image.mask);
  const scored: { image: TestImage; result: Figures }[] = [];
  for (const image of test) {
    signal?.throwIfAborted();
    const { anomalyMap, ...result } = await scorer.score(image.path);
    scored.push({ image, result });
    if (hasMasks) await countPixels(image, { ...result, anomalyMap }, pixels);
    onProgress?.(scored.length / test.length, 'scoring test images');
  }
  return { scored, pixelAuroc: pixels.auroc(), peakRssMb: scorer.peakRssMb() };
}

/** Compares the map, bilinear at each pixel of the original image, with the mask. Defective images without one are left out. */
async function countPixels(
  { path, className, mask }: TestImage,
  result: ImageScore,
  pixels: PixelCounter,
): Promise<void> {
  if (!mask && className !== 'good') return;
  const { data, info } = await sharp(mask ?? path)
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const columns = cellWeights(info.width, result.width, result.anomalyMap.w);
  const rows = cellWeights(info.height, result.height, result.anomalyMap.h);
  const map = result.anomalyMap.data;
  const w = result.anomalyMap.w;
  rows.forEach((row, y) => {
    columns.forEach((column, x) => {
      const upper = mix(map[row.low * w + column.low], map[row.low * w + column.high], column.share);
      const lower = mix(map[row.high * w + column.low], map[row.high * w + column.high], column.share);
      pixels.add(mix(upper, lower, row.share), mask !== undefined && (data[y * info.width + x] ?? 0) > 127);
    });
  });
}

function cellWeights(originalPx: number, scaledPx: number, cells: number) {
  return Array.from({ length: originalPx }, (_, at) => {
    const inCells = ((at + 0.5) * scaledPx) / originalPx / CELL_PX - 0.5;
    const position = Math.min(Math.max(inCells, 0), cells - 1);
    const low = Math.floor(position);
    return { low, high: Math.min(low + 1, cells - 1), share: position - low };
  });
}

function mix(a = 0, b = 0, share = 0): number {
  return a + (b - a) * share;
}
