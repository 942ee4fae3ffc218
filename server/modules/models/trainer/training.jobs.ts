/** The job that carries out a training run: the trainer works in a child process, this only feeds it and keeps its result. */

import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { artifactSha256, signArtifact } from '#schema/artifact-signature.ts';
import { act } from '../../../kit/act.ts';
import type { Services } from '../../../kit/context.ts';
import { defineJob } from '../../../kit/define-job.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { artifactPath, imagePath, incomingFolder } from '../../../kit/paths.ts';
import { addModelVersion } from '../registry/model-versions.service.ts';
import { openSigningKey } from '../registry/signing-key.ts';
import { runTraining, type TrainingResult } from './run-training.ts';
import { beginTrainingRun, selectTrainingImages, selectTrainingRun, updateTrainingRun } from './training.queries.ts';
import { TRAINING_JOB } from './training.service.ts';
import type { TrainingRunRow } from './training.table.ts';

const progressEveryMs = 250;

export const trainingJob = defineJob({
  name: TRAINING_JOB,
  payload: z.strictObject({ trainingRunId: z.uuid() }),
  expireS: 3600,
  retries: 1,
  async run(services, { trainingRunId }, signal) {
    const run = await selectTrainingRun(services.db, trainingRunId);
    if (!run || !(await beginTrainingRun(services.db, run.id, services.now()))) return;
    const output = join(incomingFolder(services.config.home), `${run.id}.onnx`);
    try {
      await mkdir(dirname(output), { recursive: true });
      const result = await train(services, run, output, signal);
      await keepResult(services, run, output, result);
    } catch (error) {
      // a server that stops is no failure of the run: the queue hands it out again
      if (signal.aborted) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      services.log.warn({ trainingRunId, reason }, 'training failed');
      await failRun(services, run, reason);
    } finally {
      await rm(output, { force: true });
    }
  },
});

async function train(
  services: Services,
  run: TrainingRunRow,
  output: string,
  signal: AbortSignal,
): Promise<TrainingResult> {
  const hashes = await selectTrainingImages(services.db, run.dataset_version_id);
  const images = hashes.map((sha256) => ({ path: imagePath(services.config.home, run.plant_id, sha256), sha256 }));
  let saidAt = 0;
  let saving: Promise<void> = Promise.resolve();
  const onProgress = (progress: number, step: string) => {
    const now = Date.now();
    if (now - saidAt < progressEveryMs) return;
    saidAt = now;
    saving = saving.then(() => updateTrainingRun(services.db, run.id, { progress, step })).catch(() => {});
  };
  const job = { images, seed: run.seed, falseRejectTarget: run.false_reject_target, output };
  const result = await runTraining(job, { onProgress, signal });
  await saving;
  return result;
}

/** Moves the file into the store, durable before the row that names it, signs it and writes the version. */
async function keepResult(
  services: Services,
  run: TrainingRunRow,
  output: string,
  result: TrainingResult,
): Promise<void> {
  const { home } = services.config;
  const sha256 = await artifactSha256(output);
  if (sha256 !== result.sha256)
    throw new Error(`the trainer's file has SHA-256 ${sha256}, it reported ${result.sha256}`);
  const { size } = await stat(output);
  const kept = artifactPath(home, sha256);
  await mkdir(dirname(kept), { recursive: true });
  await syncToDisk(output);
  await rename(output, kept);
  await syncToDisk(dirname(kept));

  const key = openSigningKey(home);
  await act(services, async ({ trx, now: at, audit, event }) => {
    const version = await addModelVersion(trx, {
      id: newId(),
      plant_id: run.plant_id,
      model_id: run.model_id,
      dataset_version_id: run.dataset_version_id,
      training_run_id: run.id,
      artifact_sha256: Buffer.from(sha256, 'hex'),
      artifact_bytes: size,
      signature: signArtifact(sha256, key.privateKey),
      signing_key_id: key.id,
      manifest: { ...result.manifest },
      metrics: { ...result.metrics },
      created_at: at,
    });
    await updateTrainingRun(trx, run.id, { state: 'succeeded', progress: 1, step: null, finished_at: at });
    const data = {
      trainingRunId: encodeGlobalId('TrainingRun', run.id),
      modelVersionId: encodeGlobalId('ModelVersion', version.id),
      state: 'SUCCEEDED',
    };
    event(run.plant_id, { kind: 'training.finished', data });
    const subject = { plantId: run.plant_id, subjectType: 'ModelVersion', subjectId: version.id };
    const detail = { trainingRun: run.id, artifactSha256: sha256, signingKey: key.id, number: version.number };
    audit('model.trained', subject, detail);
  });
}

async function failRun(services: Services, run: TrainingRunRow, error: string): Promise<void> {
  await act(services, async ({ trx, now: at, audit, event }) => {
    await updateTrainingRun(trx, run.id, { state: 'failed', error, finished_at: at });
    const data = { trainingRunId: encodeGlobalId('TrainingRun', run.id), state: 'FAILED', error };
    event(run.plant_id, { kind: 'training.finished', data });
    const subject = { plantId: run.plant_id, subjectType: 'TrainingRun', subjectId: run.id };
    audit('training.fail', subject, { error });
  });
}

async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
