import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ModelProcess, startModelProcess } from '../../edge/models/model-process.ts';
import { WHOLE_IMAGE } from '../../edge/pipeline/camera-setup.ts';
import type { CapturedImage, InspectionResult, MachineContext } from '../../edge/pipeline/frame.ts';
import type { PartTracker } from '../../edge/pipeline/part-tracker.ts';
import { type Pipeline, type PipelineOptions, startPipeline } from '../../edge/pipeline/pipeline.ts';
import { createBell } from '../../edge/wait.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { testImage, tinyModel } from './kit/tiny-model.ts';

let folder: TemporaryFolder;
let model: ModelProcess;
let second: ModelProcess;
let pipeline: Pipeline | undefined;

beforeAll(async () => {
  folder = await makeTemporaryFolder('pipeline');
  [model, second] = await Promise.all([startModel('first', false), startModel('second', true)]);
}, 60_000);

afterEach(async () => {
  await pipeline?.stop(2_000);
  pipeline = undefined;
});

afterAll(async () => {
  await Promise.all([model?.stop(), second?.stop()]);
  await folder.remove();
});

async function startModel(name: string, isShadow: boolean): Promise<ModelProcess> {
  const bytes = tinyModel(name);
  const path = join(folder.path, name);
  await writeFile(path, bytes);
  return await startModelProcess(
    {
      modelVersionId: name,
      path,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      intraOpThreads: 1,
      isShadow,
      inferTimeoutMs: 10_000,
      restartMinMs: 10,
      restartMaxMs: 1_000,
    },
    pino({ level: 'silent' }),
    new AbortController().signal,
  );
}

interface Line {
  /** What happened, in its order. */
  log: string[];
  results: InspectionResult[];
  give(name: string, bytes?: Uint8Array, unusable?: string): Promise<void>;
  until(isTrue: () => boolean): Promise<void>;
}

/** A line whose images, parts and machine are in the test's hands. Parts are named by their tracker only once they are tied. */
function startLine(changed: Partial<PipelineOptions> = {}): Line {
  const bell = createBell();
  const waiting: CapturedImage[] = [];
  const log: string[] = [];
  const say = (line: string) => {
    log.push(line);
    bell.ring();
  };
  const never = new AbortController().signal;
  const results: InspectionResult[] = [];
  const names = new Map<number, string>();
  let count = 0;
  const parts: PartTracker = {
    onTriggered: () => () => {},
    seen: ({ capturedAtMs }) => {
      const part = { partId: null as string | null, tied: Promise.resolve() };
      part.tied = Promise.resolve().then(() => {
        part.partId = `tied ${names.get(capturedAtMs)}`;
      });
      return Object.assign(part, { name: names.get(capturedAtMs) });
    },
    decided: (part, { verdict }) => say(`decided ${(part as unknown as { name: string }).name} ${verdict}`),
    undecided: (part, reason) => say(`undecided ${(part as unknown as { name: string }).name}: ${reason.slice(0, 30)}`),
  };
  pipeline = startPipeline({
    cameraId: 'camera',
    framesInFlight: 2,
    whenBehind: 'oldest',
    maxPending: 3,
    async nextImage(signal) {
      while (waiting.length === 0 && !signal.aborted) await bell.next(signal);
      return waiting.shift();
    },
    currentModel: () => model,
    shadowModel: () => undefined,
    modelChanged: (signal) => bell.next(signal, 20),
    currentSetup: () => WHOLE_IMAGE,
    parts,
    roomForResult: async () => {},
    joinContext: async () => null,
    async commit(result) {
      results.push(result);
      say(`kept ${result.partId}`);
    },
    warn: () => {},
    ...changed,
  });
  return {
    log,
    results,
    async give(name, bytes, unusable) {
      const image = bytes ?? (await testImage({ isDefective: name.startsWith('bad') }));
      const capturedAtMs = Date.now() - 1_000 + count++;
      names.set(capturedAtMs, name);
      waiting.push({
        sourceKey: null,
        partId: 'of the source',
        capturedAtMs,
        uncertaintyMs: 0,
        trigger: null,
        arrivedAtMs: capturedAtMs,
        latencyMs: 0,
        unusable,
        bytes: new Uint8Array(image),
        release: async () => say(`released ${name}`),
        reject: async () => say(`rejected ${name}`),
      });
      bell.ring();
    },
    async until(isTrue) {
      while (!isTrue()) await bell.next(never);
    },
  };
}

describe('telling the verdict', () => {
  it('comes before the join, the disk and the frames after it, and the part is named when it is tied', async () => {
    const joined = Promise.withResolvers<MachineContext | null>();
    const line = startLine({ joinContext: () => joined.promise });
    for (const name of ['bad 0', 'good 1', 'good 2', 'bad 3', 'good 4']) await line.give(name);
    await line.until(() => line.log.length === 5);
    expect(line.log).toEqual([
      'decided bad 0 REJECT',
      'decided good 1 PASS',
      'decided good 2 PASS',
      'decided bad 3 REJECT',
      'decided good 4 PASS',
    ]);
    joined.resolve(null);
    await line.until(() => line.results.length === 5);
    expect(line.results.map(({ partId }) => partId)).toEqual(
      ['bad 0', 'good 1', 'good 2', 'bad 3', 'good 4'].map((name) => `tied ${name}`),
    );
  });

  it('says so when there will be none, and puts the image aside', async () => {
    const line = startLine();
    await line.give('no image', Buffer.from('no image'));
    await line.give('cut', (await testImage()).subarray(0, 90));
    await line.give('good');
    await line.until(() => line.log.includes('released good'));
    expect(line.log.filter((entry) => /undecided|rejected/.test(entry)).sort()).toEqual([
      expect.stringMatching(/^rejected cut/),
      expect.stringMatching(/^rejected no image/),
      expect.stringMatching(/^undecided cut: image of 90 bytes/),
      expect.stringMatching(/^undecided no image: image of 8 bytes/),
    ]);
  });
});

describe('an image that may not be judged', () => {
  it('gives its part no verdict but the reason, and is put aside; what waits with its source as well as what is new', async () => {
    for (const whenBehind of ['oldest', 'newest'] as const) {
      const line = startLine({ whenBehind });
      await line.give('bad 0', undefined, 'the same image again');
      await line.give('good 1');
      await line.until(() => line.log.includes('released good 1'));
      expect(line.log.slice(0, 2)).toEqual(['undecided bad 0: the same image again', 'rejected bad 0']);
      expect(line.results).toHaveLength(1);
      expect(pipeline?.state()).toMatchObject({ framesTaken: 1 });
      await pipeline?.stop(1_000);
    }
  });
});

describe('falling behind', () => {
  it('judges the newest first and drops the oldest, each of them told and counted', async () => {
    let current: ModelProcess | undefined;
    const line = startLine({ whenBehind: 'newest', maxPending: 3, framesInFlight: 1, currentModel: () => current });
    for (let number = 0; number < 8; number++) await line.give(`good ${number}`);
    await line.until(() => line.log.filter((entry) => entry.startsWith('released')).length === 5);
    expect(line.log.filter((entry) => entry.startsWith('undecided'))).toEqual(
      [0, 1, 2, 3, 4].map((number) => `undecided good ${number}: dropped for a newer image`),
    );
    expect(pipeline?.state()).toMatchObject({ droppedFrames: 5, framesTaken: 0 });
    current = model;
    await line.until(() => line.results.length === 3);
    expect(line.log.filter((entry) => entry.startsWith('decided'))).toEqual(
      [7, 6, 5].map((number) => `decided good ${number} PASS`),
    );
  });

  it('drops nothing of a source that keeps its images', async () => {
    const line = startLine({ framesInFlight: 1 });
    for (let number = 0; number < 12; number++) await line.give(`good ${number}`);
    await line.until(() => line.results.length === 12);
    expect(pipeline?.state()).toMatchObject({ droppedFrames: 0, framesTaken: 12 });
  });
});

describe('a model that looks on', () => {
  it('is compared with the active one and decides nothing', async () => {
    const line = startLine({ shadowModel: () => second });
    for (const name of ['bad 0', 'good 1', 'bad 2']) {
      await line.give(name);
      await line.until(() => line.log.includes(`released ${name}`));
      await expect.poll(() => pipeline?.state().shadow?.compared, { timeout: 10_000 }).toBe(line.results.length);
    }
    expect(pipeline?.state().shadow).toEqual({ modelVersionId: 'second', compared: 3, agreed: 3 });
    expect(line.log.filter((entry) => entry.startsWith('decided'))).toHaveLength(3);
    expect(line.results.map(({ modelVersionId }) => modelVersionId)).toEqual(['first', 'first', 'first']);
  });

  it('gives way: its process has the lowest claim on the processors', async () => {
    const { getPriority } = await import('node:os');
    expect(getPriority(second.pid ?? 0)).toBe(15);
    expect(getPriority(model.pid ?? 0)).toBe(getPriority());
  });
});
