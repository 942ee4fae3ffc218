/** SQL of the checks of drafts. */
import type { Db } from '../../database/database.ts';
import type { DatasetCheckRow } from './dataset-checks.table.ts';

export function selectChecks(db: Db, versionIds: readonly string[]): Promise<DatasetCheckRow[]> {
  return db
    .selectFrom('dataset_check')
    .selectAll()
    .where('dataset_version_id', 'in', [...versionIds])
    .execute();
}
