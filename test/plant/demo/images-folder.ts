/** A folder of real images in MVTec AD layout, checked before anything starts. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { TrainingImage } from './upload-images.ts';

const TYPES: Record<string, TrainingImage['contentType']> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
};

export class ImagesFolderError extends Error {}

/** Throws with one line that names the folder and what it lacks. */
export function checkImagesFolder(folder: string): void {
  if (!isFolder(folder)) throw new ImagesFolderError(`--images ${folder}: no such folder; give one in MVTec AD layout`);
  if (imageFiles(join(folder, 'train', 'good')).length === 0) {
    throw new ImagesFolderError(
      `--images ${folder}: train/good holds no .jpg or .png image; give a folder in MVTec AD layout`,
    );
  }
  const classes = isFolder(join(folder, 'test')) ? readdirSync(join(folder, 'test')) : [];
  if (!classes.some((name) => imageFiles(join(folder, 'test', name)).length > 0)) {
    throw new ImagesFolderError(
      `--images ${folder}: test/CLASS holds no .jpg or .png image; give a folder in MVTec AD layout`,
    );
  }
}

/** The images of `train/good`, the only ones that anything is learnt from. */
export function readTrainingImages(folder: string): TrainingImage[] {
  const good = join(folder, 'train', 'good');
  return imageFiles(good).map((name) => ({
    bytes: readFileSync(join(good, name)),
    contentType: TYPES[extname(name).toLowerCase()] ?? 'image/png',
  }));
}

/** Changes when the training images do: eight hexadecimal digits over names and sizes. */
export function imagesFolderKey(folder: string): string {
  const good = join(folder, 'train', 'good');
  const listing = imageFiles(good).map((name) => `${name} ${statSync(join(good, name)).size}`);
  return createHash('sha256').update(listing.join('\n')).digest('hex').slice(0, 8);
}

function imageFiles(folder: string): string[] {
  if (!isFolder(folder)) return [];
  return readdirSync(folder)
    .filter((name) => extname(name).toLowerCase() in TYPES)
    .sort();
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
