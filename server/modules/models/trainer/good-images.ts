/** The images a model is taught with: present, unchanged, each once, and the one scale that suits them all. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ModelInput } from '#schema/model-manifest.ts';
import { imageSize, MIN_INPUT_SIDE } from '#schema/prepare-image.ts';
import { MAX_INPUT_PX } from './anomaly-graph.ts';
import { MIN_TRAINING_IMAGES, type TrainingJob } from './training-job.ts';

export interface GoodImage {
  path: string;
  sha256: string;
  width: number;
  height: number;
}

/** Small images are enlarged at most this much: beyond it there is nothing to see. */
const MAX_SCALE = 2;
/** How much larger than the largest training image an image may be before the model refuses it. */
const LARGER_IMAGES = 4;

/**
 * Reads headers and hashes. Sorted by hash, so that neither names nor order of the files matter; of equal files one is
 * kept, because a copy on the calibration side would be a leak. Throws when a file is missing, no image or changed, or too few remain.
 */
export async function readGoodImages(
  given: TrainingJob['images'],
): Promise<{ images: GoodImage[]; duplicates: number }> {
  const byHash = new Map<string, GoodImage>();
  for (const { path, sha256: expected } of given) {
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw new Error(`images: ${path} cannot be read; give an existing file`, { cause });
    });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (expected !== undefined && expected !== sha256) {
      throw new Error(
        `images: ${path} has SHA-256 ${sha256}, not ${expected}; it changed since it was chosen, choose it again`,
      );
    }
    const { width, height } = await imageSize(bytes, path);
    if (!byHash.has(sha256)) byHash.set(sha256, { path, sha256, width, height });
  }
  if (byHash.size < MIN_TRAINING_IMAGES) {
    throw new Error(`images: only ${byHash.size} different ones; give at least ${MIN_TRAINING_IMAGES} good ones`);
  }
  const images = [...byHash.values()].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  return { images, duplicates: given.length - images.length };
}

/** One factor for all images, so that the median becomes `sidePx` by `sidePx` in area and the graph's limits hold. */
export function chooseInput(images: readonly GoodImage[], sidePx: number): ModelInput {
  const areas = images.map(({ width, height }) => width * height).sort((a, b) => a - b);
  const medianArea = areas[Math.floor(areas.length / 2)] ?? 1;
  const largestArea = areas.at(-1) ?? 1;
  const wanted = Math.min(sidePx / Math.sqrt(medianArea), MAX_SCALE, Math.sqrt(MAX_INPUT_PX / largestArea));
  // Cut to six digits: short in the manifest, and never above the limits.
  const scale = Math.floor(wanted * 1e6) / 1e6;
  const small = images.find(
    ({ width, height }) => Math.min(Math.round(width * scale), Math.round(height * scale)) < MIN_INPUT_SIDE,
  );
  if (small) {
    throw new Error(
      `images: ${small.path} (${small.width}×${small.height} px) is less than ${MIN_INPUT_SIDE} px a side when scaled by ${scale}; leave it out or raise options.sidePx`,
    );
  }
  const maxPixels = Math.min(LARGER_IMAGES * largestArea, Math.floor(MAX_INPUT_PX / scale ** 2));
  return { scale, kernel: 'lanczos3', maxPixels: Math.max(maxPixels, largestArea) };
}
