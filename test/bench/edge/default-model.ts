/** The model that the built-in trainer makes of a data set at its default size, trained once for each set of images and kept in the temporary folder. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTraining } from '../../../server/modules/models/trainer/run-training.ts';

export interface DefaultModel {
  path: string;
  sha256: string;
  /** Good training images, encoded. */
  images: Uint8Array<ArrayBuffer>[];
}

const FALSE_REJECT_TARGET = 0.05;

/** `folder` in MVTec AD layout. */
export async function trainDefaultModel(folder: string, report: (line: string) => void): Promise<DefaultModel> {
  const good = join(folder, 'train/good');
  const names = (await readdir(good)).sort();
  const images = await Promise.all(names.map(async (name) => new Uint8Array(await readFile(join(good, name)))));
  const hash = createHash('sha256');
  for (const image of images) hash.update(image);
  const cache = join(tmpdir(), 'lehr-bench-models');
  const path = join(cache, `${hash.digest('hex').slice(0, 16)}.onnx`);
  if (!existsSync(path)) {
    await mkdir(cache, { recursive: true });
    report(`training on ${images.length} images of ${folder}`);
    const paths = names.map((name) => ({ path: join(good, name) }));
    await runTraining({ images: paths, seed: 0, falseRejectTarget: FALSE_REJECT_TARGET, output: path });
  }
  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return { path, sha256, images };
}
