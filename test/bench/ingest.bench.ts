/**
 * Ingest: `recordInspections` in batches over HTTP, against plain `pg` writing the same rows to all tables in the same
 * transactions, on as many lines as connections and on one line that all of them wait for; and against PostGraphile 5.
 */
import { join } from 'node:path';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { type BenchItem, type BenchNode, benchItems } from './ingest/bench-rows.ts';
import { openPostGraphileSide } from './ingest/postgraphile-side.ts';
import { type Kind, makeDatabase, openPlainSide, openServerSide, type Side, seedDatabase } from './ingest/sides.ts';
import { measurePairedRatio, type PairedRatio } from './kit/paired-ratio.ts';
import { summarise } from './kit/percentiles.ts';
import type { BenchOptions, BenchResult } from './kit/run-benches.ts';

export const name = 'ingest';
export const about =
  'inspections recorded per second by the mutation over HTTP, against plain pg with prepared statements and unnest, and against PostGraphile 5';

const CONNECTIONS = 16;
const BATCH = 100;
const BATCHES_PER_CONNECTION = 3;
const ROUNDS = 15;
const PEER_ROUNDS = 5;
const ROWS_PER_ROUND = CONNECTIONS * BATCHES_PER_CONNECTION * BATCH;

export async function run({ database: kind = 'postgresql', report, n = ROUNDS }: BenchOptions): Promise<BenchResult> {
  const manyLines = await measureAgainstPlain(kind, CONNECTIONS, n);
  report(`${CONNECTIONS} lines: ${told(manyLines)}`);
  const oneLine = await measureAgainstPlain(kind, 1, n);
  report(`1 line: ${told(oneLine)}`);
  const peer = kind === 'postgresql' ? await measureAgainstPostGraphile(Math.min(n, PEER_ROUNDS)) : null;
  if (peer) report(`PostGraphile ${peer.version} ${peer.perSecond}/s, factor ${peer.factor}`);

  const { version, ...main } = manyLines;
  return {
    ...main,
    value: main.perSecond,
    unit: 'inspections/s',
    against:
      kind === 'postgresql'
        ? `plain pg on ${CONNECTIONS} connections: prepared statements with unnest, the same rows of all tables in the same transactions, a database of its own on the same server`
        : 'plain pg on the one connection of an embedded database of its own: prepared statements with unnest, the same rows of all tables in the same transactions',
    n: n * ROWS_PER_ROUND,
    lines: CONNECTIONS,
    oneLine: { ...oneLine, version: undefined },
    postGraphile: peer,
    batch: BATCH,
    connections: CONNECTIONS,
    includes: 'client and server in two processes, HTTP, JSON, audit, rollup, positions; bodies made beforehand',
    database: `${kind} ${version}`,
  };
}

async function measureAgainstPlain(kind: Kind, lines: number, rounds: number) {
  await using stack = new AsyncDisposableStack();
  const server = await openSide(stack, kind, lines, openServerSide);
  const plain = await openSide(stack, kind, lines, openPlainSide);
  const latencies: number[] = [];
  const measured = await measurePairedRatio({
    subject: () => recordRound(server.side, latencies),
    floor: () => recordRound(plain.side, []),
    rounds,
    warmUpRounds: 3,
  });
  const { p50, p99 } = summarise(latencies);
  return {
    ...rates(measured),
    plainPerSecond: Math.round(measured.floor),
    statementsPerBatch: { lehr: await statementsPerBatch(server.side), plain: await statementsPerBatch(plain.side) },
    callMs: { p50: round(p50), p99: round(p99) },
    version: server.version,
  };
}

/** Both insert the rows of one table; Lehr also writes defects, rollup, audit and positions. */
async function measureAgainstPostGraphile(rounds: number) {
  await using stack = new AsyncDisposableStack();
  const server = await openSide(stack, 'postgresql', CONNECTIONS, openServerSide);
  const peer = await openSide(stack, 'postgresql', CONNECTIONS, (_home, url, nodes) =>
    openPostGraphileSide(url ?? '', nodes),
  );
  const measured = await measurePairedRatio({
    subject: () => recordRound(server.side, []),
    floor: () => recordRound(peer.side, []),
    rounds,
    warmUpRounds: 2,
  });
  return {
    version: '5',
    perSecond: Math.round(measured.floor),
    lehrPerSecond: Math.round(measured.subject),
    factor: round(measured.ratio),
    interval: measured.interval?.map(round) ?? null,
    n: rounds * ROWS_PER_ROUND,
    does: `its own createInspection ${BATCH} times in one mutation, stored in the inspection table only`,
  };
}

function rates(measured: PairedRatio) {
  return {
    perSecond: Math.round(measured.subject),
    ratio: round(measured.ratio),
    interval: measured.interval?.map(round) ?? null,
  };
}

function told({ perSecond, plainPerSecond, ratio, interval }: Awaited<ReturnType<typeof measureAgainstPlain>>): string {
  return `${perSecond}/s, plain ${plainPerSecond}/s, ratio ${ratio} (${interval?.join(' to ')})`;
}

async function openSide(
  stack: AsyncDisposableStack,
  kind: Kind,
  lines: number,
  open: (home: string, url: string | null, nodes: readonly BenchNode[]) => Promise<Side>,
): Promise<{ side: Side; version: string }> {
  const folder = await makeTemporaryFolder('ingest');
  stack.defer(() => folder.remove());
  const { url, remove } = await makeDatabase(kind);
  stack.defer(remove);
  const dataDir = kind === 'embedded' ? join(folder.path, 'database') : null;
  const { nodes, version } = await seedDatabase({ url, dataDir }, CONNECTIONS, lines);
  const side = await open(folder.path, url, nodes);
  stack.defer(() => side.close());
  return { side, version };
}

/** Rows per second of one round; every connection sends its batches one after another. */
async function recordRound(side: Side, latencies: number[], perConnection = BATCHES_PER_CONNECTION): Promise<number> {
  const batches = Array.from({ length: CONNECTIONS }, () =>
    Array.from({ length: perConnection }, (): BenchItem[] => benchItems(BATCH)),
  );
  side.prepare(batches);
  const begin = performance.now();
  await Promise.all(
    batches.map(async (ofNode, node) => {
      for (const batch of ofNode.keys()) {
        const sent = performance.now();
        await side.send(node, batch);
        latencies.push(performance.now() - sent);
      }
    }),
  );
  return (CONNECTIONS * perConnection * BATCH * 1000) / (performance.now() - begin);
}

/** Of a warm side, counted over a round; a server's own queue and timers are in it, so that it is a little above the call's. */
async function statementsPerBatch(side: Side): Promise<number | null> {
  const before = await side.statements();
  await recordRound(side, []);
  const after = await side.statements();
  return before === null || after === null ? null : round((after - before) / (CONNECTIONS * BATCHES_PER_CONNECTION));
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
