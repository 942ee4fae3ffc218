/** A fresh, migrated database for a test file: `describe.each(databases())('… on %s', (kind) => …)`. */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import { inject } from 'vitest';
import type { Db } from '../../server/database/database.ts';
import { migrateToLatest } from '../../server/database/migrate.ts';
import { openDatabase } from '../../server/database/open-database.ts';
import type { DatabaseKind, LoanAnswer, LoanRequest } from './database-host.ts';

export type { DatabaseKind } from './database-host.ts';

export interface TestDatabase extends AsyncDisposable {
  db: Db;
  kind: DatabaseKind;
  /** For a process or pool of its own; the embedded one serves a single session, so close `db` first. */
  url: string;
  close(): Promise<void>;
}

/** How long a statement of a test may take on two busy cores. */
const statementMs = 20_000;

let isEmbeddedOpen = false;

/** The databases of this run: the embedded one always, PostgreSQL where there is one. */
export function databases(): DatabaseKind[] {
  return inject('services').postgresql ? ['embedded', 'postgresql'] : ['embedded'];
}

/** Opens an empty database with all migrations. A file has at most one embedded one open at a time; throws on a second. */
export async function openTestDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  if (kind === 'embedded' && isEmbeddedOpen) {
    throw new Error('the embedded test database is open already: one instance serves this file; close the first');
  }
  if (kind === 'embedded') isEmbeddedOpen = true;
  const loan = await borrow(kind).catch((error) => {
    if (kind === 'embedded') isEmbeddedOpen = false;
    throw error;
  });
  const release = async () => {
    await loan.giveBack();
    if (kind === 'embedded') isEmbeddedOpen = false;
  };
  try {
    const { db, close: disconnect } = await openDatabase({
      url: loan.url,
      dataDir: null,
      statementMs,
      connections: kind === 'embedded' ? 1 : 4,
      onFailure: () => {},
    });
    if (kind === 'embedded') await empty(db);
    const close = async () => {
      await disconnect();
      await release();
    };
    return { db, kind, url: loan.url, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await release();
    throw error;
  }
}

/** As after the first start: what the file before has left, its session state too, is gone. */
async function empty(db: Db): Promise<void> {
  await sql`DISCARD ALL`.execute(db);
  await dropAll(db);
  await migrateToLatest(db, () => {});
}

/** No table is left, not even a migrated one. */
export async function dropAll(db: Db): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  `.execute(db);
  for (const { name } of rows) await sql`DROP SCHEMA ${sql.id(name)} CASCADE`.execute(db);
  await sql`CREATE SCHEMA public`.execute(db);
}

interface Loan {
  url: string;
  giveBack(): Promise<void>;
}

/** The loan lasts as long as the connection: a test process that is killed gives back, too. */
async function borrow(kind: DatabaseKind): Promise<Loan> {
  const socket = connect(inject('databaseHost'));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const request: LoanRequest = { kind, worker: process.env.VITEST_POOL_ID ?? '1' };
  socket.write(`${JSON.stringify(request)}\n`);

  const answer = await new Promise<LoanAnswer>((resolve, reject) => {
    createInterface({ input: socket }).once('line', (line) => resolve(JSON.parse(line)));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the run that hands out test databases has ended')));
  });
  const giveBack = async () => {
    socket.end();
    await closed;
  };
  if ('url' in answer) return { url: answer.url, giveBack };
  await giveBack();
  throw new Error(`no ${kind} test database: ${answer.error}`);
}
