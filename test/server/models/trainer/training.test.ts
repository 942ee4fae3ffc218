/** A training from a person's request to a signed version, on rendered bottles, and the ways it is refused or fails. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactSha256, verifyArtifact } from '../../../../schema/artifact-signature.ts';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { newId } from '../../../../server/kit/ids.ts';
import { artifactPath, imagePath, incomingFolder } from '../../../../server/kit/paths.ts';
import { registerSigningKey } from '../../../../server/modules/models/registry/signing-key.ts';
import { trainingJob } from '../../../../server/modules/models/trainer/training.jobs.ts';
import { renderBottle } from '../../../plant/render-bottle.ts';
import { databases } from '../../../support/database.ts';
import { passCheck } from '../../../support/pass-check.ts';
import { createSeed, freshCode, type Seed, type SeededPerson, type SeededPlant } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';

const IMAGES = 10;
/** A training computes for seconds, on a busy machine for a minute. */
const patienceMs = 180_000;
const RUN = `query ($id: ID!) { node(id: $id) { ... on TrainingRun {
  state progress step error startedAt finishedAt requestedBy { name }
  modelVersion { id number datasetVersion { id } trainingRun { id }
    artifact { sha256 sizeBytes signature signingKey { publicKey } } manifest metrics }
} } }`;

interface RunAnswer {
  state: string;
  error: string | null;
  modelVersion: {
    id: string;
    number: number;
    artifact: { sha256: string; sizeBytes: number; signature: string; signingKey: { publicKey: string } };
    manifest: { training: { images: number } };
  } | null;
}

describe.each(databases())('training on %s', (kind) => {
  let server: TestServer;
  let seed: Seed;
  let plant: SeededPlant;
  let engineer: SeededPerson;
  let bottles: Buffer[];
  let modelId: string;

  beforeAll(async () => {
    server = await openTestServer(kind);
    seed = createSeed(server);
    plant = await seed.plant();
    engineer = await plant.person('ml_engineer');
    await registerSigningKey(server.db, server.config.home, new Date());
    bottles = [];
    for (let image = 0; image < IMAGES; image++) {
      const lighting = 0.95 + 0.01 * image;
      bottles.push((await renderBottle({ seed: 100 + image, glass: 'amber', lighting, defect: 'none' })).image);
    }
    const model = { plantId: plant.globalId, code: freshCode('model'), name: 'Bottles' };
    modelId = (await engineer.client.act<{ id: string }>('createModel', 'id', model)).id;
  });
  afterAll(() => server.close());

  /** A frozen version of images that the plant has; those marked absent have a row and no file. */
  async function frozen(items: { bytes: Buffer; split?: string; label?: string; isAbsent?: boolean }[]) {
    const dataset = { plantId: plant.globalId, code: freshCode('set'), name: 'Set' };
    const { id: datasetId } = await engineer.client.act<{ id: string }>('createDataset', 'id', dataset);
    const { id } = await engineer.client.act<{ id: string }>('createDatasetVersion', 'id', { datasetId });
    const decided: { imageSha256: string; label: string; split: string }[] = [];
    for (const { bytes, split = 'TRAIN', label = 'good', isAbsent = false } of items) {
      const sha256 = createHash('sha256').update(bytes);
      const hash = sha256.digest();
      const file = imagePath(server.config.home, plant.row.id, hash.toString('hex'));
      await mkdir(dirname(file), { recursive: true });
      if (!isAbsent) await writeFile(file, bytes);
      const row = { plant_id: plant.row.id, sha256: hash, format: 'jpeg' as const, size_bytes: bytes.length };
      await server.db
        .insertInto('image')
        .values({ ...row, width: 384, height: 384, received_at: new Date() })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      decided.push({ imageSha256: hash.toString('hex'), label, split });
    }
    await engineer.client.act('addDatasetItems', 'id', { datasetVersionId: id, items: decided });
    await passCheck(server.db, id);
    await engineer.client.act('freezeDatasetVersion', 'id', { datasetVersionId: id });
    return id;
  }

  const request = (datasetVersionId: string, change: Record<string, unknown> = {}, client = engineer.client) =>
    client.act<{ id: string }>('startTraining', 'id state progress', {
      modelId,
      datasetVersionId,
      seed: 1,
      falseRejectTarget: 0.05,
      ...change,
    });
  const runOf = async (id: string) => (await engineer.client.read<{ node: RunAnswer }>(RUN, { id })).node;
  /** As a worker would: with the payload that the service has sent. */
  const perform = (signal = new AbortController().signal) => {
    const job = server.sentJobs.at(-1);
    expect(job?.kind).toBe(trainingJob.name);
    return trainingJob.perform(server.services, job?.data, signal);
  };
  const lastEvent = async () =>
    await server.db
      .selectFrom('event')
      .select(['kind', 'data', 'actor_kind'])
      .where('plant_id', '=', plant.row.id)
      .orderBy('position', 'desc')
      .executeTakeFirstOrThrow();

  it('makes a signed version from the good training images, and only from those', { timeout: patienceMs }, async () => {
    // Neither a golden image nor a defect is read: their files are not even there.
    const absent = (name: string) => ({ bytes: Buffer.from(name + newId()), isAbsent: true });
    const datasetVersionId = await frozen([
      ...bottles.map((bytes) => ({ bytes })),
      { ...absent('golden'), split: 'GOLDEN' },
      { ...absent('validation'), split: 'VALIDATION' },
      { ...absent('crack'), label: 'crack' },
    ]);
    const run = await request(datasetVersionId);
    expect(run).toMatchObject({ __typename: 'TrainingRun', state: 'QUEUED', progress: 0 });
    await perform();

    const done = await runOf(run.id);
    expect(done).toMatchObject({
      state: 'SUCCEEDED',
      progress: 1,
      step: null,
      error: null,
      startedAt: expect.any(String),
      finishedAt: expect.any(String),
      requestedBy: { name: engineer.row.name },
      modelVersion: {
        number: 1,
        datasetVersion: { id: datasetVersionId },
        trainingRun: { id: run.id },
        manifest: { kind: 'anomaly', training: { images: IMAGES, seed: 1 } },
        metrics: { images: IMAGES, duplicates: 0 },
      },
    });
    const { sha256, signature, signingKey } = done.modelVersion?.artifact ?? lacking();
    expect(await artifactSha256(artifactPath(server.config.home, sha256))).toBe(sha256);
    expect(verifyArtifact(sha256, signature, signingKey.publicKey)).toBe(true);
    expect(await lastEvent()).toEqual({
      kind: 'training.finished',
      actor_kind: 'system',
      data: { trainingRunId: run.id, modelVersionId: done.modelVersion?.id, state: 'SUCCEEDED' },
    });
    expect(await readdir(incomingFolder(server.config.home))).toEqual([]);

    // a queue delivers at least once
    await perform();
    expect(await runOf(run.id)).toEqual(done);
  });

  it('says why it failed, keeps nothing of it, and does not stand in the way of the next run', async () => {
    const lost = Buffer.from(`lost ${newId()}`);
    const datasetVersionId = await frozen([...bottles.map((bytes) => ({ bytes })), { bytes: lost, isAbsent: true }]);
    const run = await request(datasetVersionId);
    await perform();
    const failed = await runOf(run.id);
    const sha256 = createHash('sha256').update(lost).digest('hex');
    expect(failed).toMatchObject({ state: 'FAILED', modelVersion: null, finishedAt: expect.any(String) });
    expect(failed.error).toContain(sha256);
    expect(await lastEvent()).toMatchObject({
      kind: 'training.finished',
      data: { state: 'FAILED', error: failed.error },
    });
    expect(await readdir(incomingFolder(server.config.home))).toEqual([]);
    expect(await request(datasetVersionId)).toMatchObject({ state: 'QUEUED' });
  });

  it('that a stopping server cuts short is no failure: the queue hands it out again', {
    timeout: patienceMs,
  }, async () => {
    const run = await request(await frozen(bottles.map((bytes) => ({ bytes }))));
    const stop = new AbortController();
    const cut = perform(stop.signal);
    stop.abort(new Error('the server stops'));
    await expect(cut).rejects.toThrow('the server stops');
    expect(await runOf(run.id)).toMatchObject({ state: 'RUNNING', error: null });
    // That it begins anew shows in what it now stumbles over, which takes less time than to succeed.
    const sha256 = createHash('sha256')
      .update(bottles[0] ?? lacking())
      .digest('hex');
    await rm(imagePath(server.config.home, plant.row.id, sha256));
    await perform();
    expect(await runOf(run.id)).toMatchObject({ state: 'FAILED', error: expect.stringContaining(sha256) });
  });

  describe('is refused', () => {
    let versionId: string;
    beforeAll(async () => {
      versionId = await frozen(bottles.map((bytes) => ({ bytes })));
    });

    it.each([
      [{ seed: -1 }, 'InvalidInputError', 'input.seed'],
      [{ falseRejectTarget: 0 }, 'InvalidInputError', 'input.falseRejectTarget'],
      [{ falseRejectTarget: 0.51 }, 'InvalidInputError', 'input.falseRejectTarget'],
      [{ falseRejectTarget: 0.00001 }, 'InvalidInputError', 'input.falseRejectTarget'],
      [{ modelId: encodeGlobalId('Model', newId()) }, 'NotFoundError', 'input.modelId'],
      [{ modelId: encodeGlobalId('Plant', newId()) }, 'InvalidInputError', 'input.modelId'],
      [{ datasetVersionId: encodeGlobalId('DatasetVersion', newId()) }, 'NotFoundError', 'input.datasetVersionId'],
    ])('with %j', async (change, type, field) => {
      const jobs = server.sentJobs.length;
      expect(await request(versionId, change)).toMatchObject({ __typename: type, field });
      expect(server.sentJobs).toHaveLength(jobs);
    });

    it('on a draft', async () => {
      const dataset = { plantId: plant.globalId, code: freshCode('set'), name: 'Set' };
      const { id: datasetId } = await engineer.client.act<{ id: string }>('createDataset', 'id', dataset);
      const { id } = await engineer.client.act<{ id: string }>('createDatasetVersion', 'id', { datasetId });
      expect(await request(id)).toMatchObject({
        __typename: 'ConflictError',
        remedy: expect.stringContaining('draft'),
      });
    });

    it('on fewer good images than the trainer takes', async () => {
      const [first, ...rest] = bottles.slice(0, 8).map((bytes) => ({ bytes }));
      const few = await frozen([{ ...(first ?? lacking()), label: 'crack' }, ...rest]);
      const refused = await request(few);
      expect(refused).toMatchObject({ __typename: 'ConflictError', remedy: expect.stringContaining('7 images') });
    });

    it('across plants, and to those who may not', async () => {
      const other = await seed.plant();
      const foreign = await other.modelVersion();
      const datasetVersionId = encodeGlobalId('DatasetVersion', foreign.datasetVersionId);
      const both = await seed.person([
        { plantId: plant.row.id, role: 'ml_engineer' },
        { plantId: other.row.id, role: 'ml_engineer' },
      ]);
      for (const { client } of [engineer, both]) {
        const refused = await request(datasetVersionId, {}, client);
        expect(refused).toMatchObject({ __typename: 'NotFoundError', field: 'input.datasetVersionId' });
      }
      for (const role of ['viewer', 'operator', 'quality_engineer', 'approver'] as const) {
        const { client } = await plant.person(role);
        await expect(request(versionId, {}, client)).rejects.toThrow('Your roles do not allow');
      }
      await expect(request(versionId, {}, (await plant.mesToken()).client)).rejects.toThrow('Your roles do not allow');
      await expect(request(versionId, {}, server.anonymous)).rejects.toThrow('Sign in');
    });
  });
});

function lacking(): never {
  throw new Error('what was made lacks a part');
}
