/** Retention through the API and the job: what is listed, what is deleted, and what the database never lets go. */
import { randomBytes } from 'node:crypto';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { newId } from '../../../../server/kit/ids.ts';
import { imagePath } from '../../../../server/kit/paths.ts';
import { performRetention } from '../../../../server/modules/images/retention/retention.jobs.ts';
import { recordImage } from '../../../../server/modules/images/store/images.service.ts';
import { databases } from '../../../support/database.ts';
import { type HttpTestServer, openHttpServer } from '../../../support/http-server.ts';
import { createSeed, type SeededPlant } from '../../../support/seed.ts';
import type { TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';

const DAY_MS = 86_400_000;

describe.each(databases())('retention on %s', (kind) => {
  let http: HttpTestServer;
  let server: TestServer;
  let plant: SeededPlant;
  let owner: TestClient;

  beforeAll(async () => {
    http = await openHttpServer(kind);
    server = http.server;
    plant = await createSeed(server).plant();
    owner = plant.owner.client;
  });
  afterAll(() => http.close());

  async function image(days: number, verdict: 'pass' | 'reject', reason = 'all'): Promise<Buffer> {
    const sha256 = randomBytes(32);
    const at = new Date(Date.now() - days * DAY_MS);
    const file = imagePath(server.config.home, plant.row.id, sha256.toString('hex'));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'x');
    const row = { plant_id: plant.row.id, sha256, format: 'png' as const, size_bytes: 10, width: 4, height: 3 };
    await recordImage(server.db, { ...row, received_at: at });
    await server.db
      .updateTable('pool_image')
      .set({ verdict, capture_reason: reason })
      .where('image_sha256', '=', sha256)
      .execute();
    return sha256;
  }
  const hold = (sha256: Buffer) => {
    const item = { id: newId(), plant_id: plant.row.id, image_sha256: sha256, purpose: 'label', worth: 1 };
    return server.db
      .insertInto('review_item')
      .values({ ...item, reason: '{"code":"rare"}', opened_at: new Date() } as never)
      .execute();
  };
  const setRules = (rules: { kind: string; keepDays: number }[]) =>
    owner.act('setRetentionRules', 'rules { kind }', { plantId: plant.globalId, rules });
  const act = (name: string, input: Record<string, unknown>) =>
    owner.act<{ __typename: string; id: string; remedy: string }>(name, 'id', input);
  async function perform(id: string) {
    const key = Buffer.from(id, 'base64url').toString().split(':')[1] ?? '';
    const run = await server.db.selectFrom('retention_run').selectAll().where('id', '=', key).executeTakeFirstOrThrow();
    await performRetention(server.services, run);
    const { node, images } = await owner.read<{
      node: { state: string; counts: unknown };
      images: { edges: { node: { imageSha256: string; outcome: string | null } }[] };
    }>(
      `query ($plantId: ID!, $id: ID!) {
        node(id: $id) { ... on RetentionRun { state counts { kind images bytes } } }
        images: retentionImages(plantId: $plantId, runId: $id) { edges { node { imageSha256 outcome } } }
      }`,
      { id, plantId: plant.globalId },
    );
    return { ...node, images: new Map(images.edges.map((edge) => [edge.node.imageSha256, edge.node.outcome])) };
  }
  const isFile = (sha256: Buffer) =>
    stat(imagePath(server.config.home, plant.row.id, sha256.toString('hex'))).then(
      () => true,
      () => false,
    );

  it('lists what is due and free, deletes of it what still is, and says so to whoever asks for it', async () => {
    const [old, young, reject, audit, held, heldLater] = [
      await image(40, 'pass'),
      await image(5, 'pass'),
      await image(40, 'reject'),
      await image(40, 'pass', 'audit'),
      await image(40, 'pass'),
      await image(40, 'pass'),
    ];
    expect(await act('startRetentionDryRun', { plantId: plant.globalId })).toMatchObject({
      __typename: 'ConflictError',
    });
    await setRules([{ kind: 'PASS', keepDays: 30 }]);
    await hold(held);
    const dry = await act('startRetentionDryRun', { plantId: plant.globalId });
    expect(await act('startRetentionRun', { dryRunId: dry.id })).toMatchObject({ __typename: 'ConflictError' });
    const list = await perform(dry.id);
    const hex = (sha256: Buffer) => sha256.toString('hex');
    expect(list).toMatchObject({ state: 'SUCCEEDED', counts: [{ kind: 'PASS', images: 2, bytes: 20 }] });
    expect([...list.images.keys()].sort()).toEqual([hex(old), hex(heldLater)].sort());
    expect(await isFile(old)).toBe(true);

    await hold(heldLater);
    await setRules([{ kind: 'PASS', keepDays: 31 }]);
    expect((await act('startRetentionRun', { dryRunId: dry.id })).remedy).toContain('rules are others');
    await setRules([{ kind: 'PASS', keepDays: 30 }]);
    const real = await act('startRetentionRun', { dryRunId: dry.id });
    const done = await perform(real.id);
    expect(done.counts).toEqual([{ kind: 'PASS', images: 1, bytes: 10 }]);
    expect(done.images.get(hex(old))).toBe('REMOVED');
    expect(done.images.get(hex(heldLater))).toBe('KEPT');
    expect(await act('startRetentionRun', { dryRunId: dry.id })).toMatchObject({ __typename: 'ConflictError' });

    expect(await Promise.all([old, young, reject, audit, held, heldLater].map(isFile))).toEqual([
      false,
      ...[true, true, true, true, true],
    ]);
    const answer = await fetch(`${http.url}/images/${plant.row.code}/${hex(old)}`, { headers: owner.headers });
    expect(answer.status).toBe(410);
    expect(await answer.text()).toContain('retention');
    const pooled = await server.db
      .selectFrom('pool_image')
      .select('image_sha256')
      .where('image_sha256', '=', old)
      .execute();
    expect(pooled).toEqual([]);

    // brought again it is there again
    const row = { plant_id: plant.row.id, sha256: old, format: 'png' as const, size_bytes: 10, width: 4, height: 3 };
    expect(await recordImage(server.db, { ...row, received_at: new Date() })).toBe(true);
    const again = await server.db
      .selectFrom('image')
      .select('deleted_at')
      .where('sha256', '=', old)
      .executeTakeFirstOrThrow();
    expect(again.deleted_at).toBeNull();
  });

  it('is refused by the database for what people rely on, and such reliance for what is gone', async () => {
    const { datasetVersionId } = await plant.modelVersion();
    const frozen = await server.db
      .selectFrom('dataset_item')
      .select('image_sha256')
      .where('dataset_version_id', '=', datasetVersionId)
      .executeTakeFirstOrThrow();
    const remove = (sha256: Buffer) =>
      sql`UPDATE image SET deleted_at = now() WHERE sha256 = ${sha256}`.execute(server.db);
    await expect(remove(frozen.image_sha256)).rejects.toThrow('in a dataset version: deleting it is refused');
    const held = await image(1, 'pass');
    await hold(held);
    await expect(remove(held)).rejects.toThrow('in the review queue');
    const gone = await image(1, 'pass');
    await remove(gone);
    await expect(hold(gone)).rejects.toThrow('was deleted');
  });

  it('lets nobody but administrators delete', async () => {
    const { client } = await plant.person('quality_engineer');
    const { errors } = await client.ask(
      'mutation ($id: ID!) { startRetentionRun(input: { dryRunId: $id }) { __typename } }',
      {
        id: encodeGlobalId('RetentionRun', newId()),
      },
    );
    expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });
});
