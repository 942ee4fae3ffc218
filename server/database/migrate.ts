/** Brings a database to the newest form: forward only, one server at a time (an advisory lock), all or nothing. */
import { readdir } from 'node:fs/promises';
import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Db } from './database.ts';

const folder = new URL('../../migrations/', import.meta.url);
const fileName = /^\d{4}-[a-z0-9-]+\.ts$/;

/** Runs what has not run yet and returns its names. `onProgress` learns each name as it starts. Throws when one fails. */
export async function migrateToLatest(db: Db, onProgress: (name: string) => void): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => loadMigrations(onProgress) },
    migrationTableName: 'lehr_migration',
    migrationLockTableName: 'lehr_migration_lock',
  });
  const { error, results } = await migrator.migrateToLatest();
  if (!error) return (results ?? []).map((result) => result.migrationName);

  if (error instanceof Error && error.message.includes('is missing')) {
    const remedy = 'start that version, or restore a backup made by this one';
    throw new Error(`The database was migrated by a newer version (${error.message}): ${remedy}.`, { cause: error });
  }
  const failed = results?.find((result) => result.status === 'Error');
  throw new Error(`Migration ${failed?.migrationName ?? ''} failed; the database is as it was.`, { cause: error });
}

async function loadMigrations(onProgress: (name: string) => void): Promise<Record<string, Migration>> {
  const files = (await readdir(folder)).filter((file) => fileName.test(file)).sort();
  const entries = files.map(async (file): Promise<[string, Migration]> => {
    const name = file.slice(0, -'.ts'.length);
    const { up } = (await import(new URL(file, folder).href)) as Migration;
    const announced: Migration['up'] = async (db) => {
      onProgress(name);
      // a migration of a large table takes as long as it takes
      await sql`SET LOCAL statement_timeout = 0`.execute(db);
      await up(db);
    };
    return [name, { up: announced }];
  });
  return Object.fromEntries(await Promise.all(entries));
}
