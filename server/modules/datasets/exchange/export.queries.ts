/** Every SQL statement about exports of dataset versions: rows in, rows out, no rules. */
import { type Insertable, sql, type Updateable } from 'kysely';
import type { Region } from '#schema/region.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { DatasetExportRow, DatasetExportTable } from './exchange.table.ts';

/** Holds the plant's open exports, so that two asked for at once are counted one after the other. */
export async function countOpenSetExports(trx: Trx, plantId: string): Promise<number> {
  await sql`SELECT 1 FROM plant WHERE id = ${plantId} FOR NO KEY UPDATE`.execute(trx);
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::int AS count FROM dataset_export WHERE plant_id = ${plantId} AND state IN ('queued', 'running')
  `.execute(trx);
  return rows[0]?.count ?? 0;
}

export function insertSetExport(trx: Trx, row: Insertable<DatasetExportTable>): Promise<DatasetExportRow> {
  return trx.insertInto('dataset_export').values(row).returningAll().executeTakeFirstOrThrow();
}

export function selectSetExport(db: Db, id: string): Promise<DatasetExportRow | undefined> {
  return db.selectFrom('dataset_export').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Changes an export that is still open; undefined when it is not. */
export function updateOpenSetExport(
  db: Db,
  id: string,
  change: Updateable<DatasetExportTable>,
): Promise<DatasetExportRow | undefined> {
  return db
    .updateTable('dataset_export')
    .set(change)
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returningAll()
    .executeTakeFirst();
}

/** Finished exports whose archives were kept long enough. */
export async function selectOldSetExports(db: Db, finishedBefore: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('dataset_export')
    .select('id')
    .where('state', '=', 'succeeded')
    .where('finished_at', '<', finishedBefore)
    .orderBy('finished_at')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

export async function updateSetExportsToExpired(db: Db, ids: readonly string[]): Promise<void> {
  await sql`UPDATE dataset_export SET state = 'expired' WHERE id = any(${[...ids]}::uuid[])`.execute(db);
}

export interface ExportedItemRow {
  image_sha256: Buffer;
  label: string;
  split: 'train' | 'validation' | 'golden';
  format: 'png' | 'jpeg' | 'webp';
  width: number;
  height: number;
  regions: Region[];
  rule: string;
  decided_at: Date;
  persons: string[];
  source_path: string | null;
  captured_at: Date | null;
  line: string | null;
  station: string | null;
  camera: string | null;
  product: string | null;
  recipe: string | null;
  batch: string | null;
  verdict: string | null;
  score: number | null;
  keep_probability: number | null;
}

/** A version's items by hash after one, with their decision, who made it, and where the image comes from. */
export async function selectExportedItems(
  db: Db,
  versionId: string,
  after: Buffer,
  limit: number,
): Promise<ExportedItemRow[]> {
  const { rows } = await sql<ExportedItemRow>`
    SELECT item.image_sha256, item.label, item.split, image.format, image.width, image.height, a.regions, d.rule, d.decided_at,
      (SELECT coalesce(jsonb_agg(p.name ORDER BY p.name), '[]')
        FROM label_decision_vote v
        JOIN annotation said ON said.id = v.annotation_id
        JOIN person p ON p.id = said.person_id
        WHERE v.decision_id = d.id) AS persons,
      pool.source_path, pool.captured_at, pool.verdict, pool.score, pool.keep_probability,
      line.code AS line, station.code AS station, camera.code AS camera,
      product.code AS product, recipe.code AS recipe, material_batch.code AS batch
    FROM (
      SELECT * FROM dataset_item WHERE dataset_version_id = ${versionId}::uuid AND image_sha256 > ${after}
      ORDER BY image_sha256 LIMIT ${limit}
    ) item
    JOIN image ON image.plant_id = item.plant_id AND image.sha256 = item.image_sha256
    JOIN label_decision d ON d.id = item.decision_id
    JOIN annotation a ON a.id = d.annotation_id
    LEFT JOIN pool_image pool ON pool.plant_id = item.plant_id AND pool.image_sha256 = item.image_sha256
    LEFT JOIN line ON line.id = pool.line_id
    LEFT JOIN station ON station.id = pool.station_id
    LEFT JOIN camera ON camera.id = pool.camera_id
    LEFT JOIN product ON product.id = pool.product_id
    LEFT JOIN recipe ON recipe.id = pool.recipe_id
    LEFT JOIN material_batch ON material_batch.id = pool.batch_id
    ORDER BY item.image_sha256
  `.execute(db);
  return rows;
}
