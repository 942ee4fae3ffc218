/** Every SQL statement of the images module: rows in, rows out, no rules. */
import { sql } from 'kysely';
import { byteaArray, plainArray } from '../../../database/array-literal.ts';
import type { Db } from '../../../database/database.ts';
import { contextColumns } from './context-columns.ts';
import type { ImageRow, NewImage } from './images.table.ts';

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

/**
 * The image and its row in the pool, with the context that a result has brought before. False when the plant has the image
 * already; one whose file retention took away is there again.
 */
export async function insertImage(db: Db, image: NewImage, origin: 'line' | 'import'): Promise<boolean> {
  const { rows } = await sql`
    WITH stored AS (
      INSERT INTO image (plant_id, sha256, format, size_bytes, width, height, received_at)
      VALUES (${image.plant_id}, ${image.sha256}, ${image.format}, ${image.size_bytes}, ${image.width}, ${image.height}, ${image.received_at})
      ON CONFLICT (plant_id, sha256) DO UPDATE SET deleted_at = NULL, received_at = excluded.received_at
        WHERE image.deleted_at IS NOT NULL
      RETURNING *
    ), awaited AS (
      DELETE FROM pool_awaited a USING stored s WHERE a.plant_id = s.plant_id AND a.image_sha256 = s.sha256 RETURNING a.*
    ), pooled AS (
      INSERT INTO pool_image (plant_id, image_sha256, origin, captured_at, received_at, width, height, size_bytes, ${contextColumns()})
      SELECT s.plant_id, s.sha256, ${origin}, coalesce(a.captured_at, s.received_at), s.received_at, s.width, s.height, s.size_bytes,
        ${contextColumns('a')}
      FROM stored s LEFT JOIN awaited a ON true
      ON CONFLICT (plant_id, image_sha256) DO UPDATE SET deleted_at = NULL WHERE pool_image.deleted_at IS NOT NULL
    )
    SELECT 1 FROM stored
  `.execute(db);
  return rows.length > 0;
}
