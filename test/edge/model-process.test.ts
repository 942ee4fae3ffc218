import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ModelProcess, startModelProcess } from '../../edge/models/model-process.ts';
import { prepareImage } from '../../schema/prepare-image.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { testImage, tinyModel } from './kit/tiny-model.ts';

const log = pino({ level: 'silent' });
let folder: TemporaryFolder;
let model: ModelProcess | undefined;

beforeEach(async () => {
  folder = await makeTemporaryFolder('model');
});

afterEach(async () => {
  await model?.stop();
  model = undefined;
  await folder.remove();
});

async function start(bytes: Uint8Array, sha256?: string, signal = new AbortController().signal): Promise<ModelProcess> {
  const path = join(folder.path, 'model.onnx');
  await writeFile(path, bytes);
  const options = {
    modelVersionId: 'version-1',
    path,
    sha256: sha256 ?? createHash('sha256').update(bytes).digest('hex'),
    intraOpThreads: 1,
    inferTimeoutMs: 5_000,
    restartMinMs: 10,
    restartMaxMs: 1_000,
  };
  model = await startModelProcess(options, log, signal);
  return model;
}

async function frame(isDefective: boolean) {
  const input = { scale: 1, kernel: 'linear', maxPixels: 1_000_000 } as const;
  return await prepareImage(await testImage({ isDefective }), input);
}

/** The process is gone for the system, not only for its parent. */
async function isGone(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tX');
  return /State:\s+[XZ]/.test(status);
}

describe('judging in a child process', () => {
  it('answers in the order of asking', async () => {
    const { run } = await start(tinyModel());
    const frames = await Promise.all([frame(false), frame(true), frame(false)]);
    const finished: number[] = [];
    const scores = await Promise.all(
      frames.map(async (image, index) => {
        const { score } = await run(image);
        finished.push(index);
        return score;
      }),
    );
    expect(scores).toEqual([0, 1, 0]);
    expect(finished).toEqual([0, 1, 2]);
  });

  it('starts a new child when one dies and answers the frames that waited', async () => {
    const running = await start(tinyModel());
    const defective = await frame(true);
    const waiting = Array.from({ length: 20 }, () => running.run(defective));
    process.kill(running.pid ?? 0, 'SIGKILL');
    const answers = await Promise.all(waiting);
    expect(answers.map(({ score }) => score)).toEqual(answers.map(() => 1));
    expect(running.restarts).toBe(1);
    expect((await running.run(await frame(false))).score).toBe(0);
  });

  it('leaves no child behind when it stops, and answers what was asked before', async () => {
    const running = await start(tinyModel());
    const pid = running.pid ?? 0;
    const asked = running.run(await frame(true));
    await running.stop();
    expect((await asked).score).toBe(1);
    expect(await isGone(pid)).toBe(true);
    await expect(running.run(await frame(true))).rejects.toThrow(/being stopped/);
  });
});

describe('loading a model', () => {
  it('refuses bytes other than those whose signature was verified', async () => {
    await expect(start(tinyModel('other'), 'a'.repeat(64))).rejects.toThrow(/was changed after its signature/);
  });

  it('refuses what is no model and what carries no manifest', async () => {
    await expect(start(Buffer.from('no model'))).rejects.toThrow(/not a readable ONNX file/);
  });

  it('gives up at once when the node stops', async () => {
    await expect(start(tinyModel(), undefined, AbortSignal.abort())).rejects.toThrow(/the node stops/);
  });
});
