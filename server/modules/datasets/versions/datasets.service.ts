/** Datasets: every item is a named person's decision, and a version that is frozen stays as it is. */

import { uniqueViolation } from '../../../database/postgres-error.ts';
import { CURATORS, canSee, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { listVisible, ofParent } from '../../../kit/list-visible.ts';
import { loadById, loadByParent, loadKnown } from '../../../kit/load-rows.ts';
import { type Connection, type PageArgs, toConnection } from '../../../kit/page.ts';
import { selectRowsIn } from '../../../kit/table-rows.ts';
import { checkCode, checkName } from '../../plant/parts/plant-model-rules.ts';
import { findPart } from '../../plant/parts/plants.service.ts';
import { countItems, insertDataset, selectItemPages } from './datasets.queries.ts';
import type { DatasetItemRow, DatasetRow, DatasetVersionRow } from './datasets.table.ts';
import { parseHashPage } from './hash-page.ts';

export async function createDataset(
  context: Context,
  input: { plantId: string; code: string; name: string },
): Promise<DatasetRow> {
  const plant = await findPart(context, 'plant', keyOf('Plant', input.plantId, 'input.plantId'));
  if (!plant) throw new NotFoundError('input.plantId', input.plantId);
  requireRole(context, plant.id, CURATORS);
  const code = checkCode(input.code);
  const name = checkName(input.name);
  const row: DatasetRow = { id: newId(), plant_id: plant.id, code, name, created_at: context.now() };
  try {
    await act(context, async ({ trx, audit }) => {
      await insertDataset(trx, row);
      const subject = { subjectType: 'Dataset', subjectId: row.id, plantId: plant.id };
      audit('dataset.create', subject, { before: null, after: { code, name } });
    });
  } catch (error) {
    if (uniqueViolation(error) === undefined) throw error;
    throw new ConflictError('input.code', code, 'a dataset with this code exists in the plant already; choose another');
  }
  return row;
}

export async function findDataset(context: Context, id: string): Promise<DatasetRow | null> {
  const row = await loadById(context, 'dataset', id, (ids) => selectRowsIn(context.db, 'dataset', 'id', ids, ['id']));
  return row && canSee(context, row.plant_id) ? row : null;
}

export async function findDatasetVersion(context: Context, id: string): Promise<DatasetVersionRow | null> {
  const row = await loadById(context, 'dataset_version', id, (ids) => selectVersionsById(context, ids));
  return row && canSee(context, row.plant_id) ? row : null;
}

export function loadDataset(context: Context, id: string): Promise<DatasetRow> {
  return loadKnown(context, 'dataset', id, (ids) => selectRowsIn(context.db, 'dataset', 'id', ids, ['id']));
}

export function loadDatasetVersion(context: Context, id: string): Promise<DatasetVersionRow> {
  return loadKnown(context, 'dataset_version', id, (ids) => selectVersionsById(context, ids));
}

export function loadVersionsOf(context: Context, datasetId: string): Promise<DatasetVersionRow[]> {
  const select = (ids: readonly string[]) =>
    selectRowsIn(context.db, 'dataset_version', 'dataset_id', ids, ['dataset_id', 'number']);
  return loadByParent(context, 'dataset versions', datasetId, select, (row) => row.dataset_id);
}

/** How many images each version has: one statement for all that ask. */
export function loadItemCount(context: Context, versionId: string): Promise<number> {
  const loader = context.loader<string, number>('dataset items', async (ids) => {
    const counts = await countItems(context.db, ids);
    return ids.map((id) => counts.get(id) ?? 0);
  });
  return loader.load(versionId);
}

export function listDatasets(
  context: Context,
  args: PageArgs,
  plantId: string | null,
): Promise<Connection<DatasetRow>> {
  return listVisible(context, 'dataset', args, ofParent('plant_id', plantId));
}

export function listDatasetVersions(
  context: Context,
  args: PageArgs,
  datasetId: string | null,
): Promise<Connection<DatasetVersionRow>> {
  return listVisible(context, 'dataset_version', args, ofParent('dataset_id', datasetId));
}

export async function listItems(
  context: Context,
  versionId: string,
  args: PageArgs,
): Promise<Connection<DatasetItemRow>> {
  const { page, keys } = parseHashPage(args, context.config.limits);
  // lists of versions ask for the same page of each
  const rows = await loadByParent(
    context,
    `dataset items ${JSON.stringify(page)}`,
    versionId,
    (ids) => selectItemPages(context.db, ids, page, keys),
    (row) => row.dataset_version_id,
  );
  return toConnection(rows, page, (row) => [row.image_sha256.toString('hex')]);
}

function selectVersionsById(context: Context, ids: readonly string[]): Promise<DatasetVersionRow[]> {
  return selectRowsIn(context.db, 'dataset_version', 'id', ids, ['id']);
}
