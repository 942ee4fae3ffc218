/** The real server as a process, with a caller of every role, one plant that is used and one that may be broken. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSchema } from 'graphql';
import type { Db } from '../../../server/database/database.ts';
import { migrateToLatest } from '../../../server/database/migrate.ts';
import { openDatabase } from '../../../server/database/open-database.ts';
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import { createAuthenticator } from '../../../server/modules/people/access/authenticate.service.ts';
import { makeDatabase } from '../../bench/ingest/sides.ts';
import { createSeed, type SeededPlant } from '../../support/seed.ts';
import { findServices } from '../../support/services.ts';
import { type LineProcess, spawnLines } from '../../support/spawn-lines.ts';
import { createTestClient } from '../../support/test-client.ts';
import type { FuzzWorld } from './random-requests.ts';
import type { ValuePool } from './random-values.ts';

const main = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));
const schemaFolder = fileURLToPath(new URL('../../../schema', import.meta.url));
const startMs = 120_000;
const statementMs = 60_000;
const roles = ['viewer', 'operator', 'quality_engineer', 'ml_engineer', 'approver', 'administrator'] as const;
/** So that what leaks is collected or ends the process, and does not hide in a heap that may grow. */
const heapMb = 300;
const unbounded = '1000000000';

export interface FuzzPlant extends AsyncDisposable {
  database: 'embedded' | 'postgresql';
  origin: string;
  world: FuzzWorld;
  /** Its output holds what it logged as errors. */
  server: LineProcess;
}

export async function openFuzzPlant(folder: string): Promise<FuzzPlant> {
  const { postgresql } = await findServices();
  const kind = postgresql ? 'postgresql' : 'embedded';
  const database = await makeDatabase(kind);
  const home = join(folder, 'server');
  const sessionKey = randomBytes(32);
  const undo: (() => Promise<unknown>)[] = [() => database.remove()];
  const close = async () => {
    for (const step of undo.reverse()) await step();
  };
  try {
    const seeded = await seedWorld(database.url, home, sessionKey);
    const server = await spawnLines(process.execPath, [`--max-old-space-size=${heapMb}`, main, '--json-log'], {
      env: {
        PORT: '0',
        HOST: '127.0.0.1',
        LEHR_HOME: home,
        DATABASE_URL: database.url ?? '',
        LEHR_SESSION_KEY: sessionKey.toString('base64'),
        LEHR_FREE_QUERIES: `${roles.join(',')},edge_node,mes,anonymous`,
        LEHR_LOG: 'error',
        // What runs in jobs is not what is asked about here; the embedded database has no other worker.
        ...(kind === 'postgresql' ? { LEHR_WORKER: 'external' } : {}),
        // Otherwise all but the first seconds would be refused for their number.
        LEHR_LIMIT_RATE_PER_PRINCIPAL: unbounded,
        LEHR_LIMIT_RATE_PER_EDGE_NODE: unbounded,
        LEHR_LIMIT_RATE_PER_ADDRESS: unbounded,
      },
    });
    undo.push(() => server.stop());
    const [, address = ''] = await server.waitForLine(/^listening (\S+)$/, startMs);
    const origin = address.replace('localhost', '127.0.0.1');
    const callers = new Map(
      [...seeded.callers].map(([name, headers]) => [name, headers.cookie ? { ...headers, origin } : headers]),
    );
    const schema = buildSchema(await readFile(join(schemaFolder, 'schema.graphql'), 'utf8'));
    const stored: Record<string, string> = JSON.parse(await readFile(join(schemaFolder, 'operations.json'), 'utf8'));
    // Its caller would be lost for the rest.
    const storedHashes = Object.keys(stored).filter((hash) => !stored[hash]?.includes('signOut'));
    const { main: used, spare } = seeded;
    const world = { schema, main: used, spare, callers, storedHashes };
    return { database: kind, origin, world, server, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function seedWorld(url: string | null, home: string, sessionKey: Uint8Array) {
  const dataDir = url === null ? join(home, 'database') : null;
  const open = await openDatabase({ url, dataDir, statementMs, connections: 1, onFailure: () => {} });
  try {
    const { db } = open;
    await migrateToLatest(db, () => {});
    const now = () => new Date();
    const nobody = () => Promise.reject(new Error('nothing is asked while seeding'));
    const seed = createSeed({
      db,
      services: { now },
      authenticator: createAuthenticator({ db, now, sessionKey }),
      client: (headers) => createTestClient('http://nowhere', nobody, headers),
    });
    const plant = await seed.plant({ lines: 2, nodes: 1 });
    const callers = new Map<string, Readonly<Record<string, string>>>([['anonymous', {}]]);
    for (const role of roles) callers.set(role, (await plant.person(role)).client.headers);
    callers.set('installer', (await seed.installer()).client.headers);
    const [node] = plant.nodes;
    if (!node) throw new Error('a plant has a node');
    callers.set('edge_node', (await plant.edgeToken(node)).client.headers);
    callers.set('mes', (await plant.mesToken()).client.headers);
    return { callers, main: await poolOf(db, plant), spare: await poolOf(db, await seed.plant({ lines: 2 })) };
  } finally {
    await open.close();
  }
}

async function poolOf(db: Db, plant: SeededPlant): Promise<ValuePool> {
  const version = await plant.modelVersion();
  for (const camera of plant.cameras) await version.assign(camera);
  const approval = await version.approve();
  const spare = await plant.person('viewer');
  const ids = new Map<string, string[]>();
  const add = (type: string, keys: readonly string[]) =>
    ids.set(
      type,
      keys.map((key) => encodeGlobalId(type, key)),
    );
  add('Plant', [plant.row.id]);
  add('Area', [plant.area.id]);
  add(
    'Line',
    plant.lines.map(({ line }) => line.id),
  );
  add(
    'Station',
    plant.lines.flatMap(({ stations }) => stations.map(({ station }) => station.id)),
  );
  add(
    'Camera',
    plant.cameras.map(({ id }) => id),
  );
  add(
    'EdgeNode',
    plant.nodes.map(({ id }) => id),
  );
  add('ModelVersion', [version.version.id]);
  add('Model', [version.version.model_id]);
  add('DatasetVersion', [version.datasetVersionId]);
  add('Approval', [approval.id]);
  add('Person', [spare.row.id]);
  add('Token', [(await plant.mesToken()).id]);
  const { dataset_id } = await db
    .selectFrom('dataset_version')
    .select('dataset_id')
    .where('id', '=', version.datasetVersionId)
    .executeTakeFirstOrThrow();
  add('Dataset', [dataset_id]);
  return { ids, codes: [plant.row.code, 'line-1', 'node-1', 'camera-1', 'bottle', 'J1'] };
}
