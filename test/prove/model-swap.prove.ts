/** Swaps the model of a running edge node again and again under load: no part missed, none judged twice, no memory kept. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../bench/kit/percentiles.ts';
import { startEdge, writeEdgeConfig } from '../edge/kit/edge-process.ts';
import { type ReceivingServer, startReceivingServer } from '../edge/kit/receiving-server.ts';
import { makeSigningKey, signedModel } from '../edge/kit/tiny-model.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import type { ProofOptions, ProofResult } from './kit/run-proofs.ts';
import { startPartFeeder } from './model-swap/part-feeder.ts';
import { measureTree } from './model-swap/process-memory.ts';

export const name = 'model-swap';
export const about = 'n swaps under load: every part judged once, and the memory of all edge processes stays';

const FULL_SWAPS = 100;
/** Parts that wait in the folder: the pipeline is never idle. */
const MAX_WAITING = 20;
/** Of the new model, before its memory is read. */
const PARTS_AFTER_SWAP = 30;
/** Fewer swaps say nothing about memory: the runtime's own caches still fill. */
const LEAST_SWAPS_FOR_MEMORY = 50;
/** By then the heaps of all threads have their working size, and what grows further grows with the swaps. */
const WARM_UP_PARTS = 8_000;
const WARM_UP_MS = 600_000;
const MAX_GROWTH = 0.05;
const SWAP_MS = 60_000;
/** The edge process and the child of the model that runs. */
const PROCESSES = 2;

export async function run({ n: swaps = FULL_SWAPS, report }: ProofOptions): Promise<ProofResult> {
  await using folder = await makeTemporaryFolder('swap');
  await using server = await startReceivingServer(['camera-1']);
  const key = makeSigningKey();
  const models = [signedModel(key, 'even'), signedModel(key, 'odd')] as const;
  const assign = (swap: number) => {
    const artifact = swap % 2 === 0 ? models[0] : models[1];
    server.assignments.set('camera-1', { versionId: `version-${swap}`, artifact });
  };
  assign(0);
  const judges = new Set<string>();
  server.refuse = ({ modelVersionId }) => {
    judges.add(modelVersionId);
    return undefined;
  };
  const config = await writeEdgeConfig({ folder: folder.path, server, trustedKeys: [key.publicKey] });
  await using edge = await startEdge(config);
  await edge.waitForLine(/^edge ready/, SWAP_MS);
  const feeder = startPartFeeder(join(folder.path, 'spool-camera-1'), MAX_WAITING);
  const memory: number[] = [];
  try {
    if (swaps >= LEAST_SWAPS_FOR_MEMORY)
      await server.until(({ inspections }) => inspections.size >= WARM_UP_PARTS, WARM_UP_MS);
    for (let swap = 1; swap <= swaps; swap++) {
      assign(swap);
      await server.until(() => judges.has(`version-${swap}`), SWAP_MS);
      const seen = server.inspections.size;
      await server.until(({ inspections }) => inspections.size >= seen + PARTS_AFTER_SWAP, SWAP_MS);
      memory.push(await settledMemory(edge.pid));
      if (swap % 10 === 0) report(`${swap} swaps, ${server.inspections.size} parts, ${memory.at(-1)?.toFixed(0)} MB`);
    }
  } finally {
    await feeder.stop();
  }
  await server.until(({ inspections }) => inspections.size >= feeder.made, SWAP_MS);
  return conclude(server, feeder.made, memory);
}

/** When the child of the model before is gone. */
async function settledMemory(pid: number): Promise<number> {
  for (;;) {
    const { processes, pssMb } = await measureTree(pid);
    if (processes <= PROCESSES) return pssMb;
    await sleep(50);
  }
}

function conclude(server: ReceivingServer, made: number, memory: number[]): ProofResult {
  const swaps = memory.length;
  const parts = [...server.inspections.values()];
  const distinct = new Set(parts.map(({ partId }) => partId)).size;
  const versions = new Set(parts.map(({ modelVersionId }) => modelVersionId)).size;
  const early = memory.slice(Math.floor(swaps * 0.1), Math.max(1, Math.floor(swaps * 0.2)));
  const late = memory.slice(Math.floor(swaps * 0.9));
  const earlyMb = percentile(early.length > 0 ? early : memory, 50);
  const lateMb = percentile(late, 50);
  const growth = lateMb / earlyMb - 1;
  const counted = {
    swaps: versions - 1,
    parts: made,
    missed: made - distinct,
    twice: parts.length - distinct,
    conflicts: server.conflicts.length,
  };
  const hasGrown = swaps >= LEAST_SWAPS_FOR_MEMORY && growth >= MAX_GROWTH;
  return {
    n: swaps,
    counted,
    earlyMb: Math.round(earlyMb * 10) / 10,
    lateMb: Math.round(lateMb * 10) / 10,
    growth: Math.round(growth * 10_000) / 10_000,
    holds: counted.swaps === swaps && counted.missed + counted.twice + counted.conflicts === 0 && !hasGrown,
  };
}
