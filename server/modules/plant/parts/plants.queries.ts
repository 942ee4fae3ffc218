/** Every SQL statement of the plants module that is not one of `kit/table-rows.ts`: rows in, rows out, no rules. */
import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '../../../database/database.ts';
import type { PlantModelRows, PlantModelTable, PlantRow } from './plants.table.ts';

export function selectPlantByCode(db: Db, code: string): Promise<PlantRow | undefined> {
  return db.selectFrom('plant').selectAll().where('code', '=', code).executeTakeFirst();
}

/** Which of the lines have a station that the node serves. */
export async function selectLinesServedBy(db: Db, edgeNodeId: string, lineIds: readonly string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('station')
    .select('line_id')
    .distinct()
    .where('edge_node_id', '=', edgeNodeId)
    .where('line_id', 'in', [...lineIds])
    .execute();
  return rows.map((row) => row.line_id);
}

/** Gives the new stream of positions that a line's inspections or a plant's events take. */
export async function insertStream(db: Db, kind: 'inspection' | 'event', id: string, plantId: string): Promise<void> {
  await db.insertInto('stream').values({ kind, id, plant_id: plantId }).execute();
}

/** The row, held until the transaction ends: nothing can be put below it (`update`), or nothing can retire it (`share`), meanwhile. */
export async function lockPart<T extends PlantModelTable>(
  trx: Trx,
  table: T,
  id: string,
  strength: 'update' | 'share',
): Promise<PlantModelRows[T] | undefined> {
  const lock = strength === 'update' ? sql`FOR UPDATE` : sql`FOR SHARE`;
  const { rows } = await sql<
    PlantModelRows[T]
  >`SELECT * FROM ${sql.table(table)} WHERE id = ${id}::uuid ${lock}`.execute(trx);
  return rows[0];
}

/** Writes the columns and gives the row as it is then. */
export async function updateColumns<T extends PlantModelTable>(
  trx: Trx,
  table: T,
  id: string,
  columns: Readonly<Record<string, unknown>>,
): Promise<PlantModelRows[T]> {
  const set = Object.entries(columns).map(([column, value]): RawBuilder<unknown> => sql`${sql.ref(column)} = ${value}`);
  const { rows } = await sql<PlantModelRows[T]>`
    UPDATE ${sql.table(table)} SET ${sql.join(set)} WHERE id = ${id}::uuid RETURNING *
  `.execute(trx);
  const [row] = rows;
  if (!row) throw new Error(`${table} ${id} is gone`);
  return row;
}

/** Codes of what stands below and is not retired, the first few of them. */
export async function selectLivingCodes(
  db: Db,
  table: PlantModelTable,
  column: string,
  parentId: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ code: string }>`
    SELECT code FROM ${sql.table(table)} WHERE ${sql.ref(column)} = ${parentId}::uuid AND retired_at IS NULL ORDER BY code LIMIT ${limit}
  `.execute(db);
  return rows.map((row) => row.code);
}
