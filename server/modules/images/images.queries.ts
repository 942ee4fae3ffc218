/** Every SQL statement of the images module: rows in, rows out, no rules. */
import { sql } from 'kysely';
import { byteaArray, plainArray } from '../../database/array-literal.ts';
import type { Db } from '../../database/database.ts';
import type { ImageRow } from './images.table.ts';

export interface ImageKey {
  plantId: string;
  /** Hexadecimal digits. */
  sha256: string;
}

export async function selectImages(db: Db, keys: readonly ImageKey[]): Promise<ImageRow[]> {
  const { rows } = await sql<ImageRow>`
    SELECT i.* FROM unnest(
      ${plainArray(keys.map((key) => key.plantId))}::uuid[], ${byteaArray(keys.map((key) => key.sha256))}::bytea[]
    ) AS k (plant_id, sha256)
    JOIN image i ON i.plant_id = k.plant_id AND i.sha256 = k.sha256
  `.execute(db);
  return rows;
}

/** False when the plant has the image already. */
export async function insertImage(db: Db, image: ImageRow): Promise<boolean> {
  const result = await db
    .insertInto('image')
    .values(image)
    .onConflict((conflict) => conflict.columns(['plant_id', 'sha256']).doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}
