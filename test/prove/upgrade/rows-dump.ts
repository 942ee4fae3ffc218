/** The rows of a database as plain SQL, and back: the tables themselves come from the migrations up to the dump's. */
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Db } from '../../../server/database/database.ts';

const migrations = new URL('../../../migrations/', import.meta.url);
const MIGRATION_TABLE = 'lehr_migration';
const MIGRATION_TABLES = [MIGRATION_TABLE, 'lehr_migration_lock'];

/** Brings an empty database to the form that these migrations give, whatever came after them. */
export async function migrateTo(db: Db, names: readonly string[]): Promise<void> {
  const load = async (name: string): Promise<[string, Migration]> => {
    const { up } = (await import(new URL(`${name}.ts`, migrations).href)) as { up(db: Kysely<unknown>): Promise<void> };
    return [name, { up }];
  };
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => Object.fromEntries(await Promise.all(names.map(load))) },
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: 'lehr_migration_lock',
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** Names of the migrations that have run. */
export async function migrationsOf(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`SELECT name FROM ${sql.table(MIGRATION_TABLE)} ORDER BY name`.execute(
    db,
  );
  return rows.map(({ name }) => name);
}

interface Table {
  name: string;
  columns: string[];
  /** Tables that its foreign keys name. */
  parents: string[];
}

/** SQL that fills an empty database of the same form; triggers rest meanwhile, foreign keys do not. */
export async function dumpRows(db: Db): Promise<string> {
  await sql`SET TIME ZONE 'UTC'`.execute(db);
  const tables = parentsFirst(await selectTables(db));
  const all = (statement: (name: string) => string, list: readonly Table[] = tables) =>
    list.map(({ name }) => statement(name));
  const parts = [
    'BEGIN;',
    ...(await dumpPartitions(db)),
    ...all((name) => `ALTER TABLE ${name} DISABLE TRIGGER USER;`),
    // what a migration put in stands in the dump, too
    ...all((name) => `DELETE FROM ${name};`, tables.toReversed()),
  ];
  for (const table of tables) parts.push(...(await dumpTable(db, table)));
  parts.push(...(await dumpSequences(db)), ...all((name) => `ALTER TABLE ${name} ENABLE TRIGGER USER;`), 'COMMIT;');
  return `${parts.join('\n')}\n`;
}

export async function loadRows(db: Db, dump: string): Promise<void> {
  await sql.raw(dump).execute(db);
}

async function selectTables(db: Db): Promise<Table[]> {
  const { rows } = await sql<Table>`
    SELECT c.relname AS name,
      (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
      (SELECT coalesce(array_agg(DISTINCT p.relname::text), '{}') FROM pg_constraint f JOIN pg_class p ON p.oid = f.confrelid
        WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid) AS parents
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relname <> ALL (${sql.val(MIGRATION_TABLES)}::text[])
    ORDER BY c.relname
  `.execute(db);
  return rows;
}

/** Throws when foreign keys go in a circle. */
function parentsFirst(tables: readonly Table[]): Table[] {
  const left = new Map(tables.map((table) => [table.name, table]));
  const sorted: Table[] = [];
  while (left.size > 0) {
    const next = [...left.values()].filter(({ parents }) => !parents.some((parent) => left.has(parent)));
    if (next.length === 0) throw new Error(`foreign keys go in a circle: ${[...left.keys()].join(', ')}`);
    for (const table of next) left.delete(table.name);
    sorted.push(...next);
  }
  return sorted;
}

async function dumpPartitions(db: Db): Promise<string[]> {
  const { rows } = await sql<{ text: string }>`
    SELECT format('CREATE TABLE %I PARTITION OF %I %s;', c.relname, p.relname, pg_get_expr(c.relpartbound, c.oid)) AS text
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname
  `.execute(db);
  return rows.map(({ text }) => text);
}

async function dumpTable(db: Db, { name, columns }: Table): Promise<string[]> {
  const values = columns.map((column) => sql`quote_nullable(${sql.ref(`r.${column}`)}::text)`);
  const { rows } = await sql<{ text: string }>`
    SELECT '(' || concat_ws(',', ${sql.join(values)}) || ')' AS text FROM ${sql.table(name)} r ORDER BY 1
  `.execute(db);
  if (rows.length === 0) return [];
  const list = rows.map(({ text }) => text).join(',\n');
  return [`INSERT INTO ${name} (${columns.join(', ')}) OVERRIDING SYSTEM VALUE VALUES\n${list};`];
}

/** What is inserted next goes on after what is there. */
async function dumpSequences(db: Db): Promise<string[]> {
  const { rows } = await sql<{ text: string }>`
    SELECT format('SELECT setval(%L, greatest((SELECT max(%I) FROM %I), 1));',
      pg_get_serial_sequence(c.relname, a.attname), a.attname, c.relname) AS text
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE a.attidentity <> '' AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname
  `.execute(db);
  return rows.map(({ text }) => text);
}
