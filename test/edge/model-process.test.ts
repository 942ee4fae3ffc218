import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChildOptions, ToChild } from '../../edge/models/model-messages.ts';
import { type ModelProcess, startModelProcess } from '../../edge/models/model-process.ts';
import { WHOLE_IMAGE } from '../../edge/pipeline/camera-setup.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { testImage, tinyModel } from './kit/tiny-model.ts';

const program = fileURLToPath(new URL('../../edge/models/model-child.ts', import.meta.url));
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
    isShadow: false,
    inferTimeoutMs: 5_000,
    restartMinMs: 10,
    restartMaxMs: 1_000,
  };
  model = await startModelProcess(options, log, signal);
  return model;
}

async function frame(isDefective: boolean) {
  return { bytes: new Uint8Array(await testImage({ isDefective })), setup: WHOLE_IMAGE };
}

/** The process is gone for the system, not only for its parent. */
async function isGone(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tX');
  return /State:\s+[XZ]/.test(status);
}

describe('judging in a child process', () => {
  it('answers in the order of asking', async () => {
    const { judge } = await start(tinyModel());
    const frames = await Promise.all([frame(false), frame(true), frame(false)]);
    const finished: number[] = [];
    const scores = await Promise.all(
      frames.map(async (image, index) => {
        const { score } = await judge(image);
        finished.push(index);
        return score;
      }),
    );
    expect(scores).toEqual([0, 1, 0]);
    expect(finished).toEqual([0, 1, 2]);
  });

  it('goes without a word when its parent is gone in the middle of an image', async () => {
    const bytes = tinyModel();
    const path = join(folder.path, 'model.onnx');
    await writeFile(path, bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const options: ChildOptions = { path, sha256, intraOpThreads: 1, isShadow: false };
    const child = fork(program, [JSON.stringify(options)], { serialization: 'advanced', silent: true });
    const said: string[] = [];
    child.stdout?.resume();
    child.stderr?.on('data', (chunk) => said.push(String(chunk)));
    await once(child, 'message');
    const image = await frame(true);
    for (let id = 0; id < 50; id++) child.send({ kind: 'judge', id, image } satisfies ToChild);
    await once(child, 'message');
    child.disconnect();
    await once(child, 'exit');
    expect(said).toEqual([]);
  });

  it('starts a new child when one dies and answers the frames that waited', async () => {
    const running = await start(tinyModel());
    const defective = await frame(true);
    const waiting = Array.from({ length: 20 }, () => running.judge(defective));
    process.kill(running.pid ?? 0, 'SIGKILL');
    const answers = await Promise.all(waiting);
    expect(answers.map(({ score }) => score)).toEqual(answers.map(() => 1));
    expect(running.restarts).toBe(1);
    expect((await running.judge(await frame(false))).score).toBe(0);
  });

  it('leaves no child behind when it stops, and answers what was asked before', async () => {
    const running = await start(tinyModel());
    const pid = running.pid ?? 0;
    const asked = running.judge(await frame(true));
    await running.stop();
    expect((await asked).score).toBe(1);
    expect(await isGone(pid)).toBe(true);
    await expect(running.judge(await frame(true))).rejects.toThrow(/being stopped/);
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
