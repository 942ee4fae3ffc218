/** Exports of dataset versions: asked for by a person, carried out by a job, fetched as one archive. */

import { sql } from 'kysely';
import { CURATORS, canSee, READERS, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { listVisible } from '../../../kit/list-visible.ts';
import { loadById } from '../../../kit/load-rows.ts';
import type { Connection, PageArgs } from '../../../kit/page.ts';
import { selectRowsIn } from '../../../kit/table-rows.ts';
import { viewingPerson } from '../../../kit/viewing-person.ts';
import { findDatasetVersion } from '../versions/datasets.service.ts';
import type { DatasetExportRow } from './exchange.table.ts';
import { countOpenSetExports, insertSetExport, selectSetExport, updateOpenSetExport } from './export.queries.ts';
import type { FormatName } from './formats/format.ts';

export const SET_EXPORT_JOB = 'dataset-export';
/** The archive of an export, in its folder. */
export const SET_ARCHIVE = 'dataset.zip';

/** Queues the export of a version, draft or frozen. Throws `ConflictError` when the plant has too many that are not finished. */
export async function startSetExport(
  context: Context,
  input: { datasetVersionId: string; format: FormatName },
): Promise<DatasetExportRow> {
  const field = 'input.datasetVersionId';
  const version = await findDatasetVersion(context, keyOf('DatasetVersion', input.datasetVersionId, field));
  if (!version) throw new NotFoundError(field, input.datasetVersionId);
  requireRole(context, version.plant_id, CURATORS, { field, value: input.datasetVersionId });
  const personId = viewingPerson(context);
  return act(context, async ({ trx, now, audit }) => {
    const open = await countOpenSetExports(trx, version.plant_id);
    if (open >= context.config.limits.exportsOpen)
      throw new ConflictError('input', `${open} exports of the plant are not finished`, 'wait for one, or cancel it');
    const row = await insertSetExport(trx, {
      id: newId(),
      plant_id: version.plant_id,
      dataset_version_id: version.id,
      format: input.format,
      state: 'queued',
      counts: '{}',
      left_out: '[]',
      size_bytes: null,
      sha256: null,
      error: null,
      requested_by: personId,
      requested_at: now,
      started_at: null,
      finished_at: null,
    });
    await context.jobs.send(trx, SET_EXPORT_JOB, { exportId: row.id });
    audit('dataset-export.start', subjectOf(row), { format: row.format, version: version.number });
    return row;
  });
}

/** Ends it, or throws `ConflictError` when it has ended. What was written is removed. */
export async function cancelSetExport(context: Context, globalId: string): Promise<DatasetExportRow> {
  const id = keyOf('DatasetExport', globalId, 'id');
  const row = await findSetExport(context, id);
  if (!row) throw new NotFoundError('id', globalId);
  requireRole(context, row.plant_id, CURATORS, { field: 'id', value: globalId });
  return act(context, async ({ trx, now, audit }) => {
    const cancelled = await updateOpenSetExport(trx, id, { state: 'cancelled', finished_at: now });
    if (!cancelled) {
      const state = (await selectSetExport(trx, id))?.state ?? row.state;
      throw new ConflictError(
        'id',
        globalId,
        `it has ended (${state.toUpperCase()}); its archive is removed by itself`,
      );
    }
    const change = { before: { state: row.state }, after: { state: cancelled.state } };
    audit('dataset-export.cancel', subjectOf(cancelled), change);
    return cancelled;
  });
}

/** The export, if the caller may see it. */
export async function findSetExport(context: Context, id: string): Promise<DatasetExportRow | null> {
  const row = await loadById(context, 'dataset_export', id, (ids) =>
    selectRowsIn(context.db, 'dataset_export', 'id', ids, ['id']),
  );
  return row && canSee(context, row.plant_id) ? row : null;
}

/** The export whose archive the caller may fetch, or null. */
export async function findSetArchive(context: Context, id: string): Promise<DatasetExportRow | null> {
  const row = await findSetExport(context, id);
  if (row?.state !== 'succeeded') return null;
  const roles = context.rights.rolesIn(row.plant_id);
  return READERS.some((role) => roles.has(role)) ? row : null;
}

export function listSetExports(
  context: Context,
  plantId: string,
  args: PageArgs,
): Promise<Connection<DatasetExportRow>> {
  return listVisible(context, 'dataset_export', args, sql<boolean>`plant_id = ${plantId}::uuid`);
}

function subjectOf(row: DatasetExportRow) {
  return { plantId: row.plant_id, subjectType: 'DatasetExport', subjectId: row.id };
}
