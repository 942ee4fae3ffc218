/** Day partitions (UTC) of the inspection tables: made ahead by a job, or on the spot when a late outbox needs one. */
import { sql } from 'kysely';
import type { Db } from '../../../database/database.ts';

const DAY_MS = 86_400_000;
/** Serialises the makers of partitions, in this and in other server processes: "lehr" + 1 in ASCII. */
const PARTITION_LOCK = 0x6c_65_68_72_01n;
const PARTITIONED_TABLES = ['inspection', 'inspection_defect'] as const;

/** Start of the UTC day that holds `timeMs`, as whole days since 1970. */
export function utcDay(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}

/** Makes the partitions of all days from `from` to `to` (both included) that are not there yet, and tells how many were made. */
export function ensurePartitions(db: Db, from: Date, to: Date): Promise<number> {
  const days: number[] = [];
  for (let day = utcDay(from.getTime()); day <= utcDay(to.getTime()); day++) days.push(day);
  return ensureDays(db, days);
}

/**
 * The same for UTC days counted from 1970. Must not be called inside a transaction.
 * A partition is filled in apart and then attached: attaching does not block those who read and write, creating it in place would.
 */
export async function ensureDays(db: Db, days: readonly number[]): Promise<number> {
  if ((await missingDays(db, days)).length === 0) return 0;

  return db.transaction().execute(async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(${PARTITION_LOCK.toString()}::bigint)`.execute(trx);
    const missing = await missingDays(trx, days);
    for (const day of missing) {
      for (const table of PARTITIONED_TABLES) {
        const partition = sql.table(partitionName(table, day));
        await sql`CREATE TABLE ${partition} (LIKE ${sql.table(table)} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`.execute(
          trx,
        );
        await sql`ALTER TABLE ${sql.table(table)} ATTACH PARTITION ${partition}
          FOR VALUES FROM (${sql.lit(dayStart(day))}) TO (${sql.lit(dayStart(day + 1))})`.execute(trx);
      }
    }
    return missing.length;
  });
}

/** Days whose partition of the last table is not there; it is attached in the same transaction as the first. */
async function missingDays(db: Db, days: readonly number[]): Promise<number[]> {
  const names = days.map((day) => partitionName('inspection_defect', day));
  const { rows } = await sql<{ name: string }>`
    SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'inspection_defect'::regclass AND c.relname = ANY(${names}::text[])
  `.execute(db);
  const present = new Set(rows.map((row) => row.name));
  return days.filter((_day, index) => !present.has(names[index] ?? ''));
}

function partitionName(table: string, day: number): string {
  return `${table}_${dayStart(day).slice(0, 10).replaceAll('-', '')}`;
}

function dayStart(day: number): string {
  return new Date(day * DAY_MS).toISOString();
}
