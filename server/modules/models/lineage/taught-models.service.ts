/** From a dataset version to the models that it taught. */
import type { Context } from '../../../kit/context.ts';
import { loadByParent } from '../../../kit/load-rows.ts';
import { limitOf } from '../../datasets/versions/lineage.service.ts';
import type { ModelVersionRow } from '../registry/models.table.ts';
import { selectTaughtModels } from './taught-models.queries.ts';

export function modelsTaughtBy(
  context: Context,
  versionId: string,
  first: number | null | undefined,
): Promise<ModelVersionRow[]> {
  const limit = limitOf(context, first);
  return loadByParent(
    context,
    `models of dataset versions ${limit}`,
    versionId,
    (ids) => selectTaughtModels(context.db, ids, limit),
    (row) => row.dataset_version_id,
  );
}
