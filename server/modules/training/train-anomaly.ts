/**
 * From good images to the artifact. Where there are enough of them, some are held out and the threshold comes from the
 * final graph's own scores of these, with a promise; with fewer, from cross-fitted scores, as a best estimate.
 */
import { MANIFEST_KEY, type ModelInput, type ModelManifest } from '#schema/model-manifest.ts';
import { type AnomalyModel, anomalyGraph, type Calibration } from './anomaly-graph.ts';
import { type Backbone, readBackbone } from './backbone.ts';
import { estimatedThreshold, imagesForPromise, median, promisedRank } from './calibration.ts';
import { fitModel, imageTensors } from './fit-model.ts';
import { chooseInput, readGoodImages } from './good-images.ts';
import { loadModel } from './load-model.ts';
import { createRandom, type Random, shuffled } from './random.ts';
import type { TrainingJob, TrainingMetrics } from './training-job.ts';

/** Images that the model itself needs before others are spared for the promise. */
const MIN_FIT_IMAGES = 40;
/** Share of the images held out where there are more than enough: more of them move the threshold closer to the target. */
const HELD_OUT_SHARE = 1 / 3;
/** How far above the threshold image's own distance the threshold lies, in units of the scale: that image still passes. */
const ABOVE_ORDER_STATISTIC = 1e-4;
const UNCALIBRATED: Calibration = { distanceAtReject: 0, distanceScale: 1 };

export interface TrainedModel {
  file: Uint8Array;
  manifest: ModelManifest;
  metrics: TrainingMetrics;
}

type OnProgress = (progress: number, step: string) => void;

interface Run {
  job: TrainingJob;
  backbone: Backbone;
  input: ModelInput;
  random: Random;
  onProgress: OnProgress;
}

interface Calibrated {
  model: AnomalyModel;
  method: ModelManifest['calibration']['method'];
  distances: number[];
  /** Largest distance that is still good. */
  limit: number;
}

/** Throws when images are damaged, changed, too few or all the same; the message names the file and the remedy. */
export async function trainAnomaly(job: TrainingJob, onProgress: OnProgress): Promise<TrainedModel> {
  const started = performance.now();
  const { images, duplicates } = await readGoodImages(job.images);
  const input = chooseInput(images, job.options.sidePx);
  const random = createRandom(job.seed);
  const backbone = readBackbone(job.options.strides);
  const run: Run = { job, backbone, input, random, onProgress };

  const paths = shuffled(images, random).map((image) => image.path);
  const needed = imagesForPromise(job.falseRejectTarget, job.confidence);
  const missing = Math.max(0, needed + MIN_FIT_IMAGES - paths.length);
  const heldOut = Math.max(needed, Math.floor(paths.length * HELD_OUT_SHARE));
  const calibrated =
    missing === 0 ? await calibrateHeldOut(paths, heldOut, run) : await calibrateCrossFitted(paths, run);

  const { model, distances, limit } = calibrated;
  const middle = median(distances);
  const distanceScale = Math.max(limit - middle, 1e-3);
  const calibration: Calibration = { distanceAtReject: limit + ABOVE_ORDER_STATISTIC * distanceScale, distanceScale };
  const uncertainLimit = Math.min(estimatedThreshold(distances, Math.min(2 * job.falseRejectTarget, 0.5)), limit);
  const manifest: ModelManifest = {
    format: 1,
    kind: 'anomaly',
    input,
    thresholds: { reject: 0.5, uncertain: calibratedScore(uncertainLimit, calibration), outline: 0.5 },
    calibration: {
      method: calibrated.method,
      falseRejectTarget: job.falseRejectTarget,
      confidence: job.confidence,
      images: distances.length,
      imagesMissing: missing,
      ...calibration,
    },
    training: {
      seed: job.seed,
      backbone: { package: backbone.package, version: backbone.version, sha256: backbone.sha256 },
      images: images.length,
      memory: model.memory.size,
      parameters: { ...job.options, strides: job.options.strides.join(',') },
    },
    producer: 'lehr built-in trainer',
  };
  const file = anomalyGraph(model, calibration, { [MANIFEST_KEY]: JSON.stringify(manifest) });
  await checkArtifact(file, paths, calibrated, calibration, run);

  const metrics: TrainingMetrics = {
    seconds: (performance.now() - started) / 1000,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    images: images.length,
    duplicates,
    medianDistance: middle,
    largestDistance: Math.max(...distances),
  };
  return { file, manifest, metrics };
}

/** The same formula as in the graph. */
export function calibratedScore(distance: number, { distanceAtReject, distanceScale }: Calibration): number {
  const x = (distance - distanceAtReject) / distanceScale;
  return 0.5 + (0.5 * x) / Math.sqrt(1 + x * x);
}

/** The last `heldOut` of the shuffled images take no part in the fit. */
async function calibrateHeldOut(paths: readonly string[], heldOut: number, run: Run): Promise<Calibrated> {
  const { falseRejectTarget, confidence } = run.job;
  const model = await fitPart(paths.slice(0, -heldOut), run, 0, 0.8);
  const distances = await scoreAll(model, paths.slice(-heldOut), run, 0.8, 0.98);
  const rank = promisedRank(heldOut, falseRejectTarget, confidence);
  if (rank === undefined) throw new Error(`falseRejectTarget: ${heldOut} images cannot promise ${falseRejectTarget}`);
  const limit = distances.toSorted((a, b) => a - b)[rank - 1] ?? 0;
  return { model, method: 'order-statistic', distances, limit };
}

async function calibrateCrossFitted(paths: readonly string[], run: Run): Promise<Calibrated> {
  const folds = Math.min(run.job.options.folds, paths.length);
  const share = 0.98 / (folds + 1);
  const distances: number[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const isHeldOut = (_: string, index: number) => index % folds === fold;
    const from = fold * share;
    const rest = paths.filter((path, index) => !isHeldOut(path, index));
    const model = await fitPart(rest, run, from, from + 0.8 * share);
    distances.push(...(await scoreAll(model, paths.filter(isHeldOut), run, from + 0.8 * share, from + share)));
  }
  const model = await fitPart(paths, run, folds * share, 0.98);
  return { model, method: 'out-of-fold', distances, limit: estimatedThreshold(distances, run.job.falseRejectTarget) };
}

function fitPart(paths: readonly string[], run: Run, from: number, to: number): Promise<AnomalyModel> {
  const onProgress = (share: number, step: string) => run.onProgress(from + share * (to - from), step);
  return fitModel(paths, { ...run, options: run.job.options, onProgress });
}

/** Distances by the very graph that goes into the artifact. */
async function scoreAll(model: AnomalyModel, paths: readonly string[], run: Run, from: number, to: number) {
  const graph = await loadModel(anomalyGraph(model, UNCALIBRATED), { intraOpNumThreads: run.job.options.threads });
  const distances: number[] = [];
  try {
    for await (const image of imageTensors(paths, run.input)) {
      const { distance } = await graph.run({ image });
      distances.push(distance?.data[0] ?? Number.NaN);
      run.onProgress(from + (distances.length / paths.length) * (to - from), 'scoring held-out images');
    }
  } finally {
    await graph.release();
  }
  return distances;
}

/** The finished file must load and, where it was calibrated itself, repeat the distance that it was calibrated on. */
async function checkArtifact(
  file: Uint8Array,
  paths: readonly string[],
  { method, distances }: Calibrated,
  calibration: Calibration,
  { input, job }: Run,
): Promise<void> {
  const graph = await loadModel(file, { intraOpNumThreads: job.options.threads });
  try {
    for await (const image of imageTensors(paths.slice(-1), input)) {
      const { distance, score } = await graph.run({ image });
      const found = distance?.data[0] ?? Number.NaN;
      const expected = method === 'order-statistic' ? (distances.at(-1) ?? Number.NaN) : found;
      const isScored = Math.abs((score?.data[0] ?? Number.NaN) - calibratedScore(found, calibration)) < 1e-4;
      if (!Number.isFinite(found) || found !== expected || !isScored) {
        throw new Error(`artifact: gives distance ${found} instead of ${expected}; this is a fault of the trainer`);
      }
    }
  } finally {
    await graph.release();
  }
}
