/** What can be asked of the counts, and what is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { defectClass } from '../../../../server/modules/line/inspections/defect-class.ts';
import { shiftRanges } from '../../../../server/modules/line/statistics/shift-ranges.ts';
import { databases } from '../../../support/database.ts';
import { createSeed, type Seed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import { idAt, only, type RecordingPlant, record, recordingPlant } from '../inspections/recording.ts';

const NOW = Date.parse('2026-06-10T12:00:00Z');
const box = { x: 0, y: 0, width: 1, height: 1 };

describe.each(databases())('inspectionStats on %s', (kind) => {
  let server: TestServer;
  let seed: Seed;
  let glass: RecordingPlant;
  beforeAll(async () => {
    const env = { LEHR_LIMIT_STATS_BUCKETS: '60', LEHR_LIMIT_STATS_LINES: '2', LEHR_LIMIT_ROLLUP_STEPS: '1' };
    server = await openTestServer(kind, { now: () => new Date(NOW), env });
    seed = createSeed(server);
    glass = await recordingPlant(seed, { lines: 3 });
    const items = Array.from({ length: 120 }, (_, index) => {
      const classes = ['crack', 'stone'].slice(0, index % 3);
      const context = { jobCode: `j${index < 60 ? 1 : 2}`, batchCode: `b${index % 5}`, productCode: 'p', signals: [] };
      return glass.item(
        {
          id: idAt(NOW - (index + 1) * 60_000),
          verdict: classes.length > 0 ? 'REJECT' : 'PASS',
          defects: classes.map((name) => ({ class: name, score: 0.9, box })),
          context,
        },
        glass.plant.cameras[index % 2],
      );
    });
    await record(only(glass.nodes).client, items);
  });
  afterAll(() => server.close());

  const lineId = (index: number) => encodeGlobalId('Line', glass.plant.lines[index]?.line.id ?? '');
  const ask = (filter: Record<string, unknown>, groupBy: string[] = [], bucket: string | null = null) =>
    glass.plant.owner.client.ask<{
      inspectionStats: {
        total: number;
        class: string | null;
        rejectRateLow: number;
        batch: { code: string } | null;
        job: { code: string } | null;
      }[];
    }>(
      `query ($filter: StatsFilter!, $groupBy: [StatsGroup!], $bucket: StatsBucket) {
        inspectionStats(filter: $filter, groupBy: $groupBy, bucket: $bucket) {
          bucket total class rejectRateLow line { code } station { code } camera { code } batch { code } product { code } job { code } modelVersion { number } shift { code }
        }
      }`,
      { filter, groupBy, bucket },
    );
  const totals = async (...args: Parameters<typeof ask>) => {
    const { data, errors } = await ask(...args);
    if (!data) throw new Error(errors?.[0]?.message);
    return data.inspectionStats;
  };
  const refusal = async (...args: Parameters<typeof ask>) => (await ask(...args)).errors?.[0]?.extensions?.code;

  it('counts a plant, a line, several lines and a job, the whole time when none is given', async () => {
    expect(await totals({ plantId: glass.plant.globalId })).toMatchObject([{ total: 120 }]);
    expect(await totals({ lineId: lineId(0) })).toMatchObject([{ total: 60 }]);
    expect(await totals({ lineIds: [lineId(0), lineId(1)] })).toMatchObject([{ total: 120 }]);
    expect(await totals({ lineId: lineId(2) })).toEqual([]);
    const byJob = await totals({ lineId: lineId(0) }, ['JOB']);
    expect(byJob.map(({ total, job }) => [total, job?.code]).toSorted()).toEqual([
      [30, 'j1'],
      [30, 'j2'],
    ]);
    const { id } = await server.db
      .selectFrom('job')
      .select('id')
      .where('code', '=', 'j1')
      .where('line_id', '=', glass.plant.lines[0]?.line.id ?? '')
      .executeTakeFirstOrThrow();
    expect(await totals({ jobId: encodeGlobalId('Job', id) }, [], 'DAY')).toMatchObject([{ total: 30 }]);
  });

  it('counts every part under one class, so that the classes add up', async () => {
    const byClass = await totals({ plantId: glass.plant.globalId }, ['CLASS']);
    expect(byClass.map(({ class: name, total }) => [name, total])).toEqual([
      ['crack', 80],
      [null, 40],
    ]);
    expect(await totals({ plantId: glass.plant.globalId, defectClass: 'crack' })).toMatchObject([{ total: 80 }]);
    expect(await totals({ plantId: glass.plant.globalId, defectClass: 'stone' })).toEqual([]);
    expect(await totals({ plantId: glass.plant.globalId, batchCode: 'b1', productCode: 'p' })).toMatchObject([
      { total: 24 },
    ]);
    expect(await totals({ plantId: glass.plant.globalId, batchCode: 'unknown' })).toEqual([]);
  });

  it('asks as many statements for many rows as for few', async () => {
    const all = ['LINE', 'STATION', 'CAMERA', 'BATCH', 'PRODUCT', 'JOB', 'MODEL_VERSION', 'CLASS', 'SHIFT'];
    const at = (minutes: number) => ({ lineId: lineId(0), from: new Date(NOW - minutes * 60_000), to: new Date(NOW) });
    const few = await server.countStatements(() => totals(at(5), all));
    const many = await server.countStatements(() => totals(at(110), all, 'DAY'));
    expect(many).toBe(few);
  });

  it('refuses more than the limit, what makes no sense and what the caller may not see', async () => {
    const all = { plantId: glass.plant.globalId };
    const last = (minutes: number) => ({ ...all, from: new Date(NOW - minutes * 60_000), to: new Date(NOW) });
    expect(await refusal(last(60), [], 'MINUTE')).toBeUndefined();
    expect(await refusal(last(61), [], 'MINUTE')).toBe('INVALID_INPUT');
    // 60 minutes of two lines in 5 batches: more rows than buckets
    expect(await refusal(last(60), ['BATCH', 'LINE', 'CLASS'], 'MINUTE')).toBeUndefined();
    expect(await refusal({ ...all, from: new Date(NOW - 60 * 60_000), to: new Date(NOW - 70 * 60_000) })).toBe(
      'INVALID_INPUT',
    );
    expect(await refusal({ lineIds: [lineId(0), lineId(1)] })).toBeUndefined();
    expect(await refusal({ lineIds: [lineId(0), lineId(1), lineId(2)] })).toBe('INVALID_INPUT');
    expect(await refusal({})).toBe('INVALID_INPUT');
    const elsewhere = await seed.plant();
    expect(await refusal({ plantId: elsewhere.globalId })).toBe('NOT_FOUND');
    expect(await refusal({ lineId: encodeGlobalId('Line', only(elsewhere.lines).line.id) })).toBe('NOT_FOUND');
    expect(await refusal({ ...all, shiftId: encodeGlobalId('Shift', elsewhere.row.id) })).toBe('NOT_FOUND');
    expect(await refusal({ ...all, from: new Date(0), to: new Date(NOW) }, ['SHIFT'])).toBe('INVALID_INPUT');
  });

  it('refuses an answer of more rows than the limit', async () => {
    await record(
      only(glass.nodes).client,
      Array.from({ length: 61 }, (_, index) =>
        glass.item({ id: idAt(NOW - 24 * 3_600_000), context: { batchCode: `many-${index}`, signals: [] } }),
      ),
    );
    const day = (batches: string[]) =>
      refusal({ plantId: glass.plant.globalId, to: new Date(NOW - 23 * 3_600_000) }, batches);
    expect(await day([])).toBeUndefined();
    expect(await day(['BATCH'])).toBe('INVALID_INPUT');
  });
});

describe('the class that a part is counted under', () => {
  it('is that of the highest score as stored, of the first of equals', () => {
    expect(defectClass([])).toBeNull();
    expect(defectClass([{ class: 'a', score: 0 }])).toBe('a');
    expect(
      defectClass([
        { class: 'a', score: 0.4 },
        { class: 'b', score: 0.9 },
        { class: 'c', score: 0.9 },
      ]),
    ).toBe('b');
    // Different in double precision, equal as they are stored.
    expect(
      defectClass([
        { class: 'a', score: 0.9 },
        { class: 'b', score: 0.9 + 1e-12 },
      ]),
    ).toBe('a');
  });
});

describe('the time of shifts', () => {
  const at = (minute: number) => new Date(minute * 60_000);
  const run = (shiftId: string, from: number, to: number) => ({ shiftId, from: at(from), to: at(to) });
  const cut = (runs: ReturnType<typeof run>[], from: number, to: number) =>
    shiftRanges(runs, at(from), at(to)).map((each) => [
      each.shiftId,
      each.from.getTime() / 60_000,
      each.to.getTime() / 60_000,
    ]);

  it('is covered whole and once, also where shifts overlap or leave a gap', () => {
    expect(cut([], 0, 10)).toEqual([[null, 0, 10]]);
    expect(cut([run('a', -5, 4), run('b', 6, 20)], 0, 10)).toEqual([
      ['a', 0, 4],
      [null, 4, 6],
      ['b', 6, 10],
    ]);
    expect(cut([run('a', 0, 6), run('b', 4, 8), run('c', 5, 6)], 0, 10)).toEqual([
      ['a', 0, 6],
      ['b', 6, 8],
      [null, 8, 10],
    ]);
  });
});
