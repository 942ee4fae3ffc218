/** Whatever is recorded, corrected and rolled up in whatever order: every rollup and every answer equals a count of the raw rows. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { newId } from '../../../../server/kit/ids.ts';
import { rollUp } from '../../../../server/modules/line/statistics/roll-up.service.ts';
import type { ShiftRow } from '../../../../server/modules/plant/parts/shifts.table.ts';
import { shiftIntervals } from '../../../../server/modules/plant/shifts/shift-intervals.ts';
import { databases } from '../../../support/database.ts';
import { createSeed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import { type Item, idAt, only, type RecordingPlant, record, recordingPlant } from '../inspections/recording.ts';
import { clockBegin, differences, LEVELS, type Level, rawInspections } from './plant-clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Fixed, so that the days at which clocks change are always there to be met; the server's clock moves on from here. */
const START = Date.parse('2026-03-27T10:00:00Z');
const DAYS = 4;

interface Part {
  at: number;
  camera: number;
  verdict: number;
  class: number;
  job: number;
  kind: 'new' | 'again' | 'changed';
}
type Step =
  | { do: 'record'; parts: Part[] }
  | { do: 'roll up'; hoursPerStep: number; steps: number }
  | { do: 'pass time'; hours: number }
  | { do: 'correct'; line: number; from: number; hours: number; batch: number; product: number }
  | { do: 'move clocks'; zone: number };

const ZONES = ['Europe/Berlin', 'Asia/Kolkata', 'America/Havana', 'Atlantic/Azores'];
const part: fc.Arbitrary<Part> = fc.record({
  at: fc.nat(DAYS * 24 * 60),
  camera: fc.nat(3),
  verdict: fc.nat(2),
  class: fc.nat(3),
  job: fc.nat(2),
  kind: fc.constantFrom('new', 'new', 'new', 'again', 'changed'),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      parts: fc.array(part, { minLength: 1, maxLength: 15, size: 'max' }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('roll up' as const),
      hoursPerStep: fc.integer({ min: 1, max: 9 }),
      steps: fc.integer({ min: 1, max: 40 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pass time' as const), hours: fc.integer({ min: 1, max: 40 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('correct' as const),
      line: fc.nat(1),
      from: fc.nat(DAYS * 24),
      hours: fc.integer({ min: 1, max: 30 }),
      batch: fc.nat(3),
      product: fc.nat(3),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move clocks' as const), zone: fc.nat(ZONES.length - 1) }) },
);

const GROUPS = ['LINE', 'STATION', 'CAMERA', 'CLASS', 'BATCH', 'PRODUCT', 'JOB', 'MODEL_VERSION', 'SHIFT'] as const;
const STATS = `query ($filter: StatsFilter!, $groupBy: [StatsGroup!], $bucket: StatsBucket) {
  inspectionStats(filter: $filter, groupBy: $groupBy, bucket: $bucket) {
    bucket pass reject uncertain total
    line { id } station { id } camera { id } class batch { id } product { id } job { id } modelVersion { id } shift { id }
  }
}`;
type Named = { id: string } | null;
interface StatsAnswer {
  bucket: string;
  pass: number;
  reject: number;
  uncertain: number;
  total: number;
  line: Named;
  station: Named;
  camera: Named;
  class: string | null;
  batch: Named;
  product: Named;
  job: Named;
  modelVersion: Named;
  shift: Named;
}

describe.each(databases())('rollups and statistics on %s', (kind) => {
  let server: TestServer;
  let clock = START;
  beforeAll(async () => {
    // Of the last part of all: only the job's own clock moves.
    server = await openTestServer(kind, { now: () => new Date(START + (DAYS + 1) * 24 * HOUR_MS) });
  });
  afterAll(() => server.close());

  it('equal the raw rows, whatever happened in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 6, maxLength: 16, size: 'max' }),
        fc.array(fc.constantFrom(...GROUPS), { maxLength: 3 }),
        async (steps, groupBy) => {
          clock = START + 60 * HOUR_MS;
          const seed = createSeed(server);
          const glass = await recordingPlant(seed, { lines: 2, camerasPerStation: 2 });
          const sent: Item[] = [];
          for (const each of steps) await take(glass, each, sent);
          const plantId = glass.plant.row.id;
          for (const level of LEVELS) expect(await differences(server.db, plantId, level)).toEqual([]);
          for (const bucket of [null, ...LEVELS]) await expectAnswer(glass, groupBy, bucket);
          await rollUp(server.db, { hoursPerStep: 7, steps: 1000, now: new Date(clock) });
          for (const level of LEVELS) expect(await differences(server.db, plantId, level)).toEqual([]);
          for (const bucket of [null, ...LEVELS]) await expectAnswer(glass, groupBy, bucket);
        },
      ),
      { numRuns: 15, endOnFailure: true },
    );
  });

  async function take(glass: RecordingPlant, wanted: Step, sent: Item[]): Promise<void> {
    const { db } = server;
    if (wanted.do === 'pass time') clock += wanted.hours * HOUR_MS;
    else if (wanted.do === 'roll up') await rollUp(db, { ...wanted, now: new Date(clock) });
    else if (wanted.do === 'move clocks') {
      await db
        .updateTable('plant')
        .set({ time_zone: ZONES[wanted.zone] ?? 'UTC' })
        .where('id', '=', glass.plant.row.id)
        .execute();
    } else if (wanted.do === 'record') {
      const items = wanted.parts.map((each) => itemOf(glass, each, sent)).filter((item) => item !== undefined);
      if (items.length > 0) await record(only(glass.nodes).client, items);
    } else await correct(glass, wanted);
  }

  /** Never ahead of the clock; late by as much as it likes. */
  function itemOf(glass: RecordingPlant, { at, camera, verdict, class: kind, job, kind: how }: Part, sent: Item[]) {
    const before = sent[at % Math.max(1, sent.length)];
    if (how !== 'new' && before) return how === 'again' ? before : { ...before, score: 0.9 };
    const time = START + at * MINUTE_MS + (at % 59_000);
    if (time > clock) return undefined;
    const names = ['crack', 'stone', 'tear "x", {y}\\'];
    const defects = names.slice(0, kind).map((name, index) => ({
      class: name,
      score: [0.7, 0.9, 0.9][index],
      box: { x: 0, y: 0, width: 1, height: 1 },
    }));
    const context =
      job === 0
        ? null
        : { jobCode: `j${job}`, productCode: `p${at % 2}`, batchCode: `b${camera % 2}`, recipeCode: 'r', signals: [] };
    const item = glass.item(
      { id: idAt(time), verdict: ['PASS', 'REJECT', 'UNCERTAIN'][verdict], defects, context },
      glass.plant.cameras[camera],
    );
    sent.push(item);
    return item;
  }

  async function correct(glass: RecordingPlant, wanted: Extract<Step, { do: 'correct' }>): Promise<void> {
    const { client } = await engineer(glass);
    const from = START + wanted.from * HOUR_MS;
    const result = await client.act('correctProduction', 'corrected', {
      lineId: encodeGlobalId('Line', glass.plant.lines[wanted.line]?.line.id ?? ''),
      from: new Date(from),
      to: new Date(from + wanted.hours * HOUR_MS - 17 * MINUTE_MS),
      batchCode: wanted.batch === 0 ? null : `b${wanted.batch}`,
      ...(wanted.product === 0 ? {} : { productCode: `p${wanted.product}` }),
      reason: 'typed wrongly',
    });
    expect(result.__typename).toBe('CorrectProductionPayload');
  }

  const engineers = new Map<string, ReturnType<RecordingPlant['plant']['person']>>();
  function engineer(glass: RecordingPlant) {
    const known = engineers.get(glass.plant.row.id) ?? glass.plant.person('quality_engineer');
    engineers.set(glass.plant.row.id, known);
    return known;
  }

  async function expectAnswer(glass: RecordingPlant, groupBy: readonly string[], bucket: Level | null): Promise<void> {
    const { db } = server;
    const plantId = glass.plant.row.id;
    const { time_zone: zone } = await db
      .selectFrom('plant')
      .select('time_zone')
      .where('id', '=', plantId)
      .executeTakeFirstOrThrow();
    const [from, to] = [START + 5 * HOUR_MS + 11 * MINUTE_MS, START + DAYS * 24 * HOUR_MS - 7 * MINUTE_MS];
    const shifts = await shiftsOf(glass);
    const runs = shiftIntervals(shifts, zone, new Date(from), new Date(to));
    const shiftAt = (at: number) => runs.find((run) => run.from.getTime() <= at && at < run.to.getTime())?.shiftId;

    const expected = new Map<string, number[]>();
    for (const raw of await rawInspections(db, plantId)) {
      if (raw.at < from || raw.at >= to) continue;
      const ids: Record<string, string | null | undefined> = {
        LINE: raw.line_id,
        STATION: raw.station_id,
        CAMERA: raw.camera_id,
        CLASS: raw.defect_class,
        BATCH: raw.batch_id,
        PRODUCT: raw.product_id,
        JOB: raw.job_id,
        MODEL_VERSION: raw.model_version_id,
        SHIFT: shiftAt(raw.at),
      };
      const begin = bucket === null ? from : clockBegin(raw.at, zone, bucket);
      const key = JSON.stringify([
        begin,
        ...GROUPS.map((group) => (groupBy.includes(group) ? (ids[group] ?? null) : null)),
      ]);
      const counts = expected.get(key) ?? [0, 0, 0];
      const place = ['pass', 'reject', 'uncertain'].indexOf(raw.verdict);
      counts[place] = (counts[place] ?? 0) + 1;
      expected.set(key, counts);
    }

    const filter = { plantId: glass.plant.globalId, from: new Date(from), to: new Date(to) };
    const { inspectionStats: rows } = await glass.plant.owner.client.read<{ inspectionStats: StatsAnswer[] }>(STATS, {
      filter,
      groupBy,
      bucket: bucket?.toUpperCase() ?? null,
    });
    const keyOf = (named: Named) => (named ? Buffer.from(named.id, 'base64url').toString().split(':')[1] : null);
    const answered = rows.map((row): [string, number[]] => {
      const { line, station, camera, batch, product, job, modelVersion, shift } = row;
      expect(row.total).toBe(row.pass + row.reject + row.uncertain);
      const [places, rest] = [
        [line, station, camera].map(keyOf),
        [batch, product, job, modelVersion, shift].map(keyOf),
      ];
      const key = JSON.stringify([Date.parse(row.bucket), ...places, row.class, ...rest]);
      return [key, [row.pass, row.reject, row.uncertain]];
    });
    expect(answered.toSorted(byKey)).toEqual([...expected].toSorted(byKey));
  }

  /** Two shifts with a gap, one over midnight. */
  async function shiftsOf(glass: RecordingPlant): Promise<ShiftRow[]> {
    const { db } = server;
    const plantId = glass.plant.row.id;
    const known = await db.selectFrom('shift').selectAll().where('plant_id', '=', plantId).execute();
    if (known.length > 0) return known;
    const rows = [
      { code: 'early', starts_at: '06:00', duration_min: 480 },
      { code: 'night', starts_at: '22:00', duration_min: 480 },
    ].map((each) => ({
      ...each,
      id: newId(),
      plant_id: plantId,
      name: each.code,
      recurrence: 'FREQ=DAILY',
      valid_from: '2026-01-01',
      valid_to: null,
      except_dates: ['2026-03-30'],
      extra_dates: [],
      created_at: new Date(START),
      retired_at: null,
    }));
    await db.insertInto('shift').values(rows).execute();
    return rows;
  }
});

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
