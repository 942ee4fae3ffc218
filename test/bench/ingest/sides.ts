/** The two sides of the ingest benchmark, each on a database of its own of the same kind: the server in its own process, and plain `pg`. */
import { createHash, randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { RECORD_INSPECTIONS } from '../../../edge/uplink/documents.ts';
import type { Db } from '../../../server/database/database.ts';
import { startEmbedded } from '../../../server/database/embedded.ts';
import { migrateToLatest } from '../../../server/database/migrate.ts';
import { openDatabase } from '../../../server/database/open-database.ts';
import { newId } from '../../../server/kit/ids.ts';
import { ensurePartitions } from '../../../server/modules/line/inspections/partitions.ts';
import { createSeed } from '../../support/seed.ts';
import { spawnLines } from '../../support/spawn-lines.ts';
import { createTestClient } from '../../support/test-client.ts';
import type { BenchItem, BenchNode } from './bench-rows.ts';
import { inputOf } from './bench-rows.ts';
import { openPlainWriter, type PlainWriter, type ProductionIds, STATEMENTS_PER_BATCH } from './plain-writer.ts';
import { openPoster } from './poster.ts';

export type Kind = 'embedded' | 'postgresql';

export interface Side {
  /** Sends one prepared batch as the node; rejects when not everything was recorded. */
  send(node: number, batch: number): Promise<void>;
  /** Makes the batches of a round ready, so that only recording is measured: node by node. */
  prepare(batches: readonly (readonly (readonly BenchItem[])[])[]): void;
  /** SQL statements since the start, BEGIN and COMMIT included; null where nobody counts. */
  statements(): Promise<number | null>;
  close(): Promise<void>;
}

const statementMs = 60_000;
/** As the edge sends it: the hash of a stored operation. */
const OPERATION = createHash('sha256').update(RECORD_INSPECTIONS).digest('hex');

/** Databases of runs that were killed are dropped when they are older; no run lasts so long. */
const leftoverAgeS = 3600;

/**
 * Where an empty database is, or a copy of the one that `from` names and nobody uses: made on the server that DATABASE_URL names (or the
 * local one); null for the embedded kind.
 */
export async function makeDatabase(
  kind: Kind,
  from: string | null = null,
): Promise<{ url: string | null; remove(): Promise<void> }> {
  if (kind === 'embedded') return { url: null, remove: async () => {} };
  const server = new URL(process.env.DATABASE_URL || `postgres://${userInfo().username}@127.0.0.1:5432/postgres`);
  const nowS = Math.floor(Date.now() / 1000);
  const name = `lehr_bench_${nowS}_${randomBytes(6).toString('hex')}`;
  const drop = (old: string) => `DROP DATABASE IF EXISTS ${old} WITH (FORCE)`;
  await asAdmin(server, async (admin) => {
    const { rows } = await admin.query<{ datname: string }>('SELECT datname FROM pg_database');
    for (const { datname } of rows) {
      const [, madeAt] = /^lehr_bench_(\d+)_[0-9a-f]{12}$/.exec(datname) ?? [];
      if (madeAt && Number(madeAt) < nowS - leftoverAgeS) await admin.query(drop(datname));
    }
    const template = from === null ? '' : ` TEMPLATE ${new URL(from).pathname.slice(1)}`;
    await admin.query(`CREATE DATABASE ${name}${template}`);
  });
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, remove: () => asAdmin(server, async (admin) => void (await admin.query(drop(name)))) };
}

async function asAdmin(server: URL, act: (admin: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  await act(client).finally(() => client.end());
}

/** A plant with as many nodes, each with one camera, on as many lines or on fewer, and what they make. */
export async function seedDatabase(
  database: { url: string | null; dataDir: string | null },
  count: number,
  lines = count,
): Promise<{ nodes: BenchNode[]; version: string }> {
  const open = await openDatabase({ ...database, statementMs, connections: 1, onFailure: () => {} });
  try {
    await migrateToLatest(open.db, () => {});
    const now = Date.now();
    await ensurePartitions(open.db, new Date(now - 86_400_000), new Date(now + 2 * 86_400_000));
    return { nodes: await seedNodes(open.db, count, lines), version: await versionOf(open.db) };
  } finally {
    await open.close();
  }
}

async function seedNodes(db: Db, count: number, lines: number): Promise<BenchNode[]> {
  const noServer = () => Promise.reject(new Error('nothing is asked while seeding'));
  const seed = createSeed({
    db,
    services: { now: () => new Date() },
    authenticator: { forgetAll: () => {}, signSession: async () => '' },
    client: (headers) => createTestClient('http://nowhere', noServer, headers),
  });
  const plant = await seed.plant({ lines, stationsPerLine: count / lines, nodes: count });
  const version = await plant.modelVersion();
  const nodes: BenchNode[] = [];
  for (const { line, stations } of plant.lines) {
    for (const { station, cameras, node } of stations) {
      for (const camera of cameras) {
        await version.assign(camera);
        const token = await plant.edgeToken(node);
        nodes.push({
          plantId: plant.row.id,
          lineId: line.id,
          stationId: station.id,
          cameraId: camera.id,
          edgeNodeId: node.id,
          tokenId: token.id,
          secret: token.secret,
          modelVersionId: version.version.id,
        });
      }
    }
  }
  return nodes;
}

async function versionOf(db: Db): Promise<string> {
  const row = await db
    .selectNoFrom((eb) => eb.fn<string>('current_setting', [eb.val('server_version')]).as('version'))
    .executeTakeFirstOrThrow();
  return row.version;
}

/** The real server in its own process, as in production; one keep-alive connection a node. */
export async function openServerSide(home: string, url: string | null, nodes: readonly BenchNode[]): Promise<Side> {
  const entry = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));
  const server = await spawnLines(process.execPath, [entry], {
    env: {
      PORT: '0',
      LEHR_HOME: home,
      DATABASE_URL: url ?? '',
      LEHR_LIMIT_CONNECTIONS: String(nodes.length),
    },
  });
  const [, address = ''] = await server.waitForLine(/^listening (\S+)/, 60_000);
  const { hostname, port } = new URL(address);
  const poster = openPoster({ hostname, port, sockets: nodes.length });
  let bodies: Buffer[][] = [];

  return {
    prepare(batches) {
      bodies = batches.map((ofNode, index) =>
        ofNode.map((items) => {
          const node = nodes[index];
          const input = node ? items.map((item) => inputOf(node, item)) : [];
          return Buffer.from(
            JSON.stringify({
              extensions: { persistedQuery: { version: 1, sha256Hash: OPERATION } },
              variables: { input },
            }),
          );
        }),
      );
    },
    async send(index, batch) {
      const node = nodes[index];
      const body = bodies[index]?.[batch];
      if (!node || !body) throw new Error(`there is no batch ${batch} of node ${index}`);
      const text = await poster.post(body, { authorization: `Bearer ${node.secret}` });
      const { data, errors } = JSON.parse(text) as {
        data?: { recordInspections: { items?: { outcome: string }[] } };
        errors?: unknown;
      };
      const items = data?.recordInspections.items;
      if (!items || items.some(({ outcome }) => outcome !== 'RECORDED'))
        throw new Error(`not everything was recorded: ${JSON.stringify(errors ?? data).slice(0, 500)}`);
    },
    async statements() {
      const text = await (await fetch(new URL('/metrics', address))).text();
      const [, count] = /^lehr_database_statements_total (\d+)/m.exec(text) ?? [];
      if (count === undefined) throw new Error('the server does not count its statements');
      return Number(count);
    },
    async close() {
      poster.close();
      await server.stop();
    },
  };
}

/** Plain `pg`: a connection a node, or one for all where the database serves only one session. */
export async function openPlainSide(folder: string, url: string | null, nodes: readonly BenchNode[]): Promise<Side> {
  const embedded =
    url === null ? await startEmbedded({ dataDir: join(folder, 'database'), onFailure: () => {} }) : null;
  const connection: pg.ClientConfig = embedded
    ? { host: embedded.socketFolder, port: embedded.port, user: 'postgres', database: 'postgres', ssl: false }
    : { connectionString: url ?? '' };
  const production = await insertProduction(connection, nodes);
  const [first] = nodes;
  if (!first) throw new Error('no node');
  const writers: PlainWriter[] = [];
  for (const [index, node] of nodes.entries())
    if (!embedded || index === 0)
      writers.push(await openPlainWriter(connection, node, production.get(node.lineId) ?? lost()));
  let prepared: readonly (readonly (readonly BenchItem[])[])[] = [];
  let queue: Promise<void> = Promise.resolve();
  let written = 0;

  return {
    prepare(batches) {
      prepared = batches;
    },
    async send(index, batch) {
      const items = prepared[index]?.[batch];
      const writer = writers[embedded ? 0 : index];
      if (!items || !writer) throw new Error(`there is no batch ${batch} of node ${index}`);
      written += 1;
      if (!embedded) return writer.write(items);
      queue = queue.then(() => writer.write(items));
      return queue;
    },
    statements: () => Promise.resolve(written * STATEMENTS_PER_BATCH),
    async close() {
      for (const writer of writers) await writer.close();
      await embedded?.close();
    },
  };
}

function lost(): never {
  throw new Error('a line without a job');
}

/** What the server makes by itself when it first hears of it: products, jobs and the heads of the audit chains. */
async function insertProduction(
  connection: pg.ClientConfig,
  nodes: readonly BenchNode[],
): Promise<Map<string, ProductionIds>> {
  const client = new pg.Client(connection);
  await client.connect();
  const jobs = new Map<string, ProductionIds>();
  const [productId, recipeId, batchId] = [newId(), newId(), newId()];
  const plantId = nodes[0]?.plantId;
  await client.query("INSERT INTO product VALUES ($1, $2, 'bottle', 'bottle', now())", [productId, plantId]);
  await client.query("INSERT INTO recipe VALUES ($1, $2, 'r-1', now())", [recipeId, plantId]);
  await client.query("INSERT INTO material_batch VALUES ($1, $2, 'b-1', now())", [batchId, plantId]);
  for (const node of nodes) {
    await client.query('INSERT INTO audit_chain VALUES ($1, 0, $2)', [`token:${node.tokenId}`, Buffer.alloc(32)]);
    if (jobs.has(node.lineId)) continue;
    const jobId = newId();
    await client.query("INSERT INTO job VALUES ($1, $2, $3, 'j-1', $4, $5, $6, now(), NULL)", [
      jobId,
      plantId,
      node.lineId,
      productId,
      recipeId,
      batchId,
    ]);
    jobs.set(node.lineId, { productId, recipeId, batchId, jobId });
  }
  await client.end();
  return jobs;
}
