/** The databases that test files get: fresh, migrated, their own, and gone afterwards. */
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { databases, openTestDatabase, type TestDatabase } from '../support/database.ts';

const countPlants = (database: TestDatabase) =>
  database.db
    .selectFrom('plant')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();

const insertPlant = (database: TestDatabase) =>
  database.db
    .insertInto('plant')
    .values({
      id: '01890000-0000-7000-8000-000000000001',
      code: 'p',
      name: 'Plant',
      sector: 'glass',
      time_zone: 'Europe/Rome',
      created_at: new Date(0),
    })
    .execute();

describe.each(databases())('opening a test database on %s', (kind) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(kind);
  });
  afterAll(() => database.close());

  it('gives an empty one with all migrations', async () => {
    expect(Number((await countPlants(database)).count)).toBe(0);
  });

  it('gives a fresh one after what was written, created and set', async () => {
    await insertPlant(database);
    await sql`CREATE SCHEMA other`.execute(database.db);
    await sql`CREATE TABLE other.thing (id int)`.execute(database.db);
    await sql`SET search_path TO other`.execute(database.db);
    await database.close();

    database = await openTestDatabase(kind);
    expect(Number((await countPlants(database)).count)).toBe(0);
    await insertPlant(database);
    const { rows } = await sql`SELECT 1 FROM pg_namespace WHERE nspname = 'other'`.execute(database.db);
    expect(rows).toEqual([]);
  });
});

describe('opening a second embedded database in one file', () => {
  it('is refused, because there is one session', async () => {
    await using _first = await openTestDatabase('embedded');
    await expect(openTestDatabase('embedded')).rejects.toThrow('close the first');
  });
});

describe.skipIf(!inject('services').postgresql)('closing a test database on PostgreSQL', () => {
  it('drops it', async () => {
    const database = await openTestDatabase('postgresql');
    const name = new URL(database.url).pathname.slice(1);
    expect(await databaseNames()).toContain(name);
    await database.close();
    expect(await databaseNames()).not.toContain(name);
  });

  it('keeps files apart', async () => {
    await using first = await openTestDatabase('postgresql');
    await using second = await openTestDatabase('postgresql');
    await insertPlant(first);
    expect(Number((await countPlants(second)).count)).toBe(0);
  });
});

async function databaseNames(): Promise<string[]> {
  const client = new pg.Client({ connectionString: inject('services').postgresql?.url });
  await client.connect();
  const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database');
  await client.end();
  return rows.map(({ datname }) => datname);
}
