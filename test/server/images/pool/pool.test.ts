/** The pool through the API: images find their results and results their images; every order and filter, page by page. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { placeImages } from '../../../../server/modules/images/pool/place-images.ts';
import { recordImage } from '../../../../server/modules/images/store/images.service.ts';
import { databases } from '../../../support/database.ts';
import { fillPool, type SeededPool } from '../../../support/fill-pool.ts';
import { createSeed, type SeededPlant } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';
import { type RecordingPlant, record, recordingPlant } from '../../line/inspections/recording.ts';

const ROWS = 120;

interface PageAnswer {
  poolImages: {
    totalCount: number;
    hasMoreThanTotal: boolean;
    edges: { cursor: string; node: Record<string, unknown> & { imageSha256: string } }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null; startCursor: string | null };
  };
}

describe.each(databases())('the pool on %s', (kind) => {
  let server: TestServer;
  let plant: SeededPlant;
  let pool: SeededPool;
  let reader: TestClient;
  let recording: RecordingPlant;

  beforeAll(async () => {
    const env = { LEHR_LIMIT_POOL_COUNT: '100', LEHR_LIMIT_POOL_IDS: '3', LEHR_LIMIT_POOL_LASSO_POINTS: '4' };
    server = await openTestServer(kind, { env });
    const seed = createSeed(server);
    plant = await seed.plant({ lines: 2 });
    pool = await fillPool(server.db, plant, ROWS);
    reader = (await plant.person('viewer')).client;
    recording = await recordingPlant(seed, { lines: 1, nodes: 1 });
  });
  afterAll(() => server.close());

  const ask = async (args: Record<string, unknown>, fields = 'imageSha256') =>
    (
      await reader.read<PageAnswer>(
        `query ($plantId: ID!, $filter: PoolFilter, $sort: PoolSortInput, $first: Int, $last: Int, $after: String, $before: String) {
          poolImages(plantId: $plantId, filter: $filter, sort: $sort, first: $first, last: $last, after: $after, before: $before) {
            totalCount hasMoreThanTotal edges { cursor node { ${fields} imageSha256 } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
          }
        }`,
        { plantId: plant.globalId, ...args },
      )
    ).poolImages;
  const hashes = (page: PageAnswer['poolImages']) => page.edges.map(({ node }) => node.imageSha256);

  it.each([
    ['CAPTURED_AT', true],
    ['LABEL_ERROR', false],
    ['LABEL_ERROR', true],
    ['LEAK', false],
  ])('gives each image once by %s, descending %s, forward and backward', async (by, descending) => {
    const sort = { by, descending };
    const all = await ask({ sort, first: 500 });
    expect(new Set(hashes(all)).size).toBe(ROWS);
    const forward: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const page: PageAnswer['poolImages'] = await ask({ sort, first: 35, after });
      forward.push(...hashes(page));
      ({ endCursor: after, hasNextPage: more } = page.pageInfo);
    }
    expect(forward).toEqual(hashes(all));
    const backward: string[] = [];
    for (let before: string | null = null, more = true; more; ) {
      const page: PageAnswer['poolImages'] = await ask({ sort, last: 35, before });
      backward.unshift(...hashes(page));
      ({ startCursor: before, hasPreviousPage: more } = page.pageInfo);
    }
    expect(backward).toEqual(hashes(all));
  });

  it('puts images without the value last, whichever way', async () => {
    for (const descending of [true, false]) {
      const page = await ask({ sort: { by: 'LABEL_ERROR', descending }, first: 500 }, 'quality { labelError }');
      const values = page.edges.map(({ node }) => (node.quality as { labelError: number | null }).labelError);
      const known = values.filter((value) => value !== null);
      expect(known).toHaveLength(ROWS / 5);
      expect(values.slice(known.length).every((value) => value === null)).toBe(true);
      expect(known).toEqual([...known].sort((a, b) => (descending ? b - a : a - b)));
    }
  });

  it('counts no further than the limit, and says so', async () => {
    expect(await ask({ first: 1 })).toMatchObject({ totalCount: 100, hasMoreThanTotal: true });
    const filter = { labelState: ['LABELLED'] };
    expect(await ask({ first: 1, filter })).toMatchObject({ totalCount: ROWS / 5, hasMoreThanTotal: false });
  });

  it.each<[string, (pool: SeededPool) => Record<string, unknown>, number | null]>([
    ['a line', (of) => ({ lineId: [encodeGlobalId('Line', of.lineIds[0] ?? '')] }), ROWS / 2],
    ['two lists', () => ({ labelState: ['LABELLED', 'CONFLICT'], label: ['good', 'crack'] }), ROWS / 5],
    ['a range', () => ({ brightness: { min: 0.4, max: 0.6 } }), 100],
    ['a time', (of) => ({ capturedAt: { from: new Date(of.newest.getTime() - 30_000 * 9) } }), 10],
    ['tags', () => ({ tags: { any: ['sample'], none: ['night'] } }), ROWS / 10],
    ['all of these tags', () => ({ tags: { all: ['day', 'sample'] } }), ROWS / 10],
    ['a group', () => ({ nearGroup: createHash('sha256').update(bigint(1n)).digest('hex') }), 2],
    ['words of the path', () => ({ sourcePath: 'CRA set' }), ROWS / 10],
    ['a lasso around everything', () => ({ lasso: [-20, -20, 20, -20, 20, 20, -20, 20] }), 100],
    ['a lasso around nothing', () => ({ lasso: [50, 50, 60, 50, 60, 60] }), 0],
    ['no error of measuring', () => ({ hasMeasureError: true }), 0],
    ['a flag and its opposite', () => ({ isLeak: true }), 0],
    ['the opposite of a flag', () => ({ isLeak: false }), 100],
  ])('takes %s as a filter', async (_name, filterOf, expected) => {
    expect((await ask({ filter: filterOf(pool), first: 1 })).totalCount).toBe(expected);
  });

  it('takes exactly as many hashes and corners as the limits say', async () => {
    const some = (count: number) => Array.from({ length: count }, () => randomBytes(32).toString('hex'));
    expect((await ask({ filter: { imageSha256s: some(3) } })).totalCount).toBe(0);
    await expect(ask({ filter: { imageSha256s: some(4) } })).rejects.toThrow('at most 3');
    const corners = (count: number) => Array.from({ length: count * 2 }, (_, n) => n);
    expect((await ask({ filter: { lasso: corners(4) }, first: 1 })).edges.length).toBeLessThanOrEqual(1);
    await expect(ask({ filter: { lasso: corners(5) } })).rejects.toThrow('at most 4');
  });

  it('takes as many statements for fifty rows as for five', async () => {
    const fields = 'id capturedAt verdict image { url } line { code } camera { code } batch { code } quality { dark }';
    const few = await server.countStatements(() => ask({ first: 5 }, fields));
    expect(await server.countStatements(() => ask({ first: 50 }, fields))).toBe(few);
  });

  it('gives an image the context of its result, whichever came first, and follows corrections', async () => {
    const [node] = recording.nodes;
    if (!node) throw new Error('seeded');
    const plantId = recording.plant.row.id;
    const [early, late] = [randomBytes(32), randomBytes(32)];
    const image = { plant_id: plantId, format: 'png', size_bytes: 9, width: 4, height: 3 } as const;
    await recordImage(server.db, { ...image, sha256: early, received_at: new Date() });
    const item = (sha256: Buffer) =>
      recording.item({ imageSha256: sha256.toString('hex'), context: { batchCode: 'b1', signals: [] } });
    const [first, second] = [item(early), item(late)];
    await record(node.client, [first, second]);
    expect(await placeImages(server.services)).toBe(false);
    await recordImage(server.db, { ...image, sha256: late, received_at: new Date() });
    const rows = async () =>
      server.db
        .selectFrom('pool_image')
        .select(['inspection_id', 'batch_id', 'captured_at', 'score'])
        .where('plant_id', '=', plantId)
        .where('image_sha256', 'in', [early, late])
        .orderBy('captured_at')
        .execute();
    const before = await rows();
    expect(before.map((row) => row.inspection_id).sort()).toEqual([first.id, second.id].sort());
    expect(before.every((row) => row.batch_id !== null && row.score !== null)).toBe(true);

    await recording.plant.owner.client.act('correctProduction', 'corrected', {
      lineId: encodeGlobalId('Line', recording.plant.lines[0]?.line.id ?? ''),
      ...{ from: new Date(Date.now() - 86_400_000), to: new Date(Date.now() + 86_400_000) },
      ...{ batchCode: 'b2', reason: 'typed wrongly', dryRun: false },
    });
    const after = await rows();
    expect(after[0]?.batch_id).not.toBe(before[0]?.batch_id);
    expect(new Set(after.map((row) => row.batch_id)).size).toBe(1);

    const revised = { inspectionId: second.id, keepProbability: 0.25 };
    await node.client.act('reviseCaptures', 'items { outcome }', { input: [revised] });
    const { rows: kept } = {
      rows: await server.db
        .selectFrom('pool_image')
        .select('keep_probability')
        .where('image_sha256', '=', late)
        .execute(),
    };
    expect(kept).toEqual([{ keep_probability: 0.25 }]);
  });
});

/** As int8send writes it. */
function bigint(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}
