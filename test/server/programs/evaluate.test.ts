import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluateDataset } from '../../../server/modules/models/trainer/evaluate-dataset.ts';
import { describeOnRealData } from '../../support/real-data.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { SMALL_OPTIONS, writeParts } from '../models/trainer/textured-parts.ts';

const evaluate = (...args: string[]) =>
  spawnSync(process.execPath, ['server/programs/evaluate.ts', ...args], { encoding: 'utf8' });

describe('evaluating a data set', { timeout: 60_000 }, () => {
  it('gives bit-identical scores and threshold whatever the test folders are called', async () => {
    await using folder = await makeTemporaryFolder('evaluate');
    const original = join(folder.path, 'original');
    await writeParts(join(original, 'train', 'good'), 52, 100);
    await writeParts(join(original, 'test', 'good'), 6, 300);
    await writeParts(join(original, 'test', 'scratch'), 5, 500, true);
    // The labels turned round: folders and the files' names swapped between good and defective.
    const shuffled = join(folder.path, 'shuffled');
    await cp(original, shuffled, { recursive: true });
    await rename(join(shuffled, 'test', 'good'), join(shuffled, 'test', 'swap'));
    await rename(join(shuffled, 'test', 'scratch'), join(shuffled, 'test', 'good'));
    await mkdir(join(shuffled, 'test', 'a-other'));
    for (const name of (await readdir(join(shuffled, 'test', 'swap'))).slice(0, 3)) {
      await rename(join(shuffled, 'test', 'swap', name), join(shuffled, 'test', 'a-other', `z${name}`));
    }

    const run = (path: string) =>
      evaluateDataset({ folder: path, seed: 4, falseRejectTarget: 0.2, options: SMALL_OPTIONS });
    const [first, second] = [await run(original), await run(shuffled)];
    const figures = ({ scores }: typeof first) =>
      scores.map(({ sha256, distance, score }) => [sha256, distance, score]);
    expect(figures(second)).toEqual(figures(first));
    expect(second.evaluation.threshold).toBe(first.evaluation.threshold);
    // Only the judgement turns round with the labels.
    expect(second.evaluation.imageAuroc).toBeCloseTo(1 - first.evaluation.imageAuroc, 10);
    expect(first.evaluation).toMatchObject({ pixelAuroc: null, seed: 4, supervised: null });
    expect(first.evaluation.imageAuroc).toBeGreaterThan(0.95);
  });

  it('refuses a wrong or missing folder in one clear line', async () => {
    await using folder = await makeTemporaryFolder('evaluate');
    const cases: [string[], RegExp][] = [
      [[], /^evaluate: --data: no folder named/],
      [['--data', '/nowhere'], /^evaluate: --data: \/nowhere is not a folder/],
      [['--data', folder.path], /^evaluate: --data: .*train\/good is missing/],
      [['--data', folder.path, '--seed', '-1'], /^evaluate: .*seed/],
    ];
    for (const [args, message] of cases) {
      const { status, stdout, stderr } = evaluate(...args);
      expect(stderr).toMatch(message);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect([status, stdout]).toEqual([1, '']);
    }
  });
});

describeOnRealData('bottle', 'evaluating the real bottles', (folder) => {
  it('tells broken from good ones, and rejects by a threshold from good images alone', {
    timeout: 240_000,
  }, async () => {
    const { evaluation, recall, training } = await evaluateDataset({ folder, seed: 0, falseRejectTarget: 0.05 });
    expect(evaluation.imageAuroc).toBeGreaterThanOrEqual(0.98);
    expect(recall).toBeGreaterThanOrEqual(0.9);
    expect(evaluation.falseRejectRate).toBeLessThanOrEqual(0.1);
    expect(training.manifest.calibration.method).toBe('order-statistic');
  });
});
