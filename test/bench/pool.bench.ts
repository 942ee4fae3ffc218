/** The pool: what people ask of it, at ten thousand, a hundred thousand and a million images, in turn. */
import { execute, parse } from 'graphql';
import { sql } from 'kysely';
import { readConfig } from '../../server/config.ts';
import type { Db } from '../../server/database/database.ts';
import { migrateToLatest } from '../../server/database/migrate.ts';
import { openDatabase } from '../../server/database/open-database.ts';
import { schema } from '../../server/graphql/schema.ts';
import { makeContext, type Services } from '../../server/kit/context.ts';
import { newId } from '../../server/kit/ids.ts';
import { silentLog } from '../../server/kit/log.ts';
import { createMemory } from '../../server/kit/memory.ts';
import { makeRights } from '../../server/kit/rights.ts';
import { fillPool, type SeededPool } from '../support/fill-pool.ts';
import { createSeed, type SeededPlant } from '../support/seed.ts';
import { createTestClient } from '../support/test-client.ts';
import { makeDatabase } from './ingest/sides.ts';
import { summarise } from './kit/percentiles.ts';
import type { BenchOptions, BenchResult } from './kit/run-benches.ts';
import { type PoolQuestion, questions } from './pool/questions.ts';

export const name = 'pool';
export const about = 'p95 of filtered, sorted pages of the pool, and its growth from 10,000 to 1,000,000 images';

const ROWS = 1_000_000;
const TIMES = 30;
const LINES = 8;

interface Side {
  db: Db;
  rows: number;
  pool: SeededPool;
  /** Gives how many statements it took. */
  ask(question: PoolQuestion, turn: number): Promise<number>;
}

export async function run({ n = ROWS, report }: BenchOptions): Promise<BenchResult> {
  await using stack = new AsyncDisposableStack();
  const sides: Side[] = [];
  for (const rows of [n / 100, n / 10, n]) sides.push(await openSide(stack, Math.round(rows), report));

  const measured = [];
  const all = sides.map((): number[] => []);
  const statements = new Set<string>();
  for (const question of questions) {
    const times = sides.map((): number[] => []);
    const counted = sides.map(() => 0);
    for (let turn = -3; turn < TIMES; turn++) {
      for (const index of turn % 2 === 0 ? [0, 1, 2] : [2, 1, 0]) {
        const side = sides[index];
        if (!side) continue;
        const begin = performance.now();
        counted[index] = Math.max(counted[index] ?? 0, await side.ask(question, turn + 3));
        if (turn >= 0) times[index]?.push(performance.now() - begin);
      }
    }
    for (const [index, each] of times.entries()) all[index]?.push(...each);
    statements.add(JSON.stringify(counted));
    const shown = times.map((each) => summarise(each)).map(({ p50, p95 }) => ({ p50: round(p50), p95: round(p95) }));
    measured.push({ question: question.name, n: TIMES, ms: shown, statements: counted });
    report(
      `${question.name}: p50 ${shown.map(({ p50 }) => p50).join(' → ')} ms, p95 ${shown.map(({ p95 }) => p95).join(' → ')} ms`,
    );
  }
  const [small, middle, large] = all.map((each) => summarise(each));
  if (!small || !middle || !large) throw new Error('nothing was measured');
  const { rows } = await sql<{ version: string; bytes: number }>`
    SELECT split_part(current_setting('server_version'), ' ', 1) AS version, pg_total_relation_size('pool_image') AS bytes
  `.execute(sides[2]?.db ?? never());
  return {
    value: round(large.p95),
    unit: 'ms, p95 over all questions at the largest pool',
    ratio: round(large.p95 / small.p95),
    against: `the same questions over ${sides[0]?.rows} images (growth of p95 over all questions)`,
    n: questions.length * TIMES,
    images: sides.map((side) => side.rows),
    p50Ms: [small, middle, large].map(({ p50 }) => round(p50)),
    p95Ms: [small, middle, large].map(({ p95 }) => round(p95)),
    mostStatements: Math.max(...[...statements].flatMap((text) => JSON.parse(text) as number[])),
    questions: measured,
    poolGb: round((rows[0]?.bytes ?? 0) / 1e9),
    includes: 'GraphQL execution and SQL in one process, without HTTP; first pages with their count',
    database: `postgresql ${rows[0]?.version}`,
  };
}

async function openSide(stack: AsyncDisposableStack, rows: number, report: BenchOptions['report']): Promise<Side> {
  const { url, remove } = await makeDatabase('postgresql');
  stack.defer(remove);
  let statements = 0;
  const { db, close } = await openDatabase({
    url,
    dataDir: null,
    statementMs: 300_000,
    connections: 3,
    onStatement: () => {
      statements += 1;
    },
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
  const begin = performance.now();
  const pool = await fillPool(db, plant, rows, true);
  report(`${rows} images written and indexed in ${Math.round((performance.now() - begin) / 1000)} s`);
  const ask = asker(db, plant, pool);
  return {
    db,
    rows,
    pool,
    async ask(question, turn) {
      const before = statements;
      await ask(question, turn);
      return statements - before;
    },
  };
}

function asker(db: Db, plant: SeededPlant, pool: SeededPool): (question: PoolQuestion, turn: number) => Promise<void> {
  const services: Services = {
    db,
    config: readConfig({}),
    log: silentLog,
    hub: { wake: () => {}, touch: () => {}, revoke: () => {} },
    jobs: { send: async () => {} },
    memory: createMemory(),
    now: () => new Date(),
  };
  const rights = makeRights({ kind: 'person', rolesByPlant: new Map([[plant.row.id, ['viewer']]]) });
  const document =
    parse(`query ($plantId: ID!, $filter: PoolFilter, $sort: PoolSortInput, $first: Int, $after: String, $isCounted: Boolean!) {
    poolImages(plantId: $plantId, filter: $filter, sort: $sort, first: $first, after: $after) {
      totalCount @include(if: $isCounted)
      edges { cursor node { id capturedAt verdict score label labelState tags quality { blurred dark outlier } image { url } line { code } camera { code } } }
      pageInfo { hasNextPage }
    }
  }`);
  const places = new Map<string, string>();
  const askFor = async (variableValues: Record<string, unknown>) => {
    const contextValue = makeContext(services, { requestId: newId(), address: 'local', rights, principal: null });
    const { data, errors } = await execute({
      schema,
      document,
      contextValue,
      variableValues: { plantId: plant.globalId, ...variableValues },
    });
    if (errors) throw new Error(errors[0]?.message);
    return (data as { poolImages: { edges: { cursor: string }[] } }).poolImages;
  };
  return async ({ name: question, filter, sort, depth }, turn) => {
    const asked = { filter: filter?.(pool, depth === undefined ? turn : 0), sort, first: 50 };
    if (depth === undefined) {
      await askFor({ ...asked, isCounted: true });
      return;
    }
    const key = question;
    let after = places.get(key);
    if (after === undefined) {
      after = deepCursor(sort?.by, pool, depth);
      places.set(key, after);
    }
    const { edges } = await askFor({ ...asked, after, isCounted: false });
    if (edges.length === 0 && pool.rows >= 10_000) throw new Error(`${question}: the deep page is empty`);
  };
}

/** A cursor as the list gives it, of a place that is so deep. */
function deepCursor(by: string | undefined, pool: SeededPool, depth: number): string {
  const middle = '8'.repeat(64);
  const parts =
    by === undefined ? ['t', pool.newest.getTime() - pool.rows * depth * 30_000, middle] : ['n', depth, middle];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

function never(): never {
  throw new Error('no side');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
