/** Every SQL statement of the exports module: rows in, rows out, no rules. */
import { type Insertable, sql } from 'kysely';
import { plainArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { InspectionExportFileRow, InspectionExportRow, InspectionExportTable } from './result-exports.table.ts';

/** Holds the plant's open exports, so that two asked for at once are counted one after the other. */
export async function countOpenExports(trx: Trx, plantId: string): Promise<number> {
  await sql`SELECT 1 FROM plant WHERE id = ${plantId} FOR NO KEY UPDATE`.execute(trx);
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM inspection_export WHERE plant_id = ${plantId} AND state IN ('queued', 'running')
  `.execute(trx);
  return rows[0]?.count ?? 0;
}

/** Line to the position that its next row gets, of all lines of the plant. */
export async function selectHeads(trx: Trx, plantId: string): Promise<Record<string, number>> {
  const rows = await trx
    .selectFrom('stream')
    .select(['id', 'next_position'])
    .where('kind', '=', 'inspection')
    .where('plant_id', '=', plantId)
    .execute();
  return Object.fromEntries(rows.map((row) => [row.id, row.next_position]));
}

export async function insertExport(trx: Trx, row: Insertable<InspectionExportTable>): Promise<InspectionExportRow> {
  return trx.insertInto('inspection_export').values(row).returningAll().executeTakeFirstOrThrow();
}

export function selectExport(db: Db, id: string): Promise<InspectionExportRow | undefined> {
  return db.selectFrom('inspection_export').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Changes an export that is still open; undefined when it is not. */
export function updateOpenExport(
  db: Db,
  id: string,
  change: Partial<
    Pick<InspectionExportRow, 'state' | 'progress' | 'row_count' | 'error' | 'finished_at' | 'started_at'>
  >,
): Promise<InspectionExportRow | undefined> {
  return db
    .updateTable('inspection_export')
    .set(change)
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returningAll()
    .executeTakeFirst();
}

/** Of all the exports, in order. */
export async function selectFiles(db: Db, exportIds: readonly string[]): Promise<InspectionExportFileRow[]> {
  return db
    .selectFrom('inspection_export_file')
    .selectAll()
    .where('export_id', '=', sql<string>`any(${plainArray(exportIds)}::uuid[])`)
    .orderBy('export_id')
    .orderBy('number')
    .execute();
}

export async function insertFile(db: Db, row: InspectionExportFileRow): Promise<void> {
  await db.insertInto('inspection_export_file').values(row).execute();
}

/** Finished exports whose files were kept long enough. */
export async function selectOldExports(db: Db, finishedBefore: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('inspection_export')
    .select('id')
    .where('state', '=', 'succeeded')
    .where('finished_at', '<', finishedBefore)
    .orderBy('finished_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

export async function updateToExpired(db: Db, id: string): Promise<void> {
  await db.updateTable('inspection_export').set({ state: 'expired' }).where('id', '=', id).execute();
}

export async function deleteFiles(db: Db, id: string): Promise<void> {
  await db.deleteFrom('inspection_export_file').where('export_id', '=', id).execute();
}

/** Tables that an inspection points to, and what an export calls their rows. */
const NAMES = {
  line: sql`SELECT id, code AS name FROM line`,
  station: sql`SELECT id, code AS name FROM station`,
  camera: sql`SELECT id, code AS name FROM camera`,
  edge_node: sql`SELECT id, code AS name FROM edge_node`,
  job: sql`SELECT id, code AS name FROM job`,
  product: sql`SELECT id, code AS name FROM product`,
  recipe: sql`SELECT id, code AS name FROM recipe`,
  material_batch: sql`SELECT id, code AS name FROM material_batch`,
  model_version: sql`SELECT v.id, m.code || ':' || v.number AS name FROM model_version v JOIN model m ON m.id = v.model_id`,
};
export type NamedTable = keyof typeof NAMES;

export async function selectNames(db: Db, table: NamedTable, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    SELECT n.id, n.name FROM (${NAMES[table]}) n WHERE n.id = ANY(${plainArray(ids)}::uuid[])
  `.execute(db);
  return new Map(rows.map(({ id, name }) => [id, name]));
}
