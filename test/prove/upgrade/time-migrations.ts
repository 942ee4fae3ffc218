/** How long the migrations hold the start of a server whose line has made n parts. */
import { sql } from 'kysely';
import type { Db } from '../../../server/database/database.ts';
import { migrateToLatest } from '../../../server/database/migrate.ts';
import { openDatabase } from '../../../server/database/open-database.ts';
import { ensurePartitions } from '../../../server/modules/line/inspections/partitions.ts';
import { makeDatabase } from '../../bench/ingest/sides.ts';
import { type Manifest, readRows } from './fixture.ts';
import { loadRows, migrateTo } from './rows-dump.ts';
import { findDifferences, readTables } from './table-rows.ts';
import { WANTED_CHANGES } from './wanted-changes.ts';

/** The parts were made in these days, which end before the fixture's own begin. */
const DAYS = 28;
const GAP_DAYS = 3;
const DAY_MS = 86_400_000;
const BATCH = 250_000;
/** Above it the rows are not hashed before and after: the small runs show that they stay as they are. */
const MOST_HASHED = 200_000;
/** Filling takes as long as it takes. */
const statementMs = 3_600_000;

export interface MigrationTime {
  inspections: number;
  migrations: number;
  seconds: number;
  faults: string[];
}

/** On PostgreSQL: the old form with the fixture's rows and n inspections more, then the migrations alone. */
export async function timeMigrations(
  manifest: Manifest,
  inspections: number,
  report: (line: string) => void,
): Promise<MigrationTime> {
  const database = await makeDatabase('postgresql');
  const connection = { url: database.url, dataDir: null, statementMs, connections: 1 };
  const { db, close } = await openDatabase({ ...connection, onFailure: ({ message }) => report(message) });
  try {
    await migrateTo(db, Object.keys(manifest.migrations));
    await loadRows(db, await readRows());
    await sql`SET synchronous_commit = off`.execute(db);
    const endMs = Math.floor(Date.parse(manifest.stoppedAt) / DAY_MS - GAP_DAYS) * DAY_MS;
    const beginMs = endMs - DAYS * DAY_MS;
    await ensurePartitions(db, new Date(beginMs), new Date(endMs));
    for (let from = 0; from < inspections; from += BATCH) {
      const to = Math.min(inspections, from + BATCH);
      await copyInspections(db, { from, to, beginMs, stepMs: Math.floor((endMs - beginMs) / inspections) });
      report(`${to} of ${inspections} inspections are there in the old form`);
    }
    await sql`ANALYZE`.execute(db);
    const isHashed = inspections <= MOST_HASHED;
    const before = isHashed ? await readTables(db, WANTED_CHANGES) : [];
    const startedAt = performance.now();
    const elapsed = () => (performance.now() - startedAt) / 1000;
    const migrated = await migrateToLatest(db, (name) =>
      report(`migration ${name} begins after ${elapsed().toFixed(1)} s`),
    );
    const seconds = elapsed();
    const faults = await findDifferences(db, before, WANTED_CHANGES);
    return { inspections, migrations: migrated.length, seconds, faults };
  } finally {
    await close();
    await database.remove();
  }
}

interface Piece {
  from: number;
  to: number;
  beginMs: number;
  stepMs: number;
}

/** The fixture's inspections again and again, each with an id and a time of its own and one of its signals. */
async function copyInspections(db: Db, { from, to, beginMs, stepMs }: Piece): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    SELECT attname AS name FROM pg_attribute WHERE attrelid = 'inspection'::regclass AND attnum > 0 AND NOT attisdropped
  `.execute(db);
  const own: Record<string, string> = {
    id: 'made.id',
    captured_at: 'lehr_uuid_time(made.id)',
    position: '1000000 + made.n',
    part_id: "'BULK-' || made.n",
    image_sha256: 'NULL',
    signals: "jsonb_build_object('encoderMm', t.signals -> 'encoderMm')",
    defect_count: '0',
  };
  const columns = rows.map(({ name }) => name);
  const values = columns.map((name) => own[name] ?? `t.${name}`);
  await sql`
    INSERT INTO inspection (${sql.raw(columns.join(', '))})
    SELECT ${sql.raw(values.join(', '))}
    FROM (
      SELECT n, (lpad(to_hex(${sql.lit(beginMs)}::bigint + n * ${sql.lit(stepMs)}), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0')
        || '8' || lpad(to_hex(n), 15, '0'))::uuid AS id
      FROM generate_series(${sql.lit(from)}::bigint, ${sql.lit(to - 1)}) n
    ) made
    JOIN (
      SELECT i.*, row_number() OVER (ORDER BY i.position) - 1 AS place, count(*) OVER () AS places
      FROM inspection i WHERE i.captured_at > to_timestamp(${sql.lit(beginMs / 1000 + (DAYS + 1) * 86_400)})
    ) t ON t.place = made.n % t.places
  `.execute(db);
}
