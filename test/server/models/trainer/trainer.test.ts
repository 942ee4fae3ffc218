import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactSha256 } from '#schema/artifact-signature.ts';
import { readModelManifest } from '#schema/model-manifest.ts';
import { openScorer } from '../../../../server/modules/models/trainer/open-scorer.ts';
import { runTraining, TrainingFailedError } from '../../../../server/modules/models/trainer/run-training.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';
import { SMALL_OPTIONS, writeParts } from './textured-parts.ts';

let folder: TemporaryFolder;
let good: string[];

beforeAll(async () => {
  folder = await makeTemporaryFolder('trainer');
  good = await writeParts(join(folder.path, 'good'), 80, 1000);
});
afterAll(() => folder.remove());

function train(
  name: string,
  paths: readonly string[],
  {
    seed = 1,
    falseRejectTarget = 0.2,
    signal,
  }: { seed?: number; falseRejectTarget?: number; signal?: AbortSignal } = {},
) {
  const output = join(folder.path, `${name}.onnx`);
  const images = paths.map((path) => ({ path }));
  const steps: number[] = [];
  const job = { images, seed, falseRejectTarget, output, options: SMALL_OPTIONS };
  const onProgress = (progress: number) => steps.push(progress);
  return runTraining(job, { onProgress, ...(signal && { signal }) }).then((result) => ({ ...result, output, steps }));
}

describe('training on good images', { timeout: 60_000 }, () => {
  it('writes one file that tells everything, keeps its false-reject promise on fresh parts and finds defects', async () => {
    const { output, manifest, sha256, bytes, steps } = await train('promised', good);
    const file = await readFile(output);
    expect(readModelManifest(file)).toEqual(manifest);
    expect([file.byteLength, await artifactSha256(output)]).toEqual([bytes, sha256]);
    expect(manifest.calibration).toMatchObject({ method: 'order-statistic', imagesMissing: 0 });
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));

    await using scorer = await openScorer(output);
    const shareRejected = async (paths: string[]) => {
      let rejected = 0;
      for (const path of paths) if ((await scorer.score(path)).score >= manifest.thresholds.reject) rejected++;
      return rejected / paths.length;
    };
    const fresh = await shareRejected(await writeParts(join(folder.path, 'fresh'), 150, 5000));
    // Promised: at most 0.2; the threshold aims at 0.1 to 0.15. Not 0 either: that would hide defects.
    expect(fresh).toBeLessThanOrEqual(0.2);
    expect(fresh).toBeGreaterThan(0.02);
    expect(await shareRejected(await writeParts(join(folder.path, 'bad'), 20, 9000, true))).toBeGreaterThanOrEqual(0.9);

    const defect = await scorer.score(join(folder.path, 'bad', '000.png'));
    expect([defect.anomalyMap.h, defect.anomalyMap.w]).toEqual([12, 12]);
    // A rejected image always has something to outline.
    expect(Math.max(...defect.anomalyMap.data)).toBeGreaterThanOrEqual(manifest.thresholds.outline);
    // A damaged image is refused by name; the scorer goes on.
    await writeFile(join(folder.path, 'cut.png'), (await readFile(good[0] ?? '')).subarray(0, 2000));
    await expect(scorer.score(join(folder.path, 'cut.png'))).rejects.toThrow(/cut\.png: cannot be decoded/);
    expect((await scorer.score(join(folder.path, 'bad', '000.png'))).distance).toBe(defect.distance);
  });

  it('gives the same bytes for the same images and seed in any order and under any name, and others for another seed', async () => {
    const images = good.slice(0, 52);
    const renamed = join(folder.path, 'renamed');
    await mkdir(renamed);
    const copies = await Promise.all(
      images.map(async (path, index) => {
        const copy = join(renamed, `${(index * 7) % 52}-part.png`);
        await copyFile(path, copy);
        return copy;
      }),
    );
    const first = await train('first', images);
    const second = await train('second', [...copies.reverse(), good[3] ?? '']);
    expect(second.sha256).toBe(first.sha256);
    expect(second.metrics).toMatchObject({ images: 52, duplicates: 1 });
    expect((await train('other', images, { seed: 2 })).sha256).not.toBe(first.sha256);
  });

  it('says how many images are missing for the promise when there are few', async () => {
    const { manifest } = await train('few', good.slice(0, 12), { falseRejectTarget: 0.05 });
    // 45 for the promise, 40 to learn from.
    expect(manifest.calibration).toMatchObject({ method: 'out-of-fold', images: 12, imagesMissing: 73 });
  });

  it('ends the child and leaves no file when it is aborted', async () => {
    const controller = new AbortController();
    const output = join(folder.path, 'aborted.onnx');
    const images = good.map((path) => ({ path }));
    const onProgress = () => controller.abort(new Error('no longer wanted'));
    const training = runTraining(
      { images, seed: 1, falseRejectTarget: 0.2, output, options: SMALL_OPTIONS },
      { onProgress, signal: controller.signal },
    );
    await expect(training).rejects.toThrow('no longer wanted');
    expect((await readdir(folder.path)).filter((name) => name.startsWith('aborted'))).toEqual([]);
  });
});

describe('a training that cannot be', { timeout: 30_000 }, () => {
  it('names the field, the value and the remedy', async () => {
    await expect(train('none', [])).rejects.toThrow(/images: has 0 images; give at least 8/);
    await expect(train('one', good.slice(0, 1))).rejects.toThrow(/images: has 1 images; give at least 8/);
    await expect(train('target', good, { falseRejectTarget: 2 })).rejects.toThrow(/falseRejectTarget/);
    const copies = Array.from({ length: 9 }, () => good[0] ?? '');
    await expect(train('copies', copies)).rejects.toThrow(/images: only 1 different ones; give at least 8/);
    await expect(train('absent', [...good, '/nowhere.png'])).rejects.toThrow(/images: \/nowhere\.png cannot be read/);
  });

  it('names the image that is damaged, no image, or not the one that was chosen', async () => {
    const cut = join(folder.path, 'cut-off.png');
    await writeFile(cut, (await readFile(good[0] ?? '')).subarray(0, 3000));
    const text = join(folder.path, 'text.png');
    await writeFile(text, 'no image');
    await expect(train('cut', [...good.slice(0, 10), cut])).rejects.toThrow(/cut-off\.png: cannot be decoded/);
    await expect(train('text', [...good.slice(0, 10), text])).rejects.toThrow(/text\.png: is not an image/);

    const images = good.slice(0, 10).map((path) => ({ path, sha256: 'ab'.repeat(32) }));
    const changed = runTraining({ images, seed: 1, falseRejectTarget: 0.2, output: join(folder.path, 'x.onnx') });
    await expect(changed).rejects.toThrow(/000\.png has SHA-256 .* changed since it was chosen/);
    await expect(changed).rejects.toBeInstanceOf(TrainingFailedError);
  });

  it('prints one JSON line and exits with 1 when started by hand without a usable job', () => {
    const child = 'server/modules/models/trainer/train-process.ts';
    const { stdout, status } = spawnSync(process.execPath, [child, '/nowhere.json'], { encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual({ error: 'JOB.json: /nowhere.json is not a readable JSON file' });
    expect(status).toBe(1);
  });

  it('is refused by the scorer when the file is no model', async () => {
    await expect(openScorer(good[0] ?? '')).rejects.toThrow(/model file/);
    await expect(openScorer('/nowhere.onnx')).rejects.toThrow(/nowhere\.onnx/);
  });
});
