/** Every SQL statement of the datasets module that is not one of `kit/table-rows.ts`: rows in, rows out, no rules. */
import { sql } from 'kysely';
import { byteaArray, plainArray, textArray } from '../../database/array-literal.ts';
import type { Db, Trx } from '../../database/database.ts';
import type { Page } from '../../kit/page.ts';
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
  await trx.insertInto('dataset_version').values(row).execute();
}

/** Holds the version until the transaction ends, so that nothing is added to it while it freezes. */
export function lockDatasetVersion(trx: Trx, id: string): Promise<DatasetVersionRow | undefined> {
  return trx.selectFrom('dataset_version').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export interface NewItem {
  imageSha256: string;
  label: string;
  split: SplitName;
}

/** Adds the items whose images the plant has, in one statement; the same image again takes the later decision. Gives the hashes written. */
export async function upsertItems(
  trx: Trx,
  version: { id: string; plant_id: string },
  items: readonly NewItem[],
  decision: { personId: string; at: Date },
): Promise<string[]> {
  const { rows } = await sql<{ sha256: string }>`
    INSERT INTO dataset_item (dataset_version_id, plant_id, image_sha256, label, split, decided_by, decided_at)
    SELECT ${version.id}::uuid, ${version.plant_id}::uuid, item.sha256, item.label, item.split, ${decision.personId}::uuid, ${decision.at}::timestamptz
    FROM unnest(
      ${byteaArray(items.map((item) => item.imageSha256))}::bytea[],
      ${textArray(items.map((item) => item.label))}::text[],
      ${plainArray(items.map((item) => item.split))}::text[]
    ) AS item (sha256, label, split)
    JOIN image ON image.plant_id = ${version.plant_id}::uuid AND image.sha256 = item.sha256
    ON CONFLICT (dataset_version_id, image_sha256)
    DO UPDATE SET label = excluded.label, split = excluded.split, decided_by = excluded.decided_by, decided_at = excluded.decided_at
    RETURNING encode(image_sha256, 'hex') AS sha256
  `.execute(trx);
  return rows.map((row) => row.sha256);
}

export async function countItems(db: Db, versionIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; items: number }>`
    SELECT dataset_version_id AS id, count(*)::int AS items FROM dataset_item
    WHERE dataset_version_id = any(${[...versionIds]}::uuid[]) GROUP BY dataset_version_id
  `.execute(db);
  return new Map(rows.map((row) => [row.id, row.items]));
}

/** All items of a version by hash; a version is bounded by `limits.datasetItems`. */
export function selectItems(db: Db, versionId: string): Promise<DatasetItemRow[]> {
  return db
    .selectFrom('dataset_item')
    .selectAll()
    .where('dataset_version_id', '=', versionId)
    .orderBy('image_sha256')
    .execute();
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
    .set({ state: 'frozen', frozen_by: frozen.personId, frozen_at: frozen.at, content_hash: frozen.contentHash })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
