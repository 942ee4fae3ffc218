/** SQL of the golden set. */
import { sql } from 'kysely';
import { byteaArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { GoldenImageRow } from './dataset-checks.table.ts';

/** One page of a plant's golden set by hash; one row more than the page. */
export async function selectGoldenPage(
  db: Db,
  plantId: string,
  which: { productId: string | null; condition: string | null },
  page: { limit: number; backward: boolean; after: Buffer | null; before: Buffer | null },
): Promise<GoldenImageRow[]> {
  let query = db.selectFrom('golden_image').selectAll().where('plant_id', '=', plantId);
  if (which.productId !== null) query = query.where('product_id', '=', which.productId);
  if (which.condition !== null) query = query.where('condition', '=', which.condition);
  if (page.after) query = query.where('image_sha256', '>', page.after);
  if (page.before) query = query.where('image_sha256', '<', page.before);
  return query
    .orderBy('image_sha256', page.backward ? 'desc' : 'asc')
    .limit(page.limit + 1)
    .execute();
}

/** Which of the images are the plant's, golden, in a dataset version as golden, and trained on by a frozen one. */
export async function selectGoldenState(
  trx: Trx,
  plantId: string,
  hashes: readonly string[],
): Promise<Map<string, { isGolden: boolean; judges: boolean; isTrainedOn: boolean }>> {
  const { rows } = await sql<{ sha256: string; isGolden: boolean; judges: boolean; isTrainedOn: boolean }>`
    SELECT encode(image.sha256, 'hex') AS sha256, g.image_sha256 IS NOT NULL AS "isGolden",
      EXISTS (SELECT FROM dataset_item i WHERE i.plant_id = image.plant_id AND i.image_sha256 = image.sha256 AND i.split = 'golden') AS judges,
      EXISTS (
        SELECT FROM dataset_item i JOIN dataset_version v ON v.id = i.dataset_version_id
        WHERE i.plant_id = image.plant_id AND i.image_sha256 = image.sha256 AND i.split <> 'golden' AND v.state = 'frozen'
      ) AS "isTrainedOn"
    FROM unnest(${byteaArray(hashes)}::bytea[]) AS asked (sha256)
    JOIN image ON image.plant_id = ${plantId}::uuid AND image.sha256 = asked.sha256 AND image.deleted_at IS NULL
    LEFT JOIN golden_image g ON g.plant_id = image.plant_id AND g.image_sha256 = image.sha256
  `.execute(trx);
  return new Map(rows.map(({ sha256, ...state }) => [sha256, state]));
}

export async function deleteGolden(trx: Trx, plantId: string, hashes: readonly string[]): Promise<void> {
  await sql`
    DELETE FROM golden_image WHERE plant_id = ${plantId}::uuid AND image_sha256 = any(${byteaArray(hashes)}::bytea[])
  `.execute(trx);
}
