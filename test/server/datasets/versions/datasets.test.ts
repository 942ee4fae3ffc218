/** Datasets through the API: people decide, versions freeze, and the database itself refuses what the services would. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { newId } from '../../../../server/kit/ids.ts';
import { contentHash, ManifestHash } from '../../../../server/modules/datasets/versions/dataset-manifest.ts';
import { databases } from '../../../support/database.ts';
import { createSeed, freshCode, type Seed, type SeededPerson, type SeededPlant } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';

interface Item {
  imageSha256: string;
  label: string;
  split: string;
}

/** Of images without regions, in a plant without a book. */
function hashOf(items: readonly { imageSha256: string; label: string; split: string }[]): string {
  const manifest = new ManifestHash();
  for (const item of items) manifest.add({ ...item, regions: [] });
  return manifest.digest({ bookHash: null, splitPolicy: null }).toString('hex');
}

describe.each(databases())('datasets on %s', (kind) => {
  let server: TestServer;
  let seed: Seed;
  let plant: SeededPlant;
  let other: SeededPlant;
  let curator: SeededPerson;

  beforeAll(async () => {
    server = await openTestServer(kind, {
      env: { LEHR_LIMIT_DATASET_ITEMS: '12', LEHR_LIMIT_DATASET_ITEMS_PER_CALL: '10' },
    });
    seed = createSeed(server);
    plant = await seed.plant();
    other = await seed.plant();
    curator = await plant.person('quality_engineer');
  });
  afterAll(() => server.close());

  /** Images that the plant has, as an upload would leave them. */
  async function images(plantId: string, count: number): Promise<string[]> {
    const rows = Array.from({ length: count }, () => ({
      plant_id: plantId,
      sha256: randomBytes(32),
      format: 'png' as const,
      size_bytes: 10,
      width: 4,
      height: 4,
      received_at: new Date(),
    }));
    await server.db.insertInto('image').values(rows).execute();
    return rows.map(({ sha256 }) => sha256.toString('hex'));
  }

  async function draft(client = curator.client) {
    const dataset = await client.act<{ id: string }>('createDataset', 'id', {
      plantId: plant.globalId,
      code: freshCode('set'),
      name: 'A set',
    });
    const version = await client.act<{ id: string; number: number }>('createDatasetVersion', 'id number', {
      datasetId: dataset.id,
    });
    return { datasetId: dataset.id, versionId: version.id, number: version.number };
  }

  const good = (imageSha256: string): Item => ({ imageSha256, label: 'good', split: 'TRAIN' });
  const add = (datasetVersionId: string, items: Item[], client = curator.client) =>
    client.act('addDatasetItems', 'id itemCount', { datasetVersionId, items });
  const itemsOf = async (versionId: string) => {
    const { node } = await curator.client.read<{ node: { items: { edges: { node: object }[] } } }>(
      `query ($id: ID!) { node(id: $id) { ... on DatasetVersion { items(first: 500) { edges { node {
        label split image { sha256 url } decidedBy { name }
      } } } } } }`,
      { id: versionId },
    );
    return node.items.edges.map((edge) => edge.node);
  };

  it('numbers the versions of a dataset from 1, also when two are opened at once', async () => {
    const { datasetId, number } = await draft();
    expect(number).toBe(1);
    const opened = await Promise.all(
      Array.from({ length: 4 }, () =>
        curator.client.act<{ number: number }>('createDatasetVersion', 'number', { datasetId }),
      ),
    );
    expect(opened.map((version) => version.number).sort()).toEqual([2, 3, 4, 5]);
  });

  it('keeps who decided what on each image, the later decision in place of the former', async () => {
    const { versionId } = await draft();
    const [first = '', second = ''] = (await images(plant.row.id, 2)).sort();
    expect(await add(versionId, [good(first), good(second)])).toMatchObject({ itemCount: 2 });
    const colleague = await plant.person('ml_engineer');
    const changed = { imageSha256: second, label: 'crack', split: 'GOLDEN' };
    expect(await add(versionId, [changed], colleague.client)).toMatchObject({ itemCount: 2 });

    const url = (sha256: string) => `/images/${plant.row.code}/${sha256}`;
    expect(await itemsOf(versionId)).toEqual([
      {
        label: 'good',
        split: 'TRAIN',
        image: { sha256: first, url: url(first) },
        decidedBy: { name: curator.row.name },
      },
      {
        label: 'crack',
        split: 'GOLDEN',
        image: { sha256: second, url: url(second) },
        decidedBy: { name: colleague.row.name },
      },
    ]);
  });

  it('takes all items of a call or none: an image that the plant has not is named with its place', async () => {
    const { versionId } = await draft();
    const [known = ''] = await images(plant.row.id, 1);
    const [foreign = ''] = await images(other.row.id, 1);
    const refused = await add(versionId, [good(known), good(foreign)]);
    expect(refused).toMatchObject({
      __typename: 'NotFoundError',
      field: 'input.items[1].imageSha256',
      value: foreign,
    });
    expect(await itemsOf(versionId)).toEqual([]);
  });

  it.each<[string, (image: string) => Item[], string]>([
    ['no items', () => [], 'input.items'],
    ['too many items', (image) => Array.from({ length: 11 }, () => good(image)), 'input.items'],
    ['an image twice', (image) => [good(image), good(image)], 'input.items[1].imageSha256'],
    ['an empty label', (image) => [{ ...good(image), label: '' }], 'input.items[0].label'],
    ['a label with blanks around', (image) => [{ ...good(image), label: ' good' }], 'input.items[0].label'],
    ['a label with a zero byte', (image) => [{ ...good(image), label: 'a\0' }], 'input.items[0].label'],
    ['a label that is too long', (image) => [{ ...good(image), label: 'x'.repeat(101) }], 'input.items[0].label'],
  ])('refuses %s', async (_what, items, field) => {
    const { versionId } = await draft();
    const [image = ''] = await images(plant.row.id, 1);
    expect(await add(versionId, items(image))).toMatchObject({ __typename: 'InvalidInputError', field });
    expect(await itemsOf(versionId)).toEqual([]);
  });

  it('refuses the call that would make a version larger than the limit, and takes it back whole', async () => {
    const { versionId } = await draft();
    const all = await images(plant.row.id, 13);
    await add(versionId, all.slice(0, 7).map(good));
    const refused = await add(versionId, all.slice(7).map(good));
    expect(refused).toMatchObject({ __typename: 'InvalidInputError', remedy: expect.stringContaining('at most 12') });
    expect(await itemsOf(versionId)).toHaveLength(7);
    expect(await add(versionId, all.slice(7, 12).map(good))).toMatchObject({ itemCount: 12 });
  });

  describe('freezing', () => {
    async function frozen() {
      const { versionId, datasetId } = await draft();
      const all = await images(plant.row.id, 2);
      await add(versionId, all.map(good));
      const version = await curator.client.act<{ contentHash: string }>(
        'freezeDatasetVersion',
        'state contentHash frozenAt frozenBy { name } itemCount',
        { datasetVersionId: versionId },
      );
      return { versionId, datasetId, images: all, version };
    }
    const keyOf = (globalId: string) => Buffer.from(globalId, 'base64url').toString().split(':')[1] ?? '';

    it('gives the hash of the canonical manifest, says who did it, and leaves an event and an audit record', async () => {
      const { versionId, images: all, version } = await frozen();
      const manifest = all.map((imageSha256) => ({ imageSha256, label: 'good', split: 'train' }));
      expect(version).toMatchObject({
        __typename: 'DatasetVersion',
        state: 'FROZEN',
        contentHash: hashOf(manifest),
        frozenAt: expect.any(String),
        frozenBy: { name: curator.row.name },
        itemCount: 2,
      });
      const { events } = await curator.client.read<{ events: { edges: { node: { data: object } }[] } }>(
        'query ($id: ID!) { events(filter: { plantId: $id, kinds: ["dataset.frozen"] }, first: 1) { edges { node { data } } } }',
        { id: plant.globalId },
      );
      expect(events.edges[0]?.node.data).toEqual({ datasetVersionId: versionId, number: 1, items: 2 });
      const audited = await server.db
        .selectFrom('audit')
        .select('action')
        .where('subject_id', '=', keyOf(versionId))
        .orderBy('seq')
        .execute();
      expect(audited.map(({ action }) => action)).toEqual(['dataset.open', 'dataset.decide', 'dataset.freeze']);
    });

    it('is for good: the service refuses every further change', async () => {
      const { versionId } = await frozen();
      const [image = ''] = await images(plant.row.id, 1);
      const conflict = { __typename: 'ConflictError', value: versionId, remedy: expect.stringContaining('frozen') };
      expect(await add(versionId, [good(image)])).toMatchObject(conflict);
      const again = { datasetVersionId: versionId };
      expect(await curator.client.act('freezeDatasetVersion', 'id', again)).toMatchObject(conflict);
    });

    it('is for good: the database refuses what would go around the service', async () => {
      const { versionId, images: all } = await frozen();
      const id = keyOf(versionId);
      const [image = ''] = await images(plant.row.id, 1);
      const { db } = server;
      const insert = sql`INSERT INTO dataset_item (dataset_version_id, plant_id, image_sha256, label, split, decision_id, decided_by, decided_at)
        VALUES (${id}::uuid, ${plant.row.id}::uuid, ${Buffer.from(image, 'hex')}, 'good', 'train', ${newId()}::uuid, ${curator.row.id}::uuid, now())`;
      const attempts = [
        insert,
        sql`UPDATE dataset_item SET label = 'crack' WHERE dataset_version_id = ${id}::uuid`,
        sql`DELETE FROM dataset_item WHERE dataset_version_id = ${id}::uuid`,
        sql`UPDATE dataset_version SET state = 'draft', frozen_by = NULL, frozen_at = NULL, content_hash = NULL WHERE id = ${id}::uuid`,
        sql`UPDATE dataset_version SET content_hash = ${randomBytes(32)} WHERE id = ${id}::uuid`,
        sql`DELETE FROM dataset_version WHERE id = ${id}::uuid`,
      ];
      for (const attempt of attempts) await expect(attempt.execute(db)).rejects.toThrow('is frozen');
      // an item of a draft cannot be slipped into the frozen version either
      const draftId = (await draft()).versionId;
      await add(draftId, [good(image)]);
      const move = sql`UPDATE dataset_item SET dataset_version_id = ${id}::uuid WHERE dataset_version_id = ${keyOf(draftId)}::uuid`;
      await expect(move.execute(db)).rejects.toThrow('is frozen');
      expect(await itemsOf(versionId)).toHaveLength(all.length);
    });

    it('refuses a version without images', async () => {
      const { versionId } = await draft();
      const refused = await curator.client.act('freezeDatasetVersion', 'id', { datasetVersionId: versionId });
      expect(refused).toMatchObject({ __typename: 'ConflictError', remedy: expect.stringContaining('without images') });
    });

    it('lets of an item and a freeze at the same time either come first, never pass each other', async () => {
      const { versionId } = await draft();
      const all = await images(plant.row.id, 5);
      await add(versionId, [good(all[0] ?? '')]);
      const results = await Promise.all([
        ...all.slice(1).map((image) => add(versionId, [good(image)])),
        curator.client.act<{ contentHash: string }>('freezeDatasetVersion', 'contentHash', {
          datasetVersionId: versionId,
        }),
      ]);
      const kept = (await itemsOf(versionId)) as { label: string; image: { sha256: string } }[];
      const manifest = kept.map(({ label, image }) => ({ imageSha256: image.sha256, label, split: 'train' }));
      expect(results.at(-1)).toMatchObject({ contentHash: hashOf(manifest) });
      const added = results.slice(0, -1).filter(({ __typename }) => __typename === 'DatasetVersion');
      expect(kept).toHaveLength(added.length + 1);
    });
  });

  it('makes a dataset with a code that is free in the plant', async () => {
    const code = freshCode('set');
    const input = { plantId: plant.globalId, code, name: 'A set' };
    expect(await curator.client.act('createDataset', 'code', input)).toEqual({ __typename: 'Dataset', code });
    const taken = { __typename: 'ConflictError', field: 'input.code', value: code };
    expect(await curator.client.act('createDataset', 'id', input)).toMatchObject(taken);
    const elsewhere = { ...input, plantId: other.globalId };
    expect(await other.owner.client.act('createDataset', 'code', elsewhere)).toMatchObject({ code });
    expect(await curator.client.act('createDataset', 'id', { ...input, code: 'A' })).toMatchObject({
      __typename: 'InvalidInputError',
      field: 'input.code',
    });
  });

  it('does not tell a dataset of another plant from one that does not exist', async () => {
    const { datasetId, versionId } = await draft();
    const { client } = other.owner;
    const unknown = [encodeGlobalId('Dataset', newId()), encodeGlobalId('DatasetVersion', newId())] as const;
    for (const id of [datasetId, unknown[0]]) {
      const refused = await client.act('createDatasetVersion', 'id', { datasetId: id });
      expect(refused).toMatchObject({ __typename: 'NotFoundError', field: 'datasetId', value: id });
    }
    for (const id of [versionId, unknown[1]]) {
      expect(await add(id, [good('00'.repeat(32))], client)).toMatchObject({ __typename: 'NotFoundError', value: id });
      const refused = await client.act('freezeDatasetVersion', 'id', { datasetVersionId: id });
      expect(refused).toMatchObject({ __typename: 'NotFoundError', value: id });
      expect(await client.read('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: null });
    }
    const refused = await client.act('createDataset', 'id', { plantId: plant.globalId, code: 'x', name: 'X' });
    expect(refused).toMatchObject({ __typename: 'NotFoundError', field: 'input.plantId' });
  });

  it('lets only those decide who may', async () => {
    const { datasetId, versionId } = await draft();
    const acts: [string, Record<string, unknown>][] = [
      ['createDataset', { plantId: plant.globalId, code: freshCode('set'), name: 'A set' }],
      ['createDatasetVersion', { datasetId }],
      ['addDatasetItems', { datasetVersionId: versionId, items: [good('00'.repeat(32))] }],
      ['freezeDatasetVersion', { datasetVersionId: versionId }],
    ];
    const node = plant.nodes[0];
    if (!node) throw new Error('no node');
    const elsewhere = await seed.person([
      { plantId: plant.row.id, role: 'viewer' },
      { plantId: other.row.id, role: 'quality_engineer' },
    ]);
    const callers = [
      await plant.person('viewer'),
      await plant.person('operator'),
      await plant.person('approver'),
      elsewhere,
      await plant.edgeToken(node),
      await plant.mesToken(),
    ];
    for (const [field, values] of acts) {
      for (const { client } of callers) {
        await expect(client.act(field, 'id', values)).rejects.toThrow('Your roles do not allow');
      }
      await expect(server.anonymous.act(field, 'id', values)).rejects.toThrow('Sign in');
    }
  });
});

describe('the content hash', () => {
  const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
  const item = fc.record({
    imageSha256: hex,
    label: fc.string({ minLength: 1 }),
    split: fc.constantFrom('train', 'golden'),
  });
  const items = fc.uniqueArray(item, { selector: ({ imageSha256 }) => imageSha256, minLength: 1, maxLength: 8 });

  it('is the same in whatever order the items were added', () => {
    fc.assert(
      fc.property(
        items.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => contentHash(list).equals(contentHash(shuffled)),
      ),
    );
  });

  it('is another one when any label, split or image is', () => {
    fc.assert(
      fc.property(items, fc.nat(), fc.constantFrom('label', 'split', 'imageSha256'), (list, at, field) => {
        const changed = list.map((each, index) =>
          index === at % list.length ? { ...each, [field]: `${each[field as 'label']}x` } : each,
        );
        return !contentHash(list).equals(contentHash(changed));
      }),
    );
  });
});
