/** Recording through the API, on both databases. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { newId } from '../../../../server/kit/ids.ts';
import { databases } from '../../../support/database.ts';
import { createSeed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import { idAt, only, type RecordingPlant, record, recordingPlant, tryRecord } from './recording.ts';

const DAY_MS = 86_400_000;

describe.each(databases())('recordInspections on %s', (kind) => {
  let server: TestServer;
  /** While set, the server's clock stands: it must not ask anew in the midst of a count who is signed in. */
  let stopped: Date | undefined;
  let glass: RecordingPlant;
  let client: RecordingPlant['nodes'][number]['client'];

  beforeAll(async () => {
    server = await openTestServer(kind, { now: () => stopped ?? new Date() });
    glass = await recordingPlant(createSeed(server), { lines: 2, nodes: 2 });
    client = only(glass.nodes).client;
  });
  afterAll(() => server.close());

  const rowOf = (id: string) => server.db.selectFrom('inspection').selectAll().where('id', '=', id).executeTakeFirst();
  const refusalOf = async (over: Record<string, unknown>) => {
    const good = glass.item();
    const { items } = await record(client, [glass.item(over), good]);
    expect(items[1]).toMatchObject({ id: good.id, outcome: 'RECORDED' });
    return items[0];
  };

  it('keeps everything that was said', async () => {
    const sha = randomBytes(32).toString('hex');
    const sourceTime = '2026-01-02T03:04:05.678Z';
    const outline = [0, 0, 0.5, 0.25, 1, 1];
    const item = glass.item({
      verdict: 'REJECT',
      score: 0.875,
      latencyMs: 31.5,
      partId: 'part "7", \\{x}',
      imageSha256: sha,
      imageStats: { brightness: 0.5, contrast: 0.25, colourCast: 0.125, sharpness: 300 },
      position: { offsetXPx: -1.5, offsetYPx: 2, rotationDeg: 0.25 },
      context: {
        productCode: 'P-1',
        recipeCode: 'R "1"',
        batchCode: 'B,1',
        jobCode: 'J{1}',
        machineState: 'Execute',
        machineMode: 'Produce',
        speedPerMin: 61.5,
        temperatureC: 21.5,
        humidityPercent: 44,
        signals: [
          { name: 'encoder', value: 1234, unit: 'mm', quality: 'GOOD', sourceTime },
          { name: '__proto__', value: { deep: ['a', null] }, quality: 'STALE' },
        ],
      },
      defects: [
        { class: 'crack', score: 0.75, box: { x: 0, y: 0.25, width: 0.5, height: 0.5 }, outline },
        { class: 'chip', score: 0.5, box: { x: 0.5, y: 0.5, width: 0.25, height: 0.25 } },
      ],
    });
    expect(await record(client, [item])).toMatchObject({ recorded: 1, refused: 0 });

    const reader = (await glass.plant.person('viewer')).client;
    const id = encodeGlobalId('Inspection', `${glass.plant.row.id}:${item.id}`);
    const { node } = await reader.read(
      `query ($id: ID!) { node(id: $id) { ... on Inspection {
        inspectionId verdict score latencyMs partId imageSha256 imageUrl image { sha256 }
        imageStats { brightness contrast colourCast sharpness } position { offsetXPx offsetYPx rotationDeg }
        product { code } recipe { code } batch { code } job { code line { code } endedAt } line { code } station { code }
        camera { code } edgeNode { code } modelVersion { number }
        context { machineState machineMode speedPerMin temperatureC humidityPercent signals { name value unit quality sourceTime } }
        defects { class score box { x y width height } outline }
      } } }`,
      { id },
    );
    expect(node).toEqual({
      inspectionId: item.id,
      verdict: 'REJECT',
      score: 0.875,
      latencyMs: 31.5,
      partId: 'part "7", \\{x}',
      imageSha256: sha,
      imageUrl: `/images/${glass.plant.row.code}/${sha}`,
      image: null,
      imageStats: { brightness: 0.5, contrast: 0.25, colourCast: 0.125, sharpness: 300 },
      position: { offsetXPx: -1.5, offsetYPx: 2, rotationDeg: 0.25 },
      product: { code: 'P-1' },
      recipe: { code: 'R "1"' },
      batch: { code: 'B,1' },
      job: { code: 'J{1}', line: { code: 'line-1' }, endedAt: null },
      line: { code: 'line-1' },
      station: { code: 'station-1' },
      camera: { code: 'camera-1' },
      edgeNode: { code: 'node-1' },
      modelVersion: { number: 1 },
      context: {
        machineState: 'Execute',
        machineMode: 'Produce',
        speedPerMin: 61.5,
        temperatureC: 21.5,
        humidityPercent: 44,
        signals: expect.arrayContaining([
          { name: 'encoder', value: 1234, unit: 'mm', quality: 'GOOD', sourceTime },
          { name: '__proto__', value: { deep: ['a', null] }, unit: null, quality: 'STALE', sourceTime: null },
        ]),
      },
      defects: [
        { class: 'crack', score: 0.75, box: { x: 0, y: 0.25, width: 0.5, height: 0.5 }, outline },
        { class: 'chip', score: 0.5, box: { x: 0.5, y: 0.5, width: 0.25, height: 0.25 }, outline: null },
      ],
    });
  });

  it('takes the capture time from the id and makes a partition that a late result needs', async () => {
    const capturedAt = new Date(Date.now() - 200 * DAY_MS);
    const late = glass.item({ id: idAt(capturedAt) });
    expect(await record(client, [late])).toMatchObject({ recorded: 1 });
    expect((await rowOf(late.id))?.captured_at).toEqual(capturedAt);
  });

  it('says duplicate to the same item and conflict to another one under its id, and changes nothing', async () => {
    const item = glass.item({
      context: { jobCode: 'job-d', signals: [{ name: 'a', value: { x: 1, y: 2 }, quality: 'GOOD' }] },
    });
    await record(client, [item]);
    const again = {
      ...item,
      context: { signals: [{ quality: 'GOOD', value: { y: 2, x: 1 }, name: 'a' }], jobCode: 'job-d' },
    };
    const other = { ...item, score: 0.2, context: { jobCode: 'job-never', signals: [] } };
    const fresh = glass.item();
    const before = await rowOf(item.id);
    const { items, ...counts } = await record(client, [again, other, fresh]);
    expect(counts).toMatchObject({ recorded: 1, duplicates: 1, conflicts: 1, refused: 0 });
    expect(items.map(({ outcome }) => outcome)).toEqual(['DUPLICATE', 'CONFLICT', 'RECORDED']);
    expect(items[1]).toMatchObject({ field: 'id', value: item.id, reason: expect.stringContaining('new id') });
    expect(await rowOf(item.id)).toEqual(before);
    const jobs = await server.db.selectFrom('job').select('code').where('code', '=', 'job-never').execute();
    expect(jobs).toEqual([]);
  });

  it('judges two items with one id in a call by the first that can be taken', async () => {
    const item = glass.item();
    const { items } = await record(client, [{ ...item, score: 7 }, item, item, { ...item, score: 0.3 }]);
    expect(items.map(({ outcome }) => outcome)).toEqual(['REFUSED', 'RECORDED', 'DUPLICATE', 'CONFLICT']);
  });

  it.each([
    ['id', { id: idAt(Date.UTC(1970, 0, 2)) }],
    ['id', { id: idAt(Date.UTC(2099, 0, 1)) }],
    ['id', { id: idAt(Date.now() - 401 * DAY_MS) }],
    ['id', { id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301' }],
    ['id', { id: 'bottle 17' }],
    ['cameraId', { cameraId: 'nonsense' }],
    ['cameraId', { cameraId: encodeGlobalId('Camera', newId()) }],
    ['modelVersionId', { modelVersionId: encodeGlobalId('ModelVersion', newId()) }],
    ['score', { score: 1.01 }],
    ['latencyMs', { latencyMs: -1 }],
    ['partId', { partId: 'x'.repeat(101) }],
    ['partId', { partId: 'a\u0000b' }],
    ['imageStats.brightness', { imageStats: { brightness: 2, contrast: 0, colourCast: 0, sharpness: 0 } }],
    ['position.rotationDeg', { position: { offsetXPx: 0, offsetYPx: 0, rotationDeg: 720 } }],
    ['context.temperatureC', { context: { temperatureC: 1e300, signals: [] } }],
    [
      'context.signals[1].name',
      {
        context: {
          signals: [
            { name: 'a', quality: 'BAD' },
            { name: 'a', quality: 'BAD' },
          ],
        },
      },
    ],
    ['context.signals', { context: { signals: [{ name: 'a', value: 'a\u0000', quality: 'GOOD' }] } }],
    ['context.signals', { context: { signals: [{ name: 'a', value: '\ud800', quality: 'GOOD' }] } }],
    ['context.signals', { context: { signals: [{ name: 'a', value: 'x'.repeat(40_000), quality: 'GOOD' }] } }],
    ['defects[0].class', { defects: [{ class: '', score: 0, box: { x: 0, y: 0, width: 1, height: 1 } }] }],
    ['defects[0].box.x', { defects: [{ class: 'a', score: 0, box: { x: 2, y: 0, width: 1, height: 1 } }] }],
    [
      'defects[0].outline',
      { defects: [{ class: 'a', score: 0, box: { x: 0, y: 0, width: 1, height: 1 }, outline: [1] }] },
    ],
  ])('refuses an item for its %s and records the rest', async (field, over) => {
    const refused = await refusalOf(over);
    expect(refused).toMatchObject({ outcome: 'REFUSED', field });
    expect(refused?.reason).toMatch(/[;:,] /);
  });

  it('takes numbers that are too small for single precision and text that only looks like an escape', async () => {
    const item = glass.item({ score: 1e-60, context: { signals: [{ name: 'p', value: '\\u0000', quality: 'GOOD' }] } });
    expect(await record(client, [item])).toMatchObject({ recorded: 1 });
    expect(await rowOf(item.id)).toMatchObject({ score: 0, signals: { p: { value: '\\u0000' } } });
  });

  it('refuses the camera of another node', async () => {
    const camera = glass.plant.lines[1]?.stations[0]?.cameras[0];
    const foreign = glass.item({}, camera);
    const { items } = await record(client, [foreign]);
    expect(items[0]).toMatchObject({ outcome: 'REFUSED', field: 'cameraId' });
    const other = glass.nodes[1]?.client;
    if (!other) throw new Error('two nodes were seeded');
    expect(await record(other, [foreign])).toMatchObject({ recorded: 1 });
  });

  it('refuses a call of more items than allowed and everybody but edge nodes', async () => {
    const items = Array.from({ length: 501 }, () => glass.item());
    expect(await tryRecord(client, items)).toMatchObject({
      __typename: 'InvalidInputError',
      field: 'input',
      value: '501 items',
    });
    const asked = await (await glass.plant.person('administrator')).client.ask(
      'mutation ($input: [InspectionInput!]!) { recordInspections(input: $input) { __typename } }',
      { input: [glass.item()] },
    );
    expect(asked.errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });

  it('opens a job, ends it by the next and lets a late result join, whatever the order of arrival', async () => {
    // A line that has had no job yet.
    const fresh = await recordingPlant(createSeed(server));
    const node = only(fresh.nodes).client;
    const start = Date.now() - 60_000;
    const at = (seconds: number, jobCode: string) =>
      fresh.item({ id: idAt(start + seconds * 1000), context: { jobCode, productCode: 'P', signals: [] } });
    await record(node, [at(0, 'job-1'), at(10, 'job-2')]);
    await record(node, [at(5, 'job-1')]);
    await record(node, [at(-10, 'job-0')]);

    const jobs = await server.db
      .selectFrom('job')
      .select(['code', 'started_at', 'ended_at'])
      .where('code', 'in', ['job-0', 'job-1', 'job-2'])
      .orderBy('code')
      .execute();
    const second = (seconds: number) => new Date(start + seconds * 1000);
    expect(jobs).toEqual([
      { code: 'job-0', started_at: second(-10), ended_at: second(0) },
      { code: 'job-1', started_at: second(0), ended_at: second(10) },
      { code: 'job-2', started_at: second(10), ended_at: null },
    ]);
    const events = await server.db
      .selectFrom('event')
      .select(['kind', sql<string>`data->>'jobCode'`.as('code')])
      .where('kind', 'in', ['job.started', 'job.ended'])
      .where(sql<boolean>`data->>'jobCode' IN ('job-0', 'job-1', 'job-2')`)
      .orderBy('position')
      .execute();
    expect(events.map(({ kind, code }) => `${kind} ${code}`)).toEqual([
      'job.started job-1',
      'job.ended job-1',
      'job.started job-2',
      'job.started job-0',
      'job.ended job-0',
    ]);
  });

  it('writes as many statements for 500 items as for 2', async () => {
    const many = (count: number) =>
      Array.from({ length: count }, () =>
        glass.item({
          verdict: 'REJECT',
          defects: [{ class: 'a', score: 1, box: { x: 0, y: 0, width: 1, height: 1 } }],
        }),
      );
    stopped = new Date();
    await record(client, many(1));
    const few = await server.countStatements(() => record(client, many(2)));
    expect(await server.countStatements(() => record(client, many(500)))).toBe(few);
    // defects, rollup, audit, inspections with their positions; what authenticates the token is kept in memory
    expect(few).toBeLessThanOrEqual(5);
    stopped = undefined;
  });

  it('binds what was recorded into the audit chain of the token', async () => {
    const { rows } = await sql<{ record: string }>`
      SELECT record FROM audit WHERE action = 'inspections.record' ORDER BY at DESC, seq DESC LIMIT 1
    `.execute(server.db);
    expect(JSON.parse(only(rows).record).detail).toMatchObject({
      recorded: 500,
      contentsSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});
