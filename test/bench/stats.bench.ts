/** Statistics: typical questions over a history and over one ten times as long, of the same lines at the same rate, asked in turn. */
import { execute, parse } from 'graphql';
import { sql } from 'kysely';
import { readConfig } from '../../server/config.ts';
import type { Db } from '../../server/database/database.ts';
import { migrateToLatest } from '../../server/database/migrate.ts';
import { openDatabase } from '../../server/database/open-database.ts';
import { schema } from '../../server/graphql/schema.ts';
import { makeContext, type Services } from '../../server/kit/context.ts';
import { encodeGlobalId } from '../../server/kit/global-id.ts';
import { newId } from '../../server/kit/ids.ts';
import { silentLog } from '../../server/kit/log.ts';
import { createMemory } from '../../server/kit/memory.ts';
import { makeRights } from '../../server/kit/rights.ts';
import { createSeed, type SeededPlant } from '../support/seed.ts';
import { createTestClient } from '../support/test-client.ts';
import { makeDatabase } from './ingest/sides.ts';
import { summarise } from './kit/percentiles.ts';
import type { BenchOptions, BenchResult } from './kit/run-benches.ts';
import { type History, rollUpHistory, writeHistory } from './stats/history.ts';

export const name = 'stats';
export const about = 'p95 of inspectionStats over a history, and its growth when the history is ten times as long';

const ROWS = 10_000_000;
const LINES = 4;
const SMALL_DAYS = 31;
const TIMES = 60;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Side {
  db: Db;
  plant: SeededPlant;
  history: History;
  ask(filter: Record<string, unknown>, groupBy: string[], bucket: string | null): Promise<{ total: number }[]>;
}

interface Question {
  name: string;
  /** Asks for more when the history is longer. */
  grows: boolean;
  ask(side: Side, turn: number): Promise<unknown>;
}

/** The end is another minute each time, so that no bound is a whole hour by chance. */
const before = ({ history: { end } }: Side, turn: number, spanMs: number) => {
  const to = end.getTime() - turn * 60_000;
  return { from: new Date(to - spanMs), to: new Date(to) };
};
const whole = ({ plant }: Side) => ({ plantId: plant.globalId });

const questions: Question[] = [
  {
    name: 'last 24 hours by hour and class',
    grows: false,
    ask: (side, turn) => side.ask({ ...whole(side), ...before(side, turn, DAY_MS) }, ['CLASS'], 'HOUR'),
  },
  {
    name: 'last 30 days by day and line',
    grows: false,
    ask: (side, turn) => side.ask({ ...whole(side), ...before(side, turn, 30 * DAY_MS) }, ['LINE'], 'DAY'),
  },
  {
    name: 'last 7 days by shift',
    grows: false,
    ask: (side, turn) => side.ask({ ...whole(side), ...before(side, turn, 7 * DAY_MS) }, ['SHIFT'], null),
  },
  {
    name: 'one job by class',
    grows: false,
    ask: (side, turn) => {
      const id = side.history.recentJobs[(turn * 7) % side.history.recentJobs.length] ?? '';
      return side.ask({ jobId: encodeGlobalId('Job', id) }, ['CLASS'], null);
    },
  },
  { name: 'whole history by day', grows: true, ask: (side) => side.ask(whole(side), [], 'DAY') },
  { name: 'whole history by product', grows: true, ask: (side) => side.ask(whole(side), ['PRODUCT'], null) },
];

export async function run({ n = ROWS, report }: BenchOptions): Promise<BenchResult> {
  await using stack = new AsyncDisposableStack();
  const small = await openSide(stack, n / 10, n / 10 / SMALL_DAYS, report);
  const large = await openSide(stack, n, n / 10 / SMALL_DAYS, report);

  const measured = [];
  for (const question of questions) {
    const [ofSmall, ofLarge]: [number[], number[]] = [[], []];
    for (let turn = -5; turn < TIMES; turn++) {
      const sides: [Side, number[]][] = [
        [small, ofSmall],
        [large, ofLarge],
      ];
      if (turn % 2 !== 0) sides.reverse();
      for (const [side, times] of sides) {
        const begin = performance.now();
        await question.ask(side, turn + 5);
        if (turn >= 0) times.push(performance.now() - begin);
      }
    }
    const [one, ten] = [summarise(ofSmall), summarise(ofLarge)];
    const growth = { p50: round(ten.p50 / one.p50), p95: round(ten.p95 / one.p95) };
    measured.push({
      question: question.name,
      grows: question.grows,
      n: TIMES,
      smallMs: shown(one),
      largeMs: shown(ten),
      growth,
    });
    report(`${question.name}: p95 ${round(one.p95)} ms → ${round(ten.p95)} ms`);
  }
  const exact = [await isExact(small), await isExact(large)];
  if (exact.includes(false)) throw new Error('statistics differ from the raw rows');

  const bounded = measured.filter(({ grows }) => !grows);
  const worst = bounded.reduce((a, b) => (b.growth.p95 > a.growth.p95 ? b : a));
  const { rows } = await sql<{ version: string; bytes: number }>`
    SELECT split_part(current_setting('server_version'), ' ', 1) AS version, pg_database_size(current_database()) AS bytes
  `.execute(large.db);
  return {
    value: Math.max(...bounded.map(({ largeMs }) => largeMs.p95)),
    unit: 'ms, p95 of the slowest question of a bounded time over the long history',
    ratio: worst.growth.p95,
    against: `the same questions over ${small.history.rows} rows of the same lines at the same rate (growth of p95, the worst question of a bounded time)`,
    n: TIMES,
    rows: { small: small.history.rows, large: large.history.rows },
    days: { small: small.history.days, large: large.history.days },
    lines: LINES,
    questions: measured,
    equalToRawRows: true,
    databaseGb: round((rows[0]?.bytes ?? 0) / 1e9),
    includes: 'GraphQL execution and SQL in one process, without HTTP; two hours not rolled up yet',
    database: `postgresql ${rows[0]?.version}`,
  };
}

async function openSide(
  stack: AsyncDisposableStack,
  rows: number,
  rowsPerDay: number,
  report: BenchOptions['report'],
): Promise<Side> {
  const { url, remove } = await makeDatabase('postgresql');
  stack.defer(remove);
  const { db, close } = await openDatabase({
    url,
    dataDir: null,
    statementMs: 120_000,
    connections: 3,
    onFailure: () => {},
  });
  stack.defer(close);
  await migrateToLatest(db, () => {});
  const noServer = () => Promise.reject(new Error('nothing is asked while seeding'));
  const seed = createSeed({
    db,
    services: { now: () => new Date() },
    authenticator: { forgetAll: () => {}, signSession: async () => '' },
    client: (headers) => createTestClient('http://nowhere', noServer, headers),
  });
  const plant = await seed.plant({ lines: LINES, nodes: LINES });
  const { version } = await plant.modelVersion();
  await insertShifts(db, plant);
  const begin = performance.now();
  const history = await writeHistory(db, plant, version.id, rows, rowsPerDay);
  const writtenS = Math.round((performance.now() - begin) / 1000);
  const rolledS = Math.round((await rollUpHistory(db, history)) / 1000);
  report(`${history.rows} rows of ${history.days} days written in ${writtenS} s, rolled up by the job in ${rolledS} s`);
  return { db, plant, history, ask: asker(db, plant) };
}

function asker(db: Db, plant: SeededPlant): Side['ask'] {
  const hub = { wake: () => {}, touch: () => {}, revoke: () => {} };
  const jobs = { send: async () => {} };
  const services: Services = {
    db,
    config: readConfig({}),
    log: silentLog,
    hub,
    jobs,
    memory: createMemory(),
    now: () => new Date(),
  };
  const rights = makeRights({ kind: 'person', rolesByPlant: new Map([[plant.row.id, ['viewer']]]) });
  const document = parse(`query ($filter: StatsFilter!, $groupBy: [StatsGroup!], $bucket: StatsBucket) {
    inspectionStats(filter: $filter, groupBy: $groupBy, bucket: $bucket) {
      bucket total pass reject uncertain rejectRate rejectRateLow rejectRateHigh class line { code } shift { code }
    }
  }`);
  return async (filter, groupBy, bucket) => {
    const contextValue = makeContext(services, { requestId: newId(), address: 'local', rights, principal: null });
    const variableValues = { filter, groupBy, bucket };
    const { data, errors } = await execute({ schema, document, contextValue, variableValues });
    if (errors) throw new Error(errors[0]?.message);
    const rows = (data as { inspectionStats: { total: number }[] }).inspectionStats;
    if (rows.length === 0) throw new Error('nothing was counted');
    return rows;
  };
}

async function insertShifts(db: Db, { row: { id } }: SeededPlant): Promise<void> {
  const rows = ['06:00', '14:00', '22:00'].map((startsAt) => ({
    id: newId(),
    plant_id: id,
    code: `from-${startsAt.slice(0, 2)}`,
    name: startsAt,
    starts_at: startsAt,
    duration_min: 480,
    recurrence: 'FREQ=DAILY',
    valid_from: '2020-01-01',
    valid_to: null,
    except_dates: [],
    extra_dates: [],
    created_at: new Date(),
    retired_at: null,
  }));
  await db.insertInto('shift').values(rows).execute();
}

/** By day, against a count of the raw rows of each line. */
async function isExact(side: Side): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM inspection`.execute(side.db);
  const counted = (await side.ask(whole(side), [], 'DAY')).reduce((sum, { total }) => sum + total, 0);
  return rows[0]?.count === counted && counted === side.history.rows;
}

function shown({ p50, p95 }: { p50: number; p95: number }) {
  return { p50: round(p50), p95: round(p95) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
