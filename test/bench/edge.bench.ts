/** The edge's way from image to command, on real images: its throughput against bare inference, its delays, and what it does to the loop that times the gate. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageTimes } from '../../edge/pipeline/judgement.ts';
import { realDataFolder } from '../support/real-data.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { trainDefaultModel } from './edge/default-model.ts';
import { startBenchChild } from './kit/bench-child.ts';
import { measurePairedRatio } from './kit/paired-ratio.ts';
import { percentile } from './kit/percentiles.ts';
import type { BenchOptions, BenchResult } from './kit/run-benches.ts';

export const name = 'edge';
export const about =
  'images to verdicts on disk against bare session.run; trigger to gate command; delay of the loop that holds OPC UA';

const ROUNDS = 11;
/** With a reference image, whose ratio is told beside. */
const LOCATED_ROUNDS = 6;
const IMAGES_A_ROUND = 100;
const LOOP_SECONDS = 10;
const PAUSE_MS = 60;

/** `n`: images of one round. `data`: a set in MVTec AD layout. */
export async function run({ data, n = IMAGES_A_ROUND, report }: BenchOptions): Promise<BenchResult> {
  const beside = realDataFolder();
  const folder = data ?? (beside === undefined ? undefined : join(beside, 'bottle'));
  if (folder === undefined) throw new Error('--data is missing; give a folder of images in MVTec AD layout');
  const model = await trainDefaultModel(folder, report);
  await using home = await makeTemporaryFolder('bench-edge');
  await using stack = new AsyncDisposableStack();
  const machine = child(new URL('./edge/machine-child.ts', import.meta.url));
  const line = child(new URL('./edge/line-child.ts', import.meta.url));
  const bare = child(new URL('./edge/bare-child.ts', import.meta.url));
  const pki = join(home.path, 'machine');
  const endpoint = await machine.ask<string>('open', pki);
  const files = { path: model.path, sha256: model.sha256, images: model.images };
  await line.ask('open', {
    ...files,
    home: join(home.path, 'edge'),
    endpoint,
    certificateFile: join(pki, 'server.pem'),
  });
  await bare.ask('open', files);

  const throughput = await compare(ROUNDS);
  const stages = medians(await line.ask<StageTimes[]>('times'));
  report(
    `pipeline ${throughput.subject.toFixed(1)}/s, bare ${throughput.floor.toFixed(1)}/s, ratio ${throughput.ratio.toFixed(3)}`,
  );

  const loopIdle = await line.ask<LoopDelay>('loopDelay', { seconds: LOOP_SECONDS, isBusy: false });
  const loopBusy = await line.ask<LoopDelay>('loopDelay', { seconds: LOOP_SECONDS, isBusy: true });
  report(`event loop p99 idle ${loopIdle.p99.toFixed(2)} ms, flat out ${loopBusy.p99.toFixed(2)} ms`);

  const parts = { parts: 2 * n, pauseMs: PAUSE_MS };
  const quiet = await machine.ask<number[]>('measure', parts);
  await line.ask('flood', true);
  const flooded = await machine.ask<number[]>('measure', parts);
  await line.ask('flood', false);
  report(`trigger to command p50 ${percentile(quiet, 50).toFixed(1)} p99 ${percentile(quiet, 99).toFixed(1)} ms`);

  await line.ask('times');
  await line.ask('useReference', await reference());
  const located = await compare(LOCATED_ROUNDS);
  const locatedStages = medians(await line.ask<StageTimes[]>('times'));

  return {
    value: round(throughput.subject),
    unit: 'images/s',
    ratio: round(throughput.ratio),
    against:
      'session.run alone on the same images decoded before, in a child process of its own with the same options, one intra-op thread',
    n: throughput.rounds * n,
    interval: throughput.interval?.map(round) ?? null,
    barePerSecond: round(throughput.floor),
    stagesMs: stages,
    triggerToCommandMs: delays(quiet),
    triggerToCommandFloodedMs: delays(flooded),
    loopDelayMs: { idle: rounded(loopIdle), flatOut: rounded(loopBusy), p99Added: round(loopBusy.p99 - loopIdle.p99) },
    located: { ratio: round(located.ratio), interval: located.interval?.map(round) ?? null, stagesMs: locatedStages },
    includes:
      'Throughput: encoded images from memory, to the model process and through it, verdict, join with a living machine, result and image on disk in the outbox; counted while the source always has more. ' +
      'Trigger to command: from the change of the trigger in an OPC UA server process to the arrival of the write there (encrypted, publishing interval 20 ms), ' +
      'decode and inference between; without the way that a part has to the gate. Flooded: 16 writers keep the outbox at its limit meanwhile. ' +
      'Loop delay: of the process that holds OPC UA, pipeline and outbox, probed every millisecond; flat out is the pipeline without a pause.',
  };

  function child(file: URL) {
    const started = startBenchChild(file, { env: { MALLOC_ARENA_MAX: '2' } });
    stack.defer(() => started.close());
    return started;
  }

  function compare(rounds: number) {
    return measurePairedRatio({
      subject: () => line.ask<number>('run', n),
      floor: () => bare.ask<number>('run', n),
      rounds,
    });
  }

  async function reference() {
    const bytes = model.images[0] ?? new Uint8Array();
    const path = join(home.path, 'reference');
    await writeFile(path, bytes);
    return { sha256: createHash('sha256').update(bytes).digest('hex'), path };
  }
}

interface LoopDelay {
  p50: number;
  p99: number;
  max: number;
}

function medians(times: StageTimes[]): Record<keyof StageTimes, number> {
  const of = (stage: keyof StageTimes) =>
    round(
      percentile(
        times.map((each) => each[stage]),
        50,
      ),
    );
  return {
    decodeMs: of('decodeMs'),
    locateMs: of('locateMs'),
    inferMs: of('inferMs'),
    restMs: of('restMs'),
    totalMs: of('totalMs'),
  };
}

function delays(measured: number[]) {
  return { n: measured.length, p50: round(percentile(measured, 50)), p99: round(percentile(measured, 99)) };
}

function rounded({ p50, p99, max }: LoopDelay): LoopDelay {
  return { p50: round(p50), p99: round(p99), max: round(max) };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
