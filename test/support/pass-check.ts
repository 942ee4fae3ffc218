/** A draft as it is after its images were measured and a check found nothing: what has to be before several splits freeze. */
import { sql } from 'kysely';
import type { Db } from '../../server/database/database.ts';
import { keyOf } from '../../server/kit/global-id.ts';

export async function passCheck(db: Db, versionGlobalId: string): Promise<void> {
  const id = keyOf('DatasetVersion', versionGlobalId, 'id');
  await measured(db, id);
  await sql`
    INSERT INTO dataset_check (dataset_version_id, plant_id, state, revision, figures, requested_by, requested_at, finished_at)
    SELECT id, plant_id, 'succeeded', revision, '[]', created_by, now(), now() FROM dataset_version WHERE id = ${id}::uuid
    ON CONFLICT (dataset_version_id) DO UPDATE SET revision = excluded.revision, state = 'succeeded', figures = '[]', finished_at = now()
  `.execute(db);
}

/** The images of a version have their rows in the pool, measured. */
export async function measured(db: Db, versionId: string): Promise<void> {
  await sql`
    INSERT INTO pool_image (plant_id, image_sha256, origin, captured_at, received_at, width, height, size_bytes, measured_at)
    SELECT image.plant_id, image.sha256, 'import', received_at, received_at, width, height, size_bytes, now()
    FROM dataset_item item JOIN image ON image.plant_id = item.plant_id AND image.sha256 = item.image_sha256
    WHERE item.dataset_version_id = ${versionId}::uuid
    ON CONFLICT (plant_id, image_sha256) DO UPDATE SET measured_at = now(), measure_error = NULL
  `.execute(db);
}
