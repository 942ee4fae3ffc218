/** All rows of all tables as a count and a hash each, so that two states of a database can be compared. */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../../server/database/database.ts';

export interface TableRows {
  table: string;
  columns: string[];
  count: number;
  /** SHA-256 over the rows' texts, in the order of those texts. */
  hash: string;
}

/** What migrations after the old commit change on purpose; everything else has to be as it was. */
export interface WantedChanges {
  /** `table.column` that is gone or holds something else now, with the reason. */
  columns: Readonly<Record<string, string>>;
  /** Tables whose rows stand elsewhere now: the reason, and the SELECT that gives the old columns of all old rows. */
  moved: Readonly<Record<string, { reason: string; read: string }>>;
}

export const NO_CHANGES: WantedChanges = { columns: {}, moved: {} };

/** Kysely's own tables say which migrations have run; that changes with every new one. */
const OWN_TABLES = ['lehr_migration', 'lehr_migration_lock'];

/** Every table but the partitions, which their parents read. The queue has a schema of its own and is not among them: it only wakes. */
export async function listTables(db: Db): Promise<{ table: string; columns: string[] }[]> {
  const { rows } = await sql<{ table: string; columns: string[] }>`
    SELECT c.relname AS table, array_agg(a.attname::text ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relname <> ALL (${sql.val(OWN_TABLES)}::text[])
    GROUP BY c.relname ORDER BY c.relname
  `.execute(db);
  return rows;
}

/** Without the columns that are to change. */
export async function readTables(db: Db, changes: WantedChanges = NO_CHANGES): Promise<TableRows[]> {
  const found: TableRows[] = [];
  for (const { table, columns: all } of await listTables(db)) {
    const columns = all.filter((column) => !(`${table}.${column}` in changes.columns));
    found.push({ table, columns, ...(await hashRows(db, sql.table(table), columns)) });
  }
  return found;
}

/** One line for each table that does not hold what it held. */
export async function findDifferences(
  db: Db,
  before: readonly TableRows[],
  { moved }: WantedChanges = NO_CHANGES,
): Promise<string[]> {
  const present = new Map((await listTables(db)).map(({ table, columns }) => [table, columns]));
  const differences: string[] = [];
  for (const { table, columns, count, hash } of before) {
    const move = moved[table];
    const known = move ? columns : (present.get(table) ?? []);
    const missing = columns.filter((column) => !known.includes(column));
    if (missing.length > 0) {
      differences.push(`${table}: ${present.has(table) ? `without ${missing.join(', ')}` : 'the table is gone'}`);
      continue;
    }
    const now = await hashRows(db, move ? sql`(${sql.raw(move.read)})` : sql.table(table), columns);
    if (now.count !== count) differences.push(`${table}: ${count} rows before, ${now.count} now`);
    else if (now.hash !== hash) differences.push(`${table}: the ${count} rows hold something else`);
  }
  return differences;
}

async function hashRows(db: Db, source: RawBuilder<unknown>, columns: readonly string[]) {
  const row = sql`ROW(${sql.join(columns.map((column) => sql.ref(`r.${column}`)))})::text`;
  // the order of bytes, which no collation changes
  const { rows } = await sql<{ count: number; hash: string }>`
    SELECT count(*)::int AS count, coalesce(encode(sha256(string_agg(h, ''::bytea ORDER BY h)), 'hex'), '') AS hash
    FROM (SELECT sha256(convert_to(${row}, 'UTF8')) AS h FROM ${source} r) hashes
  `.execute(db);
  return rows[0] ?? { count: 0, hash: '' };
}
