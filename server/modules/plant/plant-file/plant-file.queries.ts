/** Every SQL statement of the plant model's file: rows in, rows out, no rules. */
import { sql } from 'kysely';
import type { Db, Trx } from '../../../database/database.ts';
import type { PlantModelRows, PlantModelTable } from '../parts/plants.table.ts';

const below = [
  'area',
  'line',
  'station',
  'camera',
  'edge_node',
  'product',
  'recipe',
  'material_batch',
  'shift',
] as const satisfies readonly PlantModelTable[];

export type PlantRows = { [T in PlantModelTable]: PlantModelRows[T][] };

/** All parts of the plant, or those that are in use. */
export async function selectPlantRows(db: Db, plantId: string, isRetiredToo: boolean): Promise<PlantRows> {
  const inUse = isRetiredToo ? sql`` : sql`AND retired_at IS NULL`;
  const rows: Record<string, unknown[]> = {};
  const plant = await sql`SELECT * FROM plant WHERE id = ${plantId}::uuid`.execute(db);
  rows.plant = plant.rows;
  for (const table of below) {
    const found = await sql`SELECT * FROM ${sql.table(table)} WHERE plant_id = ${plantId}::uuid ${inUse}`.execute(db);
    rows[table] = found.rows;
  }
  return rows as PlantRows;
}

/** One writer of whole models at a time, for plants that exist and for those that do not yet. */
export async function lockPlantModels(trx: Trx): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('plant models', 0))`.execute(trx);
}

export function selectPlantByCode(db: Db, code: string) {
  return db.selectFrom('plant').selectAll().where('code', '=', code).forUpdate().executeTakeFirst();
}

/** Rows in one statement; parameters of one are bounded. */
export async function insertRows(
  trx: Trx,
  table: PlantModelTable,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsAtOnce)
    await trx
      .insertInto(table)
      .values(rows.slice(from, from + rowsAtOnce) as never)
      .execute();
}

const rowsAtOnce = 1000;

export async function updateRow(
  trx: Trx,
  table: PlantModelTable,
  id: string,
  columns: Readonly<Record<string, unknown>>,
): Promise<void> {
  const set = Object.entries(columns).map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
  await sql`UPDATE ${sql.table(table)} SET ${sql.join(set)} WHERE id = ${id}::uuid`.execute(trx);
}

/** New streams of positions: of a plant's events, and of its lines' inspections. */
export async function insertStreams(
  trx: Trx,
  plantId: string,
  streams: readonly { kind: 'event' | 'inspection'; id: string }[],
): Promise<void> {
  if (streams.length === 0) return;
  await trx
    .insertInto('stream')
    .values(streams.map((stream) => ({ ...stream, plant_id: plantId })))
    .execute();
}
