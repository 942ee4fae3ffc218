/** How a trained model becomes a version: the one door through which the training job adds them. */
import type { Trx } from '../../../database/database.ts';
import { insertModelVersion, lockModel, selectLastVersionNumber } from './models.queries.ts';
import type { ModelVersionRow } from './models.table.ts';

/** Writes the version under the next number of its model. */
export async function addModelVersion(trx: Trx, version: Omit<ModelVersionRow, 'number'>): Promise<ModelVersionRow> {
  await lockModel(trx, version.model_id);
  const row = { ...version, number: (await selectLastVersionNumber(trx, version.model_id)) + 1 };
  await insertModelVersion(trx, row);
  return row;
}
