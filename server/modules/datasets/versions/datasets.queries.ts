/** Every SQL statement of the datasets module that is not one of `kit/table-rows.ts`: rows in, rows out, no rules. */
import { sql } from 'kysely';
import type { Region } from '#schema/region.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { Page } from '../../../kit/page.ts';
import type { DatasetItemRow, DatasetRow, DatasetVersionRow, SplitName } from './datasets.table.ts';

export async function insertDataset(trx: Trx, row: DatasetRow): Promise<void> {
  await trx.insertInto('dataset').values(row).execute();
}

/** Holds the dataset until the transaction ends, so that two versions cannot take one number. */
export function lockDataset(trx: Trx, id: string): Promise<DatasetRow | undefined> {
  return trx.selectFrom('dataset').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export async function selectLastNumber(trx: Trx, datasetId: string): Promise<number> {
  const row = await trx
    .selectFrom('dataset_version')
    .select((expression) => expression.fn.max('number').as('last'))
    .where('dataset_id', '=', datasetId)
    .executeTakeFirst();
  return row?.last ?? 0;
}

export async function insertDatasetVersion(trx: Trx, row: DatasetVersionRow): Promise<void> {
  const policy = row.split_policy === null ? null : JSON.stringify(row.split_policy);
  await trx
    .insertInto('dataset_version')
    .values({ ...row, split_policy: policy })
    .execute();
}

/** Holds the version until the transaction ends, so that nothing is added to it while it freezes. */
export function lockDatasetVersion(trx: Trx, id: string): Promise<DatasetVersionRow | undefined> {
  return trx.selectFrom('dataset_version').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

/** All items of one version into another, as they are; an image that has become golden meanwhile is golden in the copy. */
export async function copyItems(trx: Trx, fromId: string, toId: string): Promise<void> {
  await sql`
    INSERT INTO dataset_item (dataset_version_id, plant_id, image_sha256, label, split, decision_id, decided_by, decided_at)
    SELECT ${toId}::uuid, i.plant_id, i.image_sha256, i.label,
      CASE WHEN g.image_sha256 IS NOT NULL THEN 'golden' WHEN i.split = 'golden' THEN 'validation' ELSE i.split END,
      i.decision_id, i.decided_by, i.decided_at
    FROM dataset_item i
    LEFT JOIN golden_image g ON g.plant_id = i.plant_id AND g.image_sha256 = i.image_sha256
    WHERE i.dataset_version_id = ${fromId}::uuid
  `.execute(trx);
}

/** The newest signed defect book of the plant: the definitions that labels are read by now. */
export async function selectNewestBook(db: Db, plantId: string): Promise<string | null> {
  const row = await db
    .selectFrom('defect_book')
    .select('id')
    .where('plant_id', '=', plantId)
    .where('state', '=', 'signed')
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

export async function countItems(db: Db, versionIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; items: number }>`
    SELECT dataset_version_id AS id, count(*)::int AS items FROM dataset_item
    WHERE dataset_version_id = any(${[...versionIds]}::uuid[]) GROUP BY dataset_version_id
  `.execute(db);
  return new Map(rows.map((row) => [row.id, row.items]));
}

export interface ManifestRow {
  image_sha256: Buffer;
  label: string;
  split: SplitName;
  regions: Region[];
}

/** What a version says of its images, by hash, with the regions of the decisions that let them in. */
export async function selectManifestPage(
  db: Db,
  versionId: string,
  after: Buffer | null,
  limit: number,
): Promise<ManifestRow[]> {
  const { rows } = await sql<ManifestRow>`
    SELECT item.image_sha256, item.label, item.split, annotation.regions
    FROM (
      SELECT * FROM dataset_item WHERE dataset_version_id = ${versionId}::uuid ${after ? sql`AND image_sha256 > ${after}` : sql``}
      ORDER BY image_sha256 LIMIT ${limit}
    ) item
    JOIN label_decision decision ON decision.id = item.decision_id
    JOIN annotation ON annotation.id = decision.annotation_id
    ORDER BY item.image_sha256
  `.execute(db);
  return rows;
}

export async function selectBookHash(db: Db, bookId: string): Promise<string | null> {
  const row = await db.selectFrom('defect_book').select('content_hash').where('id', '=', bookId).executeTakeFirst();
  return row?.content_hash?.toString('hex') ?? null;
}

/** The same page of each version's items by hash, in one statement; one row more than the page for each version. */
export async function selectItemPages(
  db: Db,
  versionIds: readonly string[],
  page: Page,
  keys: { after: Buffer | null; before: Buffer | null },
): Promise<DatasetItemRow[]> {
  const direction = page.backward ? sql`DESC` : sql`ASC`;
  const { rows } = await sql<DatasetItemRow>`
    SELECT item.* FROM unnest(${[...versionIds]}::uuid[]) AS version (id)
    CROSS JOIN LATERAL (
      SELECT * FROM dataset_item
      WHERE dataset_version_id = version.id
        ${keys.after ? sql`AND image_sha256 > ${keys.after}` : sql``}
        ${keys.before ? sql`AND image_sha256 < ${keys.before}` : sql``}
      ORDER BY image_sha256 ${direction}
      LIMIT ${page.limit + 1}
    ) AS item
    ORDER BY item.dataset_version_id, item.image_sha256 ${direction}
  `.execute(db);
  return rows;
}

export async function freezeVersion(
  trx: Trx,
  id: string,
  frozen: { personId: string; at: Date; contentHash: Buffer },
): Promise<DatasetVersionRow> {
  return trx
    .updateTable('dataset_version')
    .set({
      state: 'frozen',
      frozen_by: frozen.personId,
      frozen_at: frozen.at,
      content_hash: frozen.contentHash,
      manifest_format: 2,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
