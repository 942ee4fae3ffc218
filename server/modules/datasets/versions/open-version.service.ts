/** Opens drafts: empty, or with the images of the version that they go on from. */

import { CURATORS, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import {
  copyItems,
  insertDatasetVersion,
  lockDataset,
  selectLastNumber,
  selectNewestBook,
} from './datasets.queries.ts';
import { findDataset, findDatasetVersion } from './datasets.service.ts';
import type { DatasetVersionRow } from './datasets.table.ts';
import { personOf, subjectOf } from './draft-access.ts';

/** The versions of a dataset are numbered from 1. A version may go on from one of another dataset of the plant. */
export async function createDatasetVersion(
  context: Context,
  datasetGlobalId: string,
  basedOnGlobalId: string | null = null,
): Promise<DatasetVersionRow> {
  const dataset = await findDataset(context, keyOf('Dataset', datasetGlobalId, 'datasetId'));
  if (!dataset) throw new NotFoundError('datasetId', datasetGlobalId);
  requireRole(context, dataset.plant_id, CURATORS);
  const basedOn =
    basedOnGlobalId === null
      ? null
      : await findDatasetVersion(context, keyOf('DatasetVersion', basedOnGlobalId, 'basedOnId'));
  if (basedOnGlobalId !== null && basedOn?.plant_id !== dataset.plant_id) {
    throw new NotFoundError('basedOnId', basedOnGlobalId);
  }
  const personId = personOf(context);
  return act(context, async ({ trx, now, audit }) => {
    await lockDataset(trx, dataset.id);
    const row: DatasetVersionRow = {
      id: newId(),
      plant_id: dataset.plant_id,
      dataset_id: dataset.id,
      number: (await selectLastNumber(trx, dataset.id)) + 1,
      state: 'draft',
      created_by: personId,
      created_at: now,
      frozen_by: null,
      frozen_at: null,
      content_hash: null,
      based_on_id: basedOn?.id ?? null,
      book_id: await selectNewestBook(trx, dataset.plant_id),
      split_policy: basedOn?.split_policy ?? null,
      manifest_format: 2,
      revision: 0,
    };
    await insertDatasetVersion(trx, row);
    if (basedOn) await copyItems(trx, basedOn.id, row.id);
    audit('dataset.open', subjectOf(row), {
      before: null,
      after: { number: row.number, basedOn: basedOn?.id ?? null },
    });
    return row;
  });
}
