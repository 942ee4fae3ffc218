/** SQL of the way from dataset versions to the models that they taught. */
import { sql } from 'kysely';
import { plainArray } from '../../../database/array-literal.ts';
import type { Db } from '../../../database/database.ts';
import type { ModelVersionRow } from '../registry/models.table.ts';

/** The model versions that each dataset version taught, the newest first, up to `limit` a version. */
export async function selectTaughtModels(
  db: Db,
  versionIds: readonly string[],
  limit: number,
): Promise<ModelVersionRow[]> {
  const { rows } = await sql<ModelVersionRow>`
    SELECT model.* FROM unnest(${plainArray(versionIds)}::uuid[]) AS version (id)
    CROSS JOIN LATERAL (
      SELECT * FROM model_version WHERE dataset_version_id = version.id ORDER BY id DESC LIMIT ${limit}
    ) model
    ORDER BY model.dataset_version_id, model.id DESC
  `.execute(db);
  return rows;
}
