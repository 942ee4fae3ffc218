/** What the reference client does when its cursor is too old, its connection is silent, or it runs twice. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LiveServer, openLiveServer } from '../server/live/live-server.ts';
import type { SeededPlant } from '../support/seed.ts';
import { type LineProcess, spawnLines } from '../support/spawn-lines.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const program = fileURLToPath(new URL('./mes-client.ts', import.meta.url));
const patienceMs = 15_000;

describe('the reference MES client', () => {
  let live: LiveServer;
  let folder: TemporaryFolder;
  let plant: SeededPlant;
  let configFile: string;
  let database: string;
  let number = 0;

  beforeAll(async () => {
    live = await openLiveServer('embedded');
    folder = await makeTemporaryFolder('mes');
  });
  afterAll(async () => {
    await live.close();
    await folder.remove();
  });
  beforeEach(async () => {
    plant = await live.seed.plant();
    const { secret } = await plant.mesToken();
    number += 1;
    database = join(folder.path, `${number}.sqlite`);
    configFile = join(folder.path, `${number}.json`);
    const url = `http://127.0.0.1:${live.port}`;
    // The test's hub does not beat: so every stream falls silent.
    const config = { url, token: secret, database, plantId: plant.globalId, lineIds: [], silenceMs: 1000 };
    await writeFile(configFile, JSON.stringify(config));
  });

  const start = () => spawnLines(process.execPath, ['--disable-warning=ExperimentalWarning', program, configFile]);
  const rows = (sql: string): Record<string, unknown>[] => {
    try {
      const own = new DatabaseSync(database, { readOnly: true });
      try {
        return own.prepare(sql).all();
      } finally {
        own.close();
      }
    } catch {
      return [];
    }
  };
  const until = async (isTrue: () => boolean, client: LineProcess) => {
    const deadline = performance.now() + patienceMs;
    while (!isTrue()) {
      if (performance.now() > deadline)
        throw new Error(`the client did not get there, ${effects()} effects: ${client.output.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const effects = () => rows('SELECT what FROM effect').length;

  it('writes down what retention has taken, and goes on with what is left', async () => {
    await using first = await start();
    await until(() => rows('SELECT name FROM stream').length === 1, first);
    await live.appendEvents(plant.row.id, 2);
    await until(() => effects() === 2, first);
    await first.stop();

    // Until the hub has let go of what it holds in memory of a stream that nobody follows.
    for (let beat = 0; beat < 10; beat++) await live.hub.tick();
    await live.appendEvents(plant.row.id, 12, { wake: false });
    await live.server.db.transaction().execute(async (trx) => {
      await trx.deleteFrom('event').where('plant_id', '=', plant.row.id).where('position', '<', 9).execute();
      await trx.updateTable('stream').set({ first_position: 9 }).where('id', '=', plant.row.id).execute();
    });
    await using second = await start();
    await until(() => effects() === 2 + 6, second);
    await second.stop();
    expect(rows('SELECT stream FROM gap')).toEqual([{ stream: `events ${plant.globalId}` }]);
  });

  it('gives up a connection that is silent, and goes on from its cursor', async () => {
    await using client = await start();
    await client.waitForLine(/^interrupted: events \S+ has been silent for 1000 ms/, patienceMs);
    await live.appendEvents(plant.row.id, 3);
    await until(() => effects() === 3, client);
    expect(await client.stop()).toEqual({ code: 0, signal: null });
  });

  it('applies everything once even when it runs twice on one database', async () => {
    await using first = await start();
    await until(() => rows('SELECT name FROM stream').length === 1, first);
    await using second = await start();
    for (let event = 0; event < 60; event++) await live.appendEvents(plant.row.id, 1, { from: event });
    await until(() => effects() >= 60, first);
    await Promise.all([first.stop(), second.stop()]);
    expect(rows('SELECT count(*) AS n, count(DISTINCT item) AS distinct_n FROM effect')).toEqual([
      { n: 60, distinct_n: 60 },
    ]);
  });
});
