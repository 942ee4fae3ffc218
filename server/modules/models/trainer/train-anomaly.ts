/**
 * From good images to the artifact. Where there are enough of them, some are held out and the threshold comes from the
 * final graph's own scores of these, with a promise; with fewer, from cross-fitted scores, as a best estimate.
 */
import { MANIFEST_KEY, type ModelInput, type ModelManifest } from '#schema/model-manifest.ts';
import { createRandom, type Random, shuffled } from '../../../maths/random.ts';
import { type Backbone, readBackbone } from '../../../onnx/backbone.ts';
import { loadModel } from '../../../onnx/load-model.ts';
import { type AnomalyModel, anomalyGraph, type Calibration } from './anomaly-graph.ts';
import { estimatedThreshold, imagesForPromise, imagesToHoldOut, median, promisedRank } from './calibration.ts';
import { collectPatches, type FitContext, fitModel, imageTensors, patchesOf } from './fit-model.ts';
import { chooseInput, readGoodImages } from './good-images.ts';
import type { TrainingJob, TrainingMetrics } from './training-job.ts';

/** Images that the model itself needs before others are spared for the promise. */
const MIN_FIT_IMAGES = 40;
/** Largest share of the images held out where there are more than enough. */
const HELD_OUT_SHARE = 0.45;
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
  const mostHeldOut = Math.min(Math.floor(paths.length * HELD_OUT_SHARE), paths.length - MIN_FIT_IMAGES);
  const heldOut = imagesToHoldOut(needed, mostHeldOut, job.falseRejectTarget, job.confidence);
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
  const patches = await collectPatches(paths.slice(0, -heldOut), context(run, 0, 0.3));
  const model = await fitModel(patches, context(run, 0.3, 0.8));
  const distances = await scoreAll(model, paths.slice(-heldOut), context(run, 0.8, 0.98));
  const rank = promisedRank(heldOut, falseRejectTarget, confidence);
  if (rank === undefined) throw new Error(`falseRejectTarget: ${heldOut} images cannot promise ${falseRejectTarget}`);
  const limit = distances.toSorted((a, b) => a - b)[rank - 1] ?? 0;
  return { model, method: 'order-statistic', distances, limit };
}

/** Every image is scored by a model that was fitted without it; the final model is fitted on all. */
async function calibrateCrossFitted(paths: readonly string[], run: Run): Promise<Calibrated> {
  const folds = Math.min(run.job.options.folds, paths.length);
  const patches = await collectPatches(paths, context(run, 0, 0.1));
  const share = 0.88 / (folds + 1);
  const distances: number[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const isHeldOut = (_: string, index: number) => index % folds === fold;
    const from = 0.1 + fold * share;
    const rest = patchesOf(patches, (path, index) => !isHeldOut(path, index));
    const model = await fitModel(rest, context(run, from, from + 0.8 * share));
    const scoring = context(run, from + 0.8 * share, from + share);
    distances.push(...(await scoreAll(model, paths.filter(isHeldOut), scoring)));
  }
  const model = await fitModel(patches, context(run, 0.98 - share, 0.98));
  return { model, method: 'out-of-fold', distances, limit: estimatedThreshold(distances, run.job.falseRejectTarget) };
}

/** The part of a run whose progress goes from one share to another. */
function context(run: Run, from: number, to: number): FitContext {
  const onProgress: OnProgress = (share, step) => run.onProgress(from + share * (to - from), step);
  return { ...run, options: run.job.options, onProgress };
}

/** Distances by the very graph that goes into the artifact. */
async function scoreAll(model: AnomalyModel, paths: readonly string[], { input, options, onProgress }: FitContext) {
  const graph = await loadModel(anomalyGraph(model, UNCALIBRATED), { intraOpNumThreads: options.threads });
  const distances: number[] = [];
  try {
    for await (const image of imageTensors(paths, input)) {
      const { distance } = await graph.run({ image });
      distances.push(distance?.data[0] ?? Number.NaN);
      onProgress(distances.length / paths.length, 'scoring held-out images');
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
