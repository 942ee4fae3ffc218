/**
 * What the old commit has left in this repository: the rows of a small plant as SQL, and the requests with which its edge delivered a full
 * outbox. `node test/prove/upgrade/make-fixture.ts` makes both anew.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Db } from '../../../server/database/database.ts';
import { migrateToLatest } from '../../../server/database/migrate.ts';
import { loadRows, migrateTo } from './rows-dump.ts';
import { findDifferences, readTables } from './table-rows.ts';
import { WANTED_CHANGES } from './wanted-changes.ts';

const Recorded = z.object({
  /** When the old edge sent it. */
  at: z.iso.datetime(),
  method: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  /** Of an image base64, otherwise text. */
  body: z.string(),
  isBase64: z.boolean(),
  /** What the old server answered. */
  status: z.number(),
  answer: z.string(),
});

const Manifest = z.object({
  commit: z.string(),
  /** When the old version stopped. */
  stoppedAt: z.iso.datetime(),
  /** SHA-256 of each migration's file: a migration is never edited. */
  migrations: z.record(z.string(), z.string()),
  tables: z.array(z.object({ table: z.string(), columns: z.array(z.string()), count: z.number(), hash: z.string() })),
  /** Cookies of sessions by role. */
  sessions: z.record(z.string(), z.string()),
  tokens: z.object({ MES: z.string(), EDGE_NODE: z.string() }),
  revoked: z.object({ token: z.string(), session: z.string() }),
  /** Ids of results and events, hashes of images, that waited at the edge. */
  waiting: z.object({ results: z.array(z.string()), images: z.array(z.string()), events: z.array(z.string()) }),
  people: z.array(z.object({ role: z.string(), name: z.string(), email: z.string(), password: z.string() })),
  requests: z.array(Recorded),
});

export type RecordedRequest = z.infer<typeof Recorded>;
export type Manifest = z.infer<typeof Manifest>;

export const rowsFile = new URL('./fixture/rows.sql', import.meta.url);
export const manifestFile = new URL('./fixture/manifest.json', import.meta.url);
const migrations = new URL('../../../migrations/', import.meta.url);

export function readRows(): Promise<string> {
  return readFile(rowsFile, 'utf8');
}

export async function readManifest(): Promise<Manifest> {
  return Manifest.parse(JSON.parse(await readFile(manifestFile, 'utf8')));
}

/** SHA-256 of a migration's file. */
export async function hashMigration(name: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(new URL(`${name}.ts`, migrations)))
    .digest('hex');
}

export interface Upgraded {
  tables: number;
  rows: number;
  migrated: string[];
  /** One line for each thing that is not as it was. */
  faults: string[];
}

/** Puts the old rows into an empty database and brings it to the present form; says what is not as the old commit left it. */
export async function upgradeFixture(db: Db, manifest: Manifest): Promise<Upgraded> {
  const faults: string[] = [];
  for (const [name, hash] of Object.entries(manifest.migrations)) {
    if ((await hashMigration(name)) !== hash) faults.push(`migration ${name} was edited after it landed`);
  }
  await migrateTo(db, Object.keys(manifest.migrations));
  await loadRows(db, await readRows());
  faults.push(...(await findDifferences(db, manifest.tables)).map((fault) => `loading: ${fault}`));

  const before = await readTables(db, WANTED_CHANGES);
  const migrated = await migrateToLatest(db, () => {});
  faults.push(...(await findDifferences(db, before, WANTED_CHANGES)));
  const rows = before.reduce((sum, { count }) => sum + count, 0);
  return { tables: before.length, rows, migrated, faults };
}
