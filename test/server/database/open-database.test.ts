/** What every part relies on: types that come back right, statements that end, migrations that refuse a newer database. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateToLatest } from '../../../server/database/migrate.ts';
import { openDatabase } from '../../../server/database/open-database.ts';
import { uniqueViolation } from '../../../server/database/postgres-error.ts';
import { StatementTimeoutError } from '../../../server/database/timed-client.ts';
import { databases, openTestDatabase, type TestDatabase } from '../../support/database.ts';

describe.each(databases())('the database on %s', (kind) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(kind);
  });
  afterAll(() => database.close());

  it('gives whole numbers, times, bytes and JSON as themselves, and refuses to round', async () => {
    const { rows } = await sql`
      SELECT 9007199254740991::bigint AS big, array[1, NULL, 3]::bigint[] AS list, '{}'::bigint[] AS none, count(*) AS n,
             '2026-03-01T08:00:00.123Z'::timestamptz AS at, '\\x00ff'::bytea AS bytes, '{"a": [1]}'::jsonb AS json`.execute(
      database.db,
    );
    expect(rows).toEqual([
      {
        big: 9007199254740991,
        list: [1, null, 3],
        none: [],
        n: 1,
        at: new Date('2026-03-01T08:00:00.123Z'),
        bytes: Buffer.from([0, 255]),
        json: { a: [1] },
      },
    ]);
    await expect(sql`SELECT 9007199254740993::bigint`.execute(database.db)).rejects.toThrow('safe range');
    expect((await sql`SELECT 1 AS ok`.execute(database.db)).rows).toEqual([{ ok: 1 }]);
  });

  it('names the constraint that a row breaks', async () => {
    const insert = () =>
      database.db
        .insertInto('audit_chain')
        .values({ chain: 'twice', seq: 0, hash: Buffer.alloc(32) })
        .execute();
    await insert();
    const error = await insert().catch((each: unknown) => each);
    expect(uniqueViolation(error)).toBe('audit_chain_pkey');
    expect(uniqueViolation(new Error('other'))).toBeUndefined();
  });

  it('migrates once, and refuses a database that a newer version has migrated', async () => {
    expect(await migrateToLatest(database.db, () => undefined)).toEqual([]);
    const table = sql`lehr_migration`;
    await sql`INSERT INTO ${table} (name, timestamp) VALUES ('9999-from-the-future', now()::text)`.execute(database.db);
    await expect(migrateToLatest(database.db, () => undefined)).rejects.toThrow(/newer version.*9999-from-the-future/);
    await sql`DELETE FROM ${table} WHERE name = '9999-from-the-future'`.execute(database.db);
  });
});

describe('a statement that does not end', () => {
  it.runIf(databases().includes('postgresql'))(
    'is cut off by a time-out that names it; the connection is good again',
    async () => {
      const { url, close } = await openTestDatabase('postgresql');
      const { db, close: disconnect } = await openDatabase({
        url,
        dataDir: null,
        statementMs: 200,
        connections: 1,
        onFailure: () => undefined,
      });
      const slow = await sql`SELECT pg_sleep(30) AS slept`.execute(db).catch((error: unknown) => error);
      expect(slow).toBeInstanceOf(StatementTimeoutError);
      expect(String(slow)).toContain('SELECT pg_sleep(30) AS slept');
      expect((await sql`SELECT 1 AS ok`.execute(db)).rows).toEqual([{ ok: 1 }]);

      const waiting = db.transaction().execute(async (trx) => {
        await sql`SELECT 'held'`.execute(trx);
        await sql`SELECT 'outside of the transaction'`.execute(db);
      });
      await expect(waiting).rejects.toThrow(/No database connection became free in 200 ms.*held/s);
      await disconnect();
      await close();
    },
  );
});

describe('a connection that is replaced', () => {
  it.each(databases())('leaves nothing of the former in the way, on %s', async (kind) => {
    const { url, close } = kind === 'postgresql' ? await openTestDatabase(kind) : { url: null, close: async () => {} };
    const database = await openDatabase({
      url,
      dataDir: null,
      statementMs: 10_000,
      connections: 1,
      onFailure: () => undefined,
    });
    const ask = () => sql`/* name: askOne */ SELECT ${1}::integer AS one`.execute(database.db);
    expect((await ask()).rows).toEqual([{ one: 1 }]);
    await expect(database.query('BEGIN; SELECT 1 / 0; COMMIT')).rejects.toThrow('division by zero');
    expect((await ask()).rows).toEqual([{ one: 1 }]);
    await database.close();
    await close();
  });
});
