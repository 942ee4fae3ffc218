/** What the database itself holds of versions: labels are decisions, the golden set is never trained on, what is frozen stays. */
import { randomBytes } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManifestHash } from '../../../../server/modules/datasets/versions/dataset-manifest.ts';
import { datasetCheckJob } from '../../../../server/modules/datasets/versions/datasets.jobs.ts';
import { recordAnnotations } from '../../../../server/modules/labelling/annotations/annotations.service.ts';
import { databases } from '../../../support/database.ts';
import { measured, passCheck } from '../../../support/pass-check.ts';
import { createSeed, freshCode, type SeededPerson, type SeededPlant } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';

type Side = 'TRAIN' | 'VALIDATION' | 'GOLDEN';

describe.each(databases())('versions that can be trusted on %s', (kind) => {
  let server: TestServer;
  let plant: SeededPlant;
  let curator: SeededPerson;

  beforeAll(async () => {
    server = await openTestServer(kind, { env: { LEHR_LIMIT_DATASET_LEAKS_NAMED: '2' } });
    plant = await createSeed(server).plant();
    curator = await plant.person('quality_engineer');
  });
  afterAll(() => server.close());

  async function images(count: number): Promise<string[]> {
    const rows = Array.from({ length: count }, () => ({
      plant_id: plant.row.id,
      sha256: randomBytes(32),
      format: 'png' as const,
      size_bytes: 10,
      width: 4,
      height: 4,
      received_at: new Date(),
    }));
    await server.db.insertInto('image').values(rows).execute();
    return rows.map(({ sha256 }) => sha256.toString('hex')).sort();
  }

  const act = <Result = Record<string, unknown>>(field: string, selection: string, values: Record<string, unknown>) =>
    curator.client.act<Result>(field, selection, values);
  const keyOf = (globalId: string) => Buffer.from(globalId, 'base64url').toString().split(':')[1] ?? '';

  async function draft(): Promise<{ datasetId: string; id: string; key: string }> {
    const named = { plantId: plant.globalId, code: freshCode('set'), name: 'A set' };
    const { id: datasetId } = await act<{ id: string }>('createDataset', 'id', named);
    const { id } = await act<{ id: string }>('createDatasetVersion', 'id', { datasetId });
    return { datasetId, id, key: keyOf(id) };
  }

  /** A draft with the images on these sides. */
  async function filled(sides: readonly Side[], label = 'good') {
    const version = await draft();
    const hashes = await images(sides.length);
    const items = hashes.map((imageSha256, index) => ({ imageSha256, label, split: sides[index] }));
    expect(await act('addDatasetItems', 'id', { datasetVersionId: version.id, items })).toMatchObject({
      id: version.id,
    });
    return { ...version, hashes };
  }
  const freeze = (id: string) => act('freezeDatasetVersion', 'id state contentHash', { datasetVersionId: id });
  const refused = (statement: RawBuilder<unknown>, words: string) =>
    expect(statement.execute(server.db)).rejects.toThrow(words);
  const bytes = (hex: string | undefined) => Buffer.from(hex ?? '', 'hex');

  async function pair(a: string | undefined, b: string | undefined, likeness = 0.9): Promise<void> {
    const [first, second] = [bytes(a), bytes(b)].sort((x, y) => x.compare(y)) as [Buffer, Buffer];
    const values = { a_sha256: first, b_sha256: second, evidence: 'embedding' as const, likeness };
    await server.db
      .insertInto('near_duplicate')
      .values({ ...values, plant_id: plant.row.id, found_at: new Date() })
      .execute();
  }
  const runCheck = async () => {
    const job = server.sentJobs.at(-1);
    expect(job?.kind).toBe(datasetCheckJob.name);
    await datasetCheckJob.perform(server.services, job?.data, new AbortController().signal);
  };

  it('refuses an item whose label is not that of its decision, or whose decision is about another image', async () => {
    const { key, hashes } = await filled(['TRAIN', 'TRAIN']);
    const where = sql`WHERE dataset_version_id = ${key}::uuid AND image_sha256 = ${bytes(hashes[0])}`;
    await refused(sql`UPDATE dataset_item SET label = 'crack' ${where}`, 'foreign key');
    const other = sql`(SELECT decision_id FROM dataset_item WHERE dataset_version_id = ${key}::uuid AND image_sha256 = ${bytes(hashes[1])})`;
    await refused(sql`UPDATE dataset_item SET decision_id = ${other} ${where}`, 'foreign key');
    await refused(sql`UPDATE dataset_item SET decision_id = NULL ${where}`, 'null');
  });

  it('lets nothing that is golden be trained on, and nothing that is trained on become golden', async () => {
    const { id, key, hashes } = await filled(['TRAIN', 'GOLDEN']);
    const [trained, golden] = hashes;
    const where = (sha256: string | undefined) =>
      sql`WHERE dataset_version_id = ${key}::uuid AND image_sha256 = ${bytes(sha256)}`;
    await refused(sql`UPDATE dataset_item SET split = 'train' ${where(golden)}`, 'is golden');
    await refused(sql`UPDATE dataset_item SET split = 'golden' ${where(trained)}`, 'is not golden');
    await refused(
      sql`DELETE FROM golden_image WHERE image_sha256 = ${bytes(golden)}`,
      'is golden in a dataset version',
    );

    await passCheck(server.db, id);
    expect(await freeze(id)).toMatchObject({ state: 'FROZEN' });
    const values = sql`(${plant.row.id}::uuid, ${bytes(trained)}, ${curator.row.id}::uuid, now())`;
    const insert = sql`INSERT INTO golden_image (plant_id, image_sha256, added_by, added_at) VALUES ${values}`;
    await refused(insert, 'cannot be golden');
    const asGolden = { plantId: plant.globalId, imageSha256s: [trained] };
    expect(await act('addGoldenImages', 'images', asGolden)).toMatchObject({ __typename: 'ConflictError' });

    const later = await draft();
    const items = [{ imageSha256: golden, label: 'good', split: 'VALIDATION' }];
    expect(await act('addDatasetItems', 'id', { datasetVersionId: later.id, items })).toMatchObject({
      __typename: 'ConflictError',
      field: 'input.items[0].split',
    });
  });

  it('does not freeze a draft that trains on what has become golden meanwhile', async () => {
    const { id, key, hashes } = await filled(['TRAIN']);
    const asGolden = { plantId: plant.globalId, imageSha256s: hashes, condition: 'amber' };
    expect(await act('addGoldenImages', 'images plant { code }', asGolden)).toMatchObject({ images: 1 });
    expect(await freeze(id)).toMatchObject({
      __typename: 'DatasetLeakError',
      leaks: [{ imageSha256: hashes[0], evidence: 'SAME_IMAGE', otherSplit: 'GOLDEN' }],
    });
    const around = sql`UPDATE dataset_version SET state = 'frozen', frozen_by = created_by, frozen_at = now(), content_hash = ${randomBytes(32)} WHERE id = ${key}::uuid`;
    await refused(around, 'may not train on it');
    const back = { plantId: plant.globalId, imageSha256s: hashes };
    expect(await act('removeGoldenImages', 'images', back)).toMatchObject({ images: 1 });
    expect(await freeze(id)).toMatchObject({ state: 'FROZEN' });
  });

  it('keeps what froze with its check: no change, no deletion, no truncation', async () => {
    const { id, key } = await filled(['TRAIN', 'VALIDATION']);
    await passCheck(server.db, id);
    expect(await freeze(id)).toMatchObject({ state: 'FROZEN' });
    await refused(sql`UPDATE dataset_version SET revision = revision + 1 WHERE id = ${key}::uuid`, 'is frozen');
    await refused(sql`UPDATE dataset_check SET figures = '[]' WHERE dataset_version_id = ${key}::uuid`, 'is frozen');
    await refused(sql`DELETE FROM dataset_check WHERE dataset_version_id = ${key}::uuid`, 'is frozen');
    await refused(
      sql`INSERT INTO dataset_issue (dataset_version_id, kind, image_sha256, score, is_flagged) VALUES (${key}::uuid, 'leak', ${randomBytes(32)}, 0, true)`,
      'is frozen',
    );
    for (const table of ['dataset_item', 'golden_image', 'dataset_issue']) {
      await refused(sql`TRUNCATE ${sql.table(table)}`, 'TRUNCATE refused');
    }
    await refused(sql`TRUNCATE dataset_version CASCADE`, 'TRUNCATE refused');
  });

  it('freezes several splits only after a check of the images as they are', async () => {
    const { id, key } = await filled(['TRAIN', 'VALIDATION']);
    const conflict = (words: string) => ({ __typename: 'ConflictError', remedy: expect.stringContaining(words) });
    expect(await freeze(id)).toMatchObject(conflict('has not been measured'));
    await measured(server.db, key);
    expect(await freeze(id)).toMatchObject(conflict('has to be checked'));
    expect(await act('checkDatasetVersion', 'check { state isCurrent }', { datasetVersionId: id })).toMatchObject({
      check: { state: 'QUEUED', isCurrent: false },
    });
    await runCheck();
    const [late = ''] = await images(1);
    const items = [{ imageSha256: late, label: 'good', split: 'TRAIN' }];
    await act('addDatasetItems', 'id', { datasetVersionId: id, items });
    await measured(server.db, key);
    expect(await freeze(id)).toMatchObject(conflict('have changed since'));
    await act('removeDatasetItems', 'id', { datasetVersionId: id, imageSha256s: [late] });
    await act('checkDatasetVersion', 'id', { datasetVersionId: id });
    await runCheck();
    expect(await freeze(id)).toMatchObject({ state: 'FROZEN' });
  });

  it('names what leaks between splits and to the golden set, refuses to freeze with it, and a split mends it', async () => {
    const { id, key, hashes } = await filled([...Array<Side>(8).fill('TRAIN'), 'VALIDATION', 'VALIDATION']);
    await measured(server.db, key);
    await pair(hashes[0], hashes[8], 0.95);
    await pair(hashes[1], hashes[9], 0.9);
    await pair(hashes[2], hashes[9], 0.8);
    const [elsewhere] = await images(1);
    await act('addGoldenImages', 'images', { plantId: plant.globalId, imageSha256s: [elsewhere] });
    await pair(hashes[3], elsewhere, 0.99);
    await act('checkDatasetVersion', 'id', { datasetVersionId: id });
    await runCheck();

    const refusal = await freeze(id);
    expect(refusal).toMatchObject({ __typename: 'DatasetLeakError', hasMore: true });
    expect(refusal).toMatchObject({
      leaks: [
        { imageSha256: hashes[3], otherSha256: elsewhere, split: 'TRAIN', otherSplit: 'GOLDEN' },
        { split: 'TRAIN', otherSplit: 'VALIDATION', evidence: 'EMBEDDING' },
      ],
    });
    const { node } = await curator.client.read<{ node: { leaks: object[]; check: { figures: object[] } } }>(
      `query ($id: ID!) { node(id: $id) { ... on DatasetVersion { leaks(first: 9) { imageSha256 } check { isCurrent figures { kind flagged count code } }
        issues(kind: "leak", first: 2) { edges { node { imageSha256 score detail image { sha256 } } } pageInfo { hasNextPage } } } } }`,
      { id },
    );
    expect(node.leaks).toHaveLength(4);
    expect(node).toMatchObject({
      check: { isCurrent: true },
      issues: { edges: [{ node: { imageSha256: hashes[3] } }, { node: {} }], pageInfo: { hasNextPage: true } },
    });
    expect(node.check.figures).toContainEqual({ kind: 'leak', flagged: true, count: 6, code: 'leak' });
    const scores = await server.db
      .selectFrom('pool_image')
      .select('leak')
      .where('image_sha256', '=', bytes(hashes[3]))
      .executeTakeFirst();
    expect(scores?.leak).toBeLessThan(0.5);

    const policy = { validationShare: 0.2, goldenShare: 0, seed: 3, neighbourMs: 0, keepBatches: false };
    const split = (dryRun: boolean) =>
      act('splitDatasetVersion', 'dryRun moved units counts { split images } problems { code }', {
        datasetVersionId: id,
        policy,
        dryRun,
      });
    expect(await split(true)).toMatchObject({ dryRun: true, units: 7 });
    expect(await split(false)).toMatchObject({ dryRun: false, units: 7 });
    await act('removeDatasetItems', 'id', { datasetVersionId: id, imageSha256s: [hashes[3]] });
    await act('checkDatasetVersion', 'id', { datasetVersionId: id });
    await runCheck();
    expect(await freeze(id)).toMatchObject({ state: 'FROZEN' });
  });

  it('begins a draft with the images of the version that it goes on from, and tells the difference', async () => {
    const { id, datasetId, hashes } = await filled(['TRAIN', 'TRAIN']);
    await freeze(id);
    const next = await act<{ id: string }>('createDatasetVersion', 'id itemCount basedOn { id }', {
      datasetId,
      basedOnId: id,
    });
    expect(next).toMatchObject({ itemCount: 2, basedOn: { id } });
    const [added = ''] = await images(1);
    const items = [
      { imageSha256: added, label: 'good', split: 'TRAIN' },
      { imageSha256: hashes[0], label: 'crack', split: 'TRAIN' },
    ];
    await act('addDatasetItems', 'id', { datasetVersionId: next.id, items });
    await act('removeDatasetItems', 'id', { datasetVersionId: next.id, imageSha256s: [hashes[1]] });
    const { node } = await curator.client.read<{ node: { difference: { changes: { edges: object[] } } } }>(
      `query ($id: ID!, $other: ID!) { node(id: $id) { ... on DatasetVersion { difference(otherId: $other) {
        counts { added removed relabelled redrawn moved same } mix { factor images otherImages }
        changes { edges { node { kind imageSha256 label otherLabel } } } } } } }`,
      { id: next.id, other: id },
    );
    expect(node.difference).toMatchObject({
      counts: { added: 1, removed: 1, relabelled: 1, redrawn: 0, moved: 0, same: 0 },
    });
    expect(node.difference.changes.edges.map((edge) => (edge as { node: { kind: string } }).node.kind).sort()).toEqual([
      'ADDED',
      'LABEL',
      'REMOVED',
    ]);
  });

  it('takes the label that people have decided on where the caller gives none, and by filter only what is decided', async () => {
    const { hashes } = await filled(['TRAIN', 'TRAIN'], 'crack');
    const [undecided = ''] = await images(1);
    const { id, key } = await draft();
    const item = (imageSha256: string | undefined) => ({ imageSha256, split: 'TRAIN' });
    expect(await act('addDatasetItems', 'id', { datasetVersionId: id, items: [item(undecided)] })).toMatchObject({
      __typename: 'ConflictError',
      remedy: expect.stringContaining('nobody has decided'),
    });
    const added = await act('addDatasetItems', 'itemCount counts { label images }', {
      datasetVersionId: id,
      items: [item(hashes[0])],
    });
    expect(added).toMatchObject({ itemCount: 1, counts: [{ label: 'crack', images: 1 }] });

    const filter = { imageSha256s: [...hashes, undecided] };
    expect(await act('addDatasetItemsByFilter', 'itemCount', { datasetVersionId: id, filter })).toMatchObject({
      itemCount: 2,
    });
    const rows = await server.db
      .selectFrom('dataset_item')
      .select('decided_by')
      .where('dataset_version_id', '=', key)
      .execute();
    expect(rows.map((row) => row.decided_by)).toEqual([curator.row.id, curator.row.id]);
  });

  it('hashes what the decisions say, regions included, the same on every database', async () => {
    const { id, hashes } = await filled(['TRAIN', 'TRAIN']);
    const regions = [
      { classCode: 'crack', kind: 'polygon' as const, rings: [[0.1, 0.2, 3.7, 1e-7, 2, 3]] },
      { classCode: 'crack', kind: 'box' as const, x: 1, y: 0.30000000000000004, width: 2, height: 1 },
    ];
    const [first = '', second = ''] = hashes;
    const said = {
      plantId: plant.row.id,
      sha256: first,
      label: 'crack',
      regions,
      origin: 'direct' as const,
      bookId: null,
    };
    const who = { personId: curator.row.id, at: new Date() };
    await server.db.transaction().execute((trx) => recordAnnotations(trx, who, [said]));
    const items = [{ imageSha256: first, split: 'TRAIN' }];
    expect(await act('addDatasetItems', 'id', { datasetVersionId: id, items })).toMatchObject({ id });

    const manifest = new ManifestHash();
    manifest.add({ imageSha256: second, label: 'good', split: 'train', regions: [] });
    manifest.add({ imageSha256: first, label: 'crack', split: 'train', regions: regions.toReversed() });
    const contentHash = manifest.digest({ bookHash: null, splitPolicy: null }).toString('hex');
    expect(await freeze(id)).toMatchObject({ state: 'FROZEN', contentHash });
  });

  it('counts every statement that changes items', async () => {
    const { key, hashes } = await filled(['TRAIN', 'TRAIN']);
    const revision = async () =>
      (await server.db.selectFrom('dataset_version').select('revision').where('id', '=', key).executeTakeFirstOrThrow())
        .revision;
    const before = await revision();
    await sql`UPDATE dataset_item SET split = 'validation' WHERE dataset_version_id = ${key}::uuid`.execute(server.db);
    const moved = await revision();
    expect(moved).toBeGreaterThan(before);
    await sql`DELETE FROM dataset_item WHERE dataset_version_id = ${key}::uuid AND image_sha256 = ${bytes(hashes[0])}`.execute(
      server.db,
    );
    expect(await revision()).toBeGreaterThan(moved);
  });
});
