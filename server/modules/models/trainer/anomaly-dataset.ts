/** A folder in MVTec AD layout: `train/good`, `test/CLASS`, and perhaps `ground_truth/CLASS/STEM_mask.png`. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';

export interface TestImage {
  path: string;
  /** Name of its folder; `good` for parts without a defect. */
  className: string;
  sha256: string;
  mask: string | undefined;
}

export interface AnomalyDataset {
  trainGood: string[];
  /** In order of content, so that the scoring cannot depend on how the folders are named. */
  test: TestImage[];
}

const IMAGE_NAME = /\.(png|jpe?g|webp)$/i;

/** Throws with the missing folder's name when `folder` is not such a data set. */
export async function readAnomalyDataset(folder: string): Promise<AnomalyDataset> {
  await requireFolder(folder, 'is not a folder; name a data set in MVTec AD layout');
  const trainFolder = join(folder, 'train', 'good');
  const testFolder = join(folder, 'test');
  await requireFolder(trainFolder, 'is missing; a data set needs train/good');
  await requireFolder(testFolder, 'is missing; a data set needs test/good and test/DEFECT');

  const test: TestImage[] = [];
  for (const entry of await readdir(testFolder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    for (const path of await imagesIn(join(testFolder, entry.name))) {
      const sha256 = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      const mask = join(folder, 'ground_truth', entry.name, `${parse(path).name}_mask.png`);
      test.push({ path, className: entry.name, sha256, mask: existsSync(mask) ? mask : undefined });
    }
  }
  test.sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const good = test.filter((image) => image.className === 'good').length;
  if (good === 0)
    throw new Error(`--data: ${join(testFolder, 'good')} has no images; good ones are needed to count false rejects`);
  if (good === test.length)
    throw new Error(`--data: ${testFolder} has no folder of defects; they are needed to count recall`);
  return { trainGood: await imagesIn(trainFolder), test };
}

async function requireFolder(path: string, fault: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) throw new Error(`--data: ${path} ${fault}`);
}

async function imagesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => IMAGE_NAME.test(name) && !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name));
}
