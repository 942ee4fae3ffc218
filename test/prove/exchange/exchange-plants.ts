/** A server with plants that are empty but for one person, who may bring sets into each of them. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Db } from '../../../server/database/database.ts';
import { migrateToLatest } from '../../../server/database/migrate.ts';
import { openDatabase } from '../../../server/database/open-database.ts';
import { makeDatabase } from '../../bench/ingest/sides.ts';
import { createSeed, PASSWORD } from '../../support/seed.ts';
import { findServices } from '../../support/services.ts';
import { spawnLines } from '../../support/spawn-lines.ts';
import { createTestClient } from '../../support/test-client.ts';

const main = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));
const statementMs = 60_000;
const startMs = 120_000;

export interface ExchangePlants extends AsyncDisposable {
  url: string;
  /** For the commands. */
  env: Record<string, string>;
  /** By code. */
  plantIds: ReadonlyMap<string, string>;
  /** Stops the server, so that the embedded database can be read, too. */
  read<T>(work: (db: Db) => Promise<T>): Promise<T>;
}

export async function openExchangePlants(folder: string, codes: readonly string[]): Promise<ExchangePlants> {
  const { postgresql } = await findServices();
  const database = await makeDatabase(postgresql ? 'postgresql' : 'embedded');
  const home = join(folder, 'server');
  const undo: (() => Promise<unknown>)[] = [() => database.remove()];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  const open = () => {
    const dataDir = database.url === null ? join(home, 'database') : null;
    return openDatabase({ url: database.url, dataDir, statementMs, connections: 1, onFailure: () => {} });
  };
  try {
    const { plantIds, email } = await seedPlants(await open(), codes);
    const server = await spawnLines(process.execPath, [main], {
      env: { PORT: '0', HOST: '127.0.0.1', LEHR_HOME: home, DATABASE_URL: database.url ?? '' },
    });
    const stop = () => server.stop();
    undo.push(stop);
    const [, address = ''] = await server.waitForLine(/^listening (\S+)$/, startMs);
    return {
      url: address,
      env: { LEHR_EMAIL: email, LEHR_PASSWORD: PASSWORD },
      plantIds,
      async read(work) {
        undo.splice(undo.indexOf(stop), 1);
        await stop();
        const opened = await open();
        return work(opened.db).finally(() => opened.close());
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function seedPlants({ db, close }: Awaited<ReturnType<typeof openDatabase>>, codes: readonly string[]) {
  try {
    await migrateToLatest(db, () => {});
    const nobody = () => Promise.reject(new Error('nothing is asked while seeding'));
    const seed = createSeed({
      db,
      services: { now: () => new Date() },
      authenticator: { forgetAll: () => {}, signSession: async () => '' },
      client: (headers) => createTestClient('http://nowhere', nobody, headers),
    });
    const plantIds = new Map<string, string>();
    let person: { id: string; email: string } | undefined;
    for (const code of codes) {
      const plant = await seed.plant({ code });
      plantIds.set(code, plant.row.id);
      person ??= (await plant.person('quality_engineer')).row;
      const membership = { person_id: person.id, plant_id: plant.row.id, role: 'quality_engineer' as const };
      await db
        .insertInto('membership')
        .values({ ...membership, granted_at: new Date() })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    return { plantIds, email: person?.email ?? '' };
  } finally {
    await close();
  }
}
