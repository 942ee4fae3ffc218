/** SQL of the ways between images and versions. */
import { sql } from 'kysely';
import { byteaArray, plainArray } from '../../../database/array-literal.ts';
import type { Db } from '../../../database/database.ts';
import type { DatasetVersionRow } from './datasets.table.ts';

export interface ImageKey {
  plantId: string;
  /** Hexadecimal digits. */
  sha256: string;
}

/** The versions that hold each image, the newest first, up to `limit` an image. */
export async function selectVersionsOfImages(
  db: Db,
  images: readonly ImageKey[],
  limit: number,
): Promise<(DatasetVersionRow & { held_sha256: Buffer })[]> {
  const { rows } = await sql<DatasetVersionRow & { held_sha256: Buffer }>`
    SELECT version.*, asked.sha256 AS held_sha256
    FROM unnest(
      ${plainArray(images.map(({ plantId }) => plantId))}::uuid[], ${byteaArray(images.map(({ sha256 }) => sha256))}::bytea[]
    ) AS asked (plant_id, sha256)
    CROSS JOIN LATERAL (
      SELECT v.* FROM dataset_item i JOIN dataset_version v ON v.id = i.dataset_version_id
      WHERE i.plant_id = asked.plant_id AND i.image_sha256 = asked.sha256
      ORDER BY v.id DESC LIMIT ${limit}
    ) version
    ORDER BY asked.plant_id, asked.sha256, version.id DESC
  `.execute(db);
  return rows;
}
