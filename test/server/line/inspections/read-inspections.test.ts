/** Lists, single inspections and statistics through the API, on both databases. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../../../server/database/database.ts';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { newId } from '../../../../server/kit/ids.ts';
import { recordImage } from '../../../../server/modules/images/store/images.service.ts';
import {
  countInspections,
  findInspections,
  inspectionSource,
  lastReject,
  listInspections,
  minuteStats,
  recentInspections,
} from '../../../../server/modules/line/inspections/inspections.service.ts';
import { ensurePartitions } from '../../../../server/modules/line/inspections/partitions.ts';
import { databases } from '../../../support/database.ts';
import { createSeed, type Seed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';
import { type Item, idAt, only, type RecordingPlant, record, recordingPlant } from './recording.ts';

const LIST = `query ($filter: InspectionFilter, $first: Int, $last: Int, $after: String, $before: String) {
  inspections(filter: $filter, first: $first, last: $last, after: $after, before: $before) {
    edges { node { inspectionId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

interface Page {
  ids: string[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

async function list(client: TestClient, variables: Record<string, unknown> = {}): Promise<Page> {
  const { inspections } = await client.read<{
    inspections: { edges: { node: { inspectionId: string } }[]; pageInfo: Page['pageInfo'] };
  }>(LIST, variables);
  return { ids: inspections.edges.map(({ node }) => node.inspectionId), pageInfo: inspections.pageInfo };
}

const DAY_MS = 86_400_000;

const nothingAsked = {
  lineId: null,
  stationId: null,
  cameraId: null,
  jobId: null,
  modelVersionId: null,
  verdicts: null,
  defectClass: null,
  productCode: null,
  batchCode: null,
  partId: null,
  imageSha256: null,
  minScore: null,
  maxScore: null,
};

/** Partitions of the inspections that a read locked: those that were not pruned. */
async function partitionsTouched({ db }: TestServer, read: (db: Db) => Promise<unknown>): Promise<string[]> {
  return db.transaction().execute(async (trx) => {
    await read(trx);
    const { rows } = await sql<{ name: string }>`
      SELECT DISTINCT c.relname AS name FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
      WHERE l.pid = pg_backend_pid() AND c.relkind = 'r' AND c.relname ~ '^inspection_[0-9]{8}$' ORDER BY 1
    `.execute(trx);
    return rows.map((row) => row.name);
  });
}

describe.each(databases())('reading inspections on %s', (kind) => {
  let server: TestServer;
  /** While set, the server's clock stands: it must not ask anew in the midst of a count who is signed in. */
  let stopped: Date | undefined;
  let seed: Seed;
  let glass: RecordingPlant;
  let reader: TestClient;
  let items: Item[];
  const sha = randomBytes(32).toString('hex');
  const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;

  beforeAll(async () => {
    server = await openTestServer(kind, { now: () => stopped ?? new Date() });
    seed = createSeed(server);
    glass = await recordingPlant(seed, { lines: 2 });
    reader = (await glass.plant.person('viewer')).client;
    // 60 parts over three days, newest first, on two lines, every third rejected.
    items = Array.from({ length: 60 }, (_, index) => {
      const camera = glass.plant.cameras[index % 2];
      const reject = index % 3 === 0;
      const box = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
      return glass.item(
        {
          id: idAt(hour - index * 4_000_000),
          verdict: reject ? 'REJECT' : index % 3 === 1 ? 'UNCERTAIN' : 'PASS',
          score: index / 100,
          partId: `part-${index}`,
          imageSha256: index === 7 ? sha : randomBytes(32).toString('hex'),
          defects: reject ? [{ class: index % 2 ? 'crack' : 'chip', score: 0.5, box }] : [],
          context: { productCode: `P${index % 2}`, batchCode: `B${index % 4}`, jobCode: `J${index % 5}`, signals: [] },
        },
        camera,
      );
    });
    await record(only(glass.nodes).client, items);
  });
  afterAll(() => server.close());

  const idsWhere = (accept: (index: number) => boolean) =>
    items.filter((_, index) => accept(index)).map(({ id }) => id);

  it('pages from the newest to the oldest and back, each row once', async () => {
    const forward: string[] = [];
    let after: string | null = null;
    for (;;) {
      const page: Page = await list(reader, { first: 7, after });
      forward.push(...page.ids);
      expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage) break;
    }
    expect(forward).toEqual(items.map(({ id }) => id));

    const backward: string[] = [];
    let before: string | null = null;
    for (;;) {
      const page: Page = await list(reader, { last: 7, before });
      backward.unshift(...page.ids);
      before = page.pageInfo.startCursor;
      if (!page.pageInfo.hasPreviousPage) break;
    }
    expect(backward).toEqual(forward);
  });

  it('refuses a cursor that is none and a page that is too long', async () => {
    for (const variables of [
      { after: 'x' },
      { after: Buffer.from('["a","b"]').toString('base64url') },
      { first: 501 },
    ]) {
      const { errors } = await reader.ask(LIST, variables);
      expect(errors?.[0]?.extensions?.code).toBe('INVALID_INPUT');
    }
  });

  it('finds by every filter', async () => {
    const [line, other] = glass.plant.lines;
    const { rows: jobs } = await sql<{ id: string }>`
      SELECT id FROM job WHERE code = 'J2' AND line_id = ${line?.line.id}
    `.execute(server.db);
    const time = (index: number) => new Date(hour - index * 4_000_000).toISOString();
    const cases: [Record<string, unknown>, (index: number) => boolean][] = [
      [{ plantId: glass.plant.globalId }, () => true],
      [{ lineId: encodeGlobalId('Line', other?.line.id ?? '') }, (index) => index % 2 === 1],
      [{ stationId: encodeGlobalId('Station', other?.stations[0]?.station.id ?? '') }, (index) => index % 2 === 1],
      [{ cameraId: encodeGlobalId('Camera', line?.stations[0]?.cameras[0]?.id ?? '') }, (index) => index % 2 === 0],
      [{ jobId: encodeGlobalId('Job', jobs[0]?.id ?? '') }, (index) => index % 5 === 2 && index % 2 === 0],
      [{ modelVersionId: glass.version.globalId }, () => true],
      [{ modelVersionId: encodeGlobalId('ModelVersion', newId()) }, () => false],
      [{ verdicts: ['REJECT', 'UNCERTAIN'] }, (index) => index % 3 !== 2],
      [{ verdicts: [] }, () => false],
      [{ defectClass: 'crack' }, (index) => index % 3 === 0 && index % 2 === 1],
      [{ productCode: 'P1' }, (index) => index % 2 === 1],
      [{ batchCode: 'B3' }, (index) => index % 4 === 3],
      [{ batchCode: 'never' }, () => false],
      [{ partId: 'part-8' }, (index) => index === 8],
      [{ imageSha256: sha }, (index) => index === 7],
      [{ minScore: 0.3, maxScore: 0.4 }, (index) => index >= 30 && index <= 40],
      [{ from: time(10), to: time(5) }, (index) => index > 5 && index <= 10],
      [
        { verdicts: ['REJECT'], defectClass: 'chip', from: time(20), minScore: 0.1 },
        (i) => i % 6 === 0 && i >= 10 && i <= 20,
      ],
    ];
    for (const [filter, accept] of cases) {
      expect({ filter, ids: (await list(reader, { filter, first: 100 })).ids }).toEqual({
        filter,
        ids: idsWhere(accept),
      });
    }
  });

  it('shows a caller only what lies in plants of the caller', async () => {
    const other = await recordingPlant(seed);
    await record(only(other.nodes).client, [other.item()]);
    const stranger = await other.plant.person('viewer');
    expect((await list(stranger.client)).ids).toHaveLength(1);
    expect((await list(stranger.client, { filter: { plantId: glass.plant.globalId } })).ids).toEqual([]);
    expect((await list(reader, { first: 500 })).ids).toHaveLength(60);
    expect((await list((await seed.installer()).client, { first: 500 })).ids).toHaveLength(61);

    const id = encodeGlobalId('Inspection', `${glass.plant.row.id}:${only(items).id}`);
    const node = 'query ($id: ID!) { node(id: $id) { id } }';
    expect(await reader.read(node, { id })).toEqual({ node: { id } });
    expect(await stranger.client.read(node, { id })).toEqual({ node: null });
    // The id of another plant does not lead around.
    const forged = encodeGlobalId('Inspection', `${other.plant.row.id}:${only(items).id}`);
    expect(await stranger.client.read(node, { id: forged })).toEqual({ node: null });
    const stats = await stranger.client.ask(
      `query ($filter: StatsFilter!) { inspectionStats(filter: $filter, bucket: HOUR) { total } }`,
      { filter: { lineId: lineId(0), from: new Date(hour - 3_600_000), to: new Date(hour) } },
    );
    expect(stats.errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
  });

  const lineId = (index: number) => encodeGlobalId('Line', glass.plant.lines[index]?.line.id ?? '');

  it('asks as many statements for 50 rows as for 5', async () => {
    const query = `query ($first: Int!) { inspections(first: $first) { edges { node {
      id defects { class } image { url width } imageUrl line { code area { code } } station { code } camera { code } edgeNode { code }
      job { code product { code } recipe { code } batch { code } } product { code } recipe { code } batch { code } modelVersion { number model { code } }
    } } } }`;
    const image = { format: 'png', size_bytes: 10, width: 4, height: 3, received_at: new Date() } as const;
    await recordImage(server.db, { ...image, plant_id: glass.plant.row.id, sha256: Buffer.from(sha, 'hex') });
    stopped = new Date();
    await reader.read(query, { first: 5 });
    // Ten, so that every kind of reference occurs; with fewer a loader may have nothing to load.
    const few = await server.countStatements(() => reader.read(query, { first: 10 }));
    const many = await server.countStatements(() => reader.read(query, { first: 50 }));
    expect(many).toBe(few);
    expect(few).toBeLessThanOrEqual(18);
    stopped = undefined;
  });

  it('touches one partition for one inspection and those of the time filter for a list', async () => {
    await ensurePartitions(server.db, new Date(hour - 20 * DAY_MS), new Date(hour));
    const item = only(items);
    const one = await partitionsTouched(server, (db) =>
      findInspections({ db, rights: { plantIds: [glass.plant.row.id] } }, [`${glass.plant.row.id}:${item.id}`]),
    );
    expect(one).toEqual([`inspection_${new Date(hour).toISOString().slice(0, 10).replaceAll('-', '')}`]);

    const filter = { ...nothingAsked, plantId: null, from: new Date(hour - DAY_MS), to: new Date(hour) };
    const limits = server.config.limits;
    const some = await partitionsTouched(server, (db) =>
      listInspections({ db, config: { limits }, rights: { plantIds: [glass.plant.row.id] } }, filter, {}),
    );
    expect(some.length).toBeGreaterThan(0);
    expect(some.length).toBeLessThanOrEqual(2);
  });

  it('adds the rollup up to what the rows say, by minute, hour and day', async () => {
    const [from, to] = [new Date(hour - 70 * 3_600_000), new Date(hour + 60_000)];
    for (const bucket of ['MINUTE', 'HOUR', 'DAY']) {
      const { inspectionStats } = await reader.read<{
        inspectionStats: { bucket: string; total: number; reject: number }[];
      }>(
        `query ($filter: StatsFilter!, $bucket: StatsBucket!) {
          inspectionStats(filter: $filter, bucket: $bucket) { bucket pass reject uncertain total rejectRate rejectRateLow rejectRateHigh }
        }`,
        { filter: { lineId: lineId(0), from, to }, bucket },
      );
      expect(inspectionStats.reduce((sum, row) => sum + row.total, 0)).toBe(30);
      expect(inspectionStats.reduce((sum, row) => sum + row.reject, 0)).toBe(10);
      const starts = inspectionStats.map((row) => Date.parse(row.bucket));
      expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    }
  });

  it('lets days begin at midnight of the plant, 23 to 25 hours long, and tells the two equal hours of autumn apart', async () => {
    const berlin = await recordingPlant(seed);
    const changes = [
      // 29 March 2026, 1:00 UTC: 2:00 becomes 3:00; 25 October 2026, 1:00 UTC: 3:00 becomes 2:00 (Europe/Berlin).
      '2026-03-28T22:59:59Z',
      '2026-03-28T23:00:00Z',
      '2026-03-29T21:59:59Z',
      '2026-03-29T22:00:00Z',
      '2026-10-24T22:00:00Z',
      '2026-10-25T00:30:00Z',
      '2026-10-25T01:30:00Z',
      '2026-10-25T22:59:59Z',
      '2026-10-25T23:00:00Z',
    ];
    const line = only(berlin.plant.lines).line.id;
    for (const text of changes)
      await sql`
        INSERT INTO inspection_minute (plant_id, line_id, minute, camera_id, station_id, model_version_id, pass_count, reject_count, uncertain_count)
        VALUES (${berlin.plant.row.id}, ${line}, date_trunc('minute', ${text}::timestamptz), ${newId()}, ${newId()}, ${newId()}, 1, 0, 0)
      `.execute(server.db);
    const stats = async (bucket: string, from: string, to: string) => {
      const { inspectionStats } = await berlin.plant.owner.client.read<{
        inspectionStats: { bucket: string; total: number }[];
      }>(
        'query ($filter: StatsFilter!, $bucket: StatsBucket!) { inspectionStats(filter: $filter, bucket: $bucket) { bucket total } }',
        { filter: { lineId: encodeGlobalId('Line', line), from, to }, bucket },
      );
      return inspectionStats.map((row) => `${new Date(row.bucket).toISOString()} ${row.total}`);
    };
    expect(await stats('DAY', '2026-01-01T00:00:00Z', '2026-12-31T00:00:00Z')).toEqual([
      '2026-03-27T23:00:00.000Z 1',
      '2026-03-28T23:00:00.000Z 2',
      '2026-03-29T22:00:00.000Z 1',
      '2026-10-24T22:00:00.000Z 4',
      '2026-10-25T23:00:00.000Z 1',
    ]);
    expect(await stats('HOUR', '2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z')).toEqual([
      '2026-10-25T00:00:00.000Z 1',
      '2026-10-25T01:00:00.000Z 1',
    ]);
  });

  it('refuses statistics of more buckets than allowed and of no time', async () => {
    const ask = (from: Date, to: Date) =>
      reader.ask('query ($filter: StatsFilter!) { inspectionStats(filter: $filter, bucket: MINUTE) { total } }', {
        filter: { lineId: lineId(0), from, to },
      });
    for (const answer of [await ask(new Date(0), new Date(hour)), await ask(new Date(hour), new Date(hour))])
      expect(answer.errors?.[0]?.extensions?.code).toBe('INVALID_INPUT');
  });

  it('gives the live hub every row after a position, late results of other days too', async () => {
    const late = await recordingPlant(seed);
    const { client } = only(late.nodes);
    const old = (days: number) => late.item({ id: idAt(Date.now() - days * 86_400_000) });
    const sent = [late.item(), old(40), late.item(), old(3), late.item(), late.item()];
    for (const item of sent) await record(client, [item]);
    const source = inspectionSource(server.db, () => new Date());
    const line = only(late.plant.lines).line.id;
    for (let after = 0; after <= sent.length; after++) {
      for (const limit of [1, 2, 100]) {
        const rows = await source.read(line, after, limit);
        expect(rows.map((row) => row.id)).toEqual(sent.slice(after, after + limit).map(({ id }) => id));
        expect(rows.map((row) => row.position)).toEqual(rows.map((_, index) => after + index + 1));
      }
    }
    expect(await source.read(newId(), 0, 10)).toEqual([]);
  });

  it('gives the line status its newest parts, its last reject and its counts', async () => {
    const line = glass.plant.lines[0]?.line.id ?? '';
    const ofLine = items.filter((_, index) => index % 2 === 0);
    const recent = await recentInspections(server.db, line, 5, new Date());
    expect(recent.map(({ id }) => id)).toEqual(
      ofLine
        .slice(0, 5)
        .map(({ id }) => id)
        .reverse(),
    );
    const all = await recentInspections(server.db, line, 40, new Date());
    expect(all.map(({ id }) => id)).toEqual(ofLine.map(({ id }) => id).reverse());
    expect((await lastReject(server.db, line))?.id).toBe(ofLine[0]?.id);
    expect(await lastReject(server.db, newId())).toBeNull();
    const [from, to] = [new Date(hour - 8_040_000), new Date(hour + 60_000)];
    expect(await countInspections(server.db, line, from, to)).toBe(2);
    expect(
      (await minuteStats(server.db, line, from, to)).map(({ pass, reject, uncertain }) => pass + reject + uncertain),
    ).toEqual([1, 1]);
  });

  it('makes partitions once, whoever asks at the same time', async () => {
    const [from, to] = [new Date(hour + 20 * 86_400_000), new Date(hour + 25 * 86_400_000)];
    const made = await Promise.all([1, 2, 3].map(() => ensurePartitions(server.db, from, to)));
    expect(made.reduce((sum, count) => sum + count, 0)).toBe(6);
    expect(await ensurePartitions(server.db, from, to)).toBe(0);
  });
});
