/** The real server as a process on a database of its own, with one plant: what records, and what the MES signs in with. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrateToLatest } from '../../../server/database/migrate.ts';
import { openDatabase } from '../../../server/database/open-database.ts';
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import { makeDatabase } from '../../bench/ingest/sides.ts';
import { createSeed, type SeededToken } from '../../support/seed.ts';
import { findServices } from '../../support/services.ts';
import { type LineProcess, spawnLines } from '../../support/spawn-lines.ts';
import { createTestClient, type TestClient } from '../../support/test-client.ts';

const statementMs = 60_000;
const startMs = 120_000;
const main = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));

export interface ProofLine {
  id: string;
  cameraId: string;
  modelVersionId: string;
  node: TestClient;
}

export interface ProofPlant extends AsyncDisposable {
  database: 'embedded' | 'postgresql';
  url: string;
  plantId: string;
  lines: ProofLine[];
  mes: { secret: string; client: TestClient };
  server: LineProcess;
}

/** Rows are seeded before the server starts; everything after goes through its doors. */
export async function openProofPlant(folder: string, lineCount: number): Promise<ProofPlant> {
  const { postgresql } = await findServices();
  const kind = postgresql ? 'postgresql' : 'embedded';
  const database = await makeDatabase(kind);
  const home = join(folder, 'server');
  const undo: (() => Promise<unknown>)[] = [() => database.remove()];
  const close = async () => {
    for (const step of undo.reverse()) await step();
  };
  try {
    const seeded = await seedPlant(database.url, home, lineCount);
    const server = await spawnLines(process.execPath, [main], {
      env: {
        PORT: '0',
        HOST: '127.0.0.1',
        LEHR_HOME: home,
        DATABASE_URL: database.url ?? '',
        LEHR_FREE_QUERIES: 'administrator,mes,edge_node',
      },
    });
    undo.push(() => server.stop());
    const [, address = ''] = await server.waitForLine(/^listening (\S+)$/, startMs);
    const url = address.replace('localhost', '127.0.0.1');
    const client = ({ secret }: SeededToken) =>
      createTestClient(url, (request) => fetch(request), { authorization: `Bearer ${secret}` });
    const lines = seeded.lines.map(({ token, ...line }) => ({ ...line, node: client(token) }));
    const mes = { secret: seeded.mes.secret, client: client(seeded.mes) };
    return { database: kind, url, plantId: seeded.plantId, lines, mes, server, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function seedPlant(url: string | null, home: string, lineCount: number) {
  const dataDir = url === null ? join(home, 'database') : null;
  const open = await openDatabase({ url, dataDir, statementMs, connections: 1, onFailure: () => {} });
  try {
    await migrateToLatest(open.db, () => {});
    const nobody = () => Promise.reject(new Error('nothing is asked while seeding'));
    const seed = createSeed({
      db: open.db,
      services: { now: () => new Date() },
      authenticator: { forgetAll: () => {}, signSession: async () => '' },
      client: (headers) => createTestClient('http://nowhere', nobody, headers),
    });
    const plant = await seed.plant({ lines: lineCount, nodes: lineCount });
    const version = await plant.modelVersion();
    const lines = [];
    for (const { line, stations } of plant.lines) {
      const [station] = stations;
      const [camera] = station?.cameras ?? [];
      if (!station || !camera) throw new Error('a line has a camera');
      await version.assign(camera);
      lines.push({
        id: encodeGlobalId('Line', line.id),
        cameraId: encodeGlobalId('Camera', camera.id),
        modelVersionId: version.globalId,
        token: await plant.edgeToken(station.node),
      });
    }
    return { plantId: plant.globalId, lines, mes: await plant.mesToken() };
  } finally {
    await open.close();
  }
}
