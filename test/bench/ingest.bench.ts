/** Ingest: `recordInspections` in batches over HTTP, against plain `pg` writing the same rows to all tables in the same transactions. */
import { join } from 'node:path';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { type BenchItem, benchItems } from './ingest/bench-rows.ts';
import { type Kind, makeDatabase, openPlainSide, openServerSide, type Side, seedDatabase } from './ingest/sides.ts';
import { measurePairedRatio } from './kit/paired-ratio.ts';
import { summarise } from './kit/percentiles.ts';
import type { BenchOptions, BenchResult } from './kit/run-benches.ts';

export const name = 'ingest';
export const about =
  'inspections recorded per second by the mutation over HTTP, against plain pg with prepared statements and unnest';

const CONNECTIONS = 16;
const BATCH = 100;
const BATCHES_PER_CONNECTION = 3;
const ROUNDS = 7;
const ROWS_PER_ROUND = CONNECTIONS * BATCHES_PER_CONNECTION * BATCH;

export async function run({ database: kind = 'postgresql', report }: BenchOptions): Promise<BenchResult> {
  await using stack = new AsyncDisposableStack();
  const server = await openSide(stack, kind, openServerSide);
  const plain = await openSide(stack, kind, openPlainSide);
  report(`${CONNECTIONS} connections, batches of ${BATCH}, ${kind} ${server.version}`);

  const latencies: number[] = [];
  const measured = await measurePairedRatio({
    subject: () => recordRound(server.side, latencies),
    floor: () => recordRound(plain.side, []),
    rounds: ROUNDS,
    warmUpRounds: 1,
  });
  const { p50, p99 } = summarise(latencies);
  return {
    value: Math.round(measured.subject),
    unit: 'inspections/s',
    ratio: round(measured.ratio),
    against:
      kind === 'postgresql'
        ? `plain pg on ${CONNECTIONS} connections: prepared statements with unnest, the same tables and transactions, a database of its own on the same server`
        : 'plain pg on the one connection of an embedded database of its own: prepared statements with unnest, the same tables and transactions',
    n: ROUNDS * ROWS_PER_ROUND,
    interval: measured.interval?.map(round) ?? null,
    plainPerSecond: Math.round(measured.floor),
    batch: BATCH,
    connections: CONNECTIONS,
    callMs: { p50: round(p50), p99: round(p99) },
    includes: 'client and server in two processes, HTTP, JSON, audit; bodies made beforehand',
    database: `${kind} ${server.version}`,
  };
}

async function openSide(
  stack: AsyncDisposableStack,
  kind: Kind,
  open: (home: string, url: string | null, nodes: Awaited<ReturnType<typeof seedDatabase>>['nodes']) => Promise<Side>,
): Promise<{ side: Side; version: string }> {
  const folder = await makeTemporaryFolder('ingest');
  stack.defer(() => folder.remove());
  const { url, remove } = await makeDatabase(kind);
  stack.defer(remove);
  const dataDir = kind === 'embedded' ? join(folder.path, 'database') : null;
  const { nodes, version } = await seedDatabase({ url, dataDir }, CONNECTIONS);
  const side = await open(folder.path, url, nodes);
  stack.defer(() => side.close());
  return { side, version };
}

/** Rows per second of one round; every connection sends its batches one after another. */
async function recordRound(side: Side, latencies: number[]): Promise<number> {
  const batches = Array.from({ length: CONNECTIONS }, () =>
    Array.from({ length: BATCHES_PER_CONNECTION }, (): BenchItem[] => benchItems(BATCH)),
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
  return (ROWS_PER_ROUND * 1000) / (performance.now() - begin);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
