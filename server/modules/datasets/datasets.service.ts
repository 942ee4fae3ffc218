/** Datasets: every item is a named person's decision, and a version that is frozen stays as it is. */
import { uniqueViolation } from '../../database/postgres-error.ts';
import { canSee, requireRole } from '../../kit/access.ts';
import { actorOf, appendAudit } from '../../kit/audit.ts';
import type { Context } from '../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../kit/errors.ts';
import { encodeGlobalId, keyOf } from '../../kit/global-id.ts';
import { newId } from '../../kit/ids.ts';
import { listVisible, ofParent } from '../../kit/list-visible.ts';
import { loadById, loadByParent, loadKnown } from '../../kit/load-rows.ts';
import { type Connection, type PageArgs, parsePage, toConnection } from '../../kit/page.ts';
import type { Role } from '../../kit/rights.ts';
import { selectRowsIn } from '../../kit/table-rows.ts';
import { appendEvents } from '../events/events.service.ts';
import { checkCode, checkName } from '../plants/plant-model-rules.ts';
import { findPart } from '../plants/plants.service.ts';
import { contentHash } from './dataset-manifest.ts';
import {
  countItems,
  freezeVersion,
  insertDataset,
  insertDatasetVersion,
  lockDataset,
  lockDatasetVersion,
  type NewItem,
  selectItemPages,
  selectItems,
  selectLastNumber,
  upsertItems,
} from './datasets.queries.ts';
import type { DatasetItemRow, DatasetRow, DatasetVersionRow } from './datasets.table.ts';

/** Who decides what belongs to a dataset. */
export const CURATORS: readonly Role[] = ['quality_engineer', 'ml_engineer', 'administrator'];

const sha256Pattern = /^[0-9a-f]{64}$/;
const longestLabel = 100;

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
    await context.db.transaction().execute(async (trx) => {
      await insertDataset(trx, row);
      const subject = { subjectType: 'Dataset', subjectId: row.id, plantId: plant.id };
      await appendAudit(trx, { ...whoAndWhen(context), ...subject, action: 'dataset.create', detail: { code } });
    });
  } catch (error) {
    if (uniqueViolation(error) === undefined) throw error;
    throw new ConflictError('input.code', code, 'a dataset with this code exists in the plant already; choose another');
  }
  return row;
}

/** Opens a new draft. The versions of a dataset are numbered from 1. */
export async function createDatasetVersion(context: Context, datasetGlobalId: string): Promise<DatasetVersionRow> {
  const dataset = await findDataset(context, keyOf('Dataset', datasetGlobalId, 'datasetId'));
  if (!dataset) throw new NotFoundError('datasetId', datasetGlobalId);
  requireRole(context, dataset.plant_id, CURATORS);
  const personId = personOf(context);
  return context.db.transaction().execute(async (trx) => {
    await lockDataset(trx, dataset.id);
    const row: DatasetVersionRow = {
      id: newId(),
      plant_id: dataset.plant_id,
      dataset_id: dataset.id,
      number: (await selectLastNumber(trx, dataset.id)) + 1,
      state: 'draft',
      created_by: personId,
      created_at: context.now(),
      frozen_by: null,
      frozen_at: null,
      content_hash: null,
    };
    await insertDatasetVersion(trx, row);
    await appendAudit(trx, {
      ...whoAndWhen(context),
      ...subjectOf(row),
      action: 'dataset.open',
      detail: { number: row.number },
    });
    return row;
  });
}

export interface AddDatasetItems {
  datasetVersionId: string;
  items: readonly NewItem[];
}

/** Records the person's decision on each image, all or none. Throws the refusals of its arguments, naming the item. */
export async function addDatasetItems(context: Context, input: AddDatasetItems): Promise<DatasetVersionRow> {
  const version = await editableVersion(context, input.datasetVersionId, 'input.datasetVersionId');
  checkItems(input.items, context.config.limits.datasetItemsPerCall);
  const personId = personOf(context);
  return context.db.transaction().execute(async (trx) => {
    const locked = await lockDatasetVersion(trx, version.id);
    if (locked?.state !== 'draft') throw frozenConflict('input.datasetVersionId', input.datasetVersionId);
    const written = await upsertItems(trx, version, input.items, { personId, at: context.now() });
    if (written.length < input.items.length) {
      const known = new Set(written);
      const index = input.items.findIndex((item) => !known.has(item.imageSha256));
      throw new NotFoundError(`input.items[${index}].imageSha256`, input.items[index]?.imageSha256);
    }
    const items = (await countItems(trx, [version.id])).get(version.id) ?? 0;
    const { datasetItems } = context.config.limits;
    if (items > datasetItems) {
      throw new InvalidInputError(
        'input.items',
        input.items.length,
        `a dataset version takes at most ${datasetItems} images`,
      );
    }
    const detail = { items: input.items.length, contentHash: contentHash(input.items).toString('hex') };
    await appendAudit(trx, { ...whoAndWhen(context), ...subjectOf(version), action: 'dataset.decide', detail });
    return version;
  });
}

/** Freezes a draft for good: from here on the database refuses every change. */
export async function freezeDatasetVersion(context: Context, versionGlobalId: string): Promise<DatasetVersionRow> {
  const version = await editableVersion(context, versionGlobalId, 'datasetVersionId');
  const frozen = await context.db.transaction().execute(async (trx) => {
    const locked = await lockDatasetVersion(trx, version.id);
    if (locked?.state !== 'draft') throw frozenConflict('datasetVersionId', versionGlobalId);
    const items = await selectItems(trx, version.id);
    if (items.length === 0) {
      throw new ConflictError(
        'datasetVersionId',
        versionGlobalId,
        'a version without images cannot be frozen; add images first',
      );
    }
    const hash = contentHash(
      items.map((item) => ({ imageSha256: item.image_sha256.toString('hex'), label: item.label, split: item.split })),
    );
    const row = await freezeVersion(trx, version.id, {
      personId: personOf(context),
      at: context.now(),
      contentHash: hash,
    });
    const { actor, at } = whoAndWhen(context);
    const data = {
      datasetVersionId: encodeGlobalId('DatasetVersion', row.id),
      number: row.number,
      items: items.length,
    };
    await appendEvents(trx, row.plant_id, [{ kind: 'dataset.frozen', occurredAt: at, actor, data }]);
    const detail = { items: items.length, contentHash: hash.toString('hex') };
    await appendAudit(trx, { actor, at, ...subjectOf(row), action: 'dataset.freeze', detail });
    return row;
  });
  context.hub.wake('event', frozen.plant_id);
  return frozen;
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
  const page = parsePage(args, context.config.limits, 1);
  const key = (parts: readonly (string | number)[] | null, field: string): Buffer | null => {
    if (parts === null) return null;
    const text = String(parts[0]);
    if (!sha256Pattern.test(text)) throw new InvalidInputError(field, text, 'give a cursor as this field returned it');
    return Buffer.from(text, 'hex');
  };
  const keys = { after: key(page.after, 'after'), before: key(page.before, 'before') };
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

async function editableVersion(context: Context, globalId: string, field: string): Promise<DatasetVersionRow> {
  const version = await findDatasetVersion(context, keyOf('DatasetVersion', globalId, field));
  if (!version) throw new NotFoundError(field, globalId);
  requireRole(context, version.plant_id, CURATORS);
  if (version.state === 'frozen') throw frozenConflict(field, globalId);
  return version;
}

function frozenConflict(field: string, globalId: string): ConflictError {
  return new ConflictError(field, globalId, 'the version is frozen; open a new one with createDatasetVersion');
}

function checkItems(items: readonly NewItem[], most: number): void {
  if (items.length === 0 || items.length > most) {
    throw new InvalidInputError('input.items', items.length, `give 1 to ${most} items in a call`);
  }
  const seen = new Set<string>();
  for (const [index, { imageSha256, label }] of items.entries()) {
    const at = `input.items[${index}]`;
    if (label.trim() !== label || label.length < 1 || label.length > longestLabel || label.includes('\0')) {
      throw new InvalidInputError(
        `${at}.label`,
        label,
        `give 1 to ${longestLabel} characters without blanks at the ends`,
      );
    }
    if (seen.has(imageSha256))
      throw new InvalidInputError(`${at}.imageSha256`, imageSha256, 'give each image once in a call');
    seen.add(imageSha256);
  }
}

function whoAndWhen(context: Context) {
  return { actor: actorOf(context.viewer), at: context.now() };
}

function subjectOf(row: DatasetVersionRow) {
  return { subjectType: 'DatasetVersion', subjectId: row.id, plantId: row.plant_id };
}

/** Only people decide; the field's rule keeps machines out, this says so again. */
function personOf(context: Context): string {
  const { viewer } = context;
  if (viewer.kind !== 'person') throw new Error('A decision on a dataset takes a person.');
  return viewer.personId;
}
