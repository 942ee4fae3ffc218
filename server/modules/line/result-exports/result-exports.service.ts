/** Exports of inspections: asked for by a person, carried out by a job, fetched file by file. */

import { sql } from 'kysely';
import { canSee, READERS, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { encodeGlobalId, keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { listVisible } from '../../../kit/list-visible.ts';
import { loadById, loadByParent } from '../../../kit/load-rows.ts';
import type { Connection, PageArgs } from '../../../kit/page.ts';
import type { Role } from '../../../kit/rights.ts';
import { selectRowsIn } from '../../../kit/table-rows.ts';
import { findPart } from '../../plant/parts/plants.service.ts';
import type { InspectionSelection } from '../inspections/inspection-selection.ts';
import { capturedBetween } from '../inspections/inspections.service.ts';
import {
  countOpenExports,
  insertExport,
  selectExport,
  selectFiles,
  selectHeads,
  updateOpenExport,
} from './result-exports.queries.ts';
import type { ExportFormatName, InspectionExportFileRow, InspectionExportRow } from './result-exports.table.ts';

export const EXPORT_JOB = 'inspection-export';
/** May carry results out of the plant. */
export const EXPORTERS: readonly Role[] = ['quality_engineer', 'ml_engineer', 'approver', 'administrator'];

/** What a caller wants exported; the plant may be left out where the line says it. */
export interface StartExport {
  selection: Omit<InspectionSelection, 'plantIds'> & { plantId: string | null };
  format: ExportFormatName;
}

/** Queues the export of what is recorded now. Throws `ConflictError` when the plant has too many that are not finished. */
export async function startExport(context: Context, { selection, format }: StartExport): Promise<InspectionExportRow> {
  const { plantId: namedPlant, ...rest } = selection;
  const plantId =
    namedPlant ?? (rest.lineId === null ? null : (await findPart(context, 'line', rest.lineId))?.plant_id);
  if (plantId === null)
    throw new InvalidInputError(
      'input.filter.plantId',
      null,
      'name the plant (or the line) whose inspections are meant',
    );
  const plant = plantId === undefined ? null : await findPart(context, 'plant', plantId);
  if (!plant)
    throw plantId === undefined
      ? new NotFoundError('input.filter.lineId', encodeGlobalId('Line', rest.lineId ?? ''))
      : new NotFoundError('input.filter.plantId', encodeGlobalId('Plant', plantId));
  const named = { field: 'input.filter.plantId', value: encodeGlobalId('Plant', plant.id) };
  requireRole(context, plant.id, EXPORTERS, named);
  if (rest.from && rest.to && rest.from >= rest.to)
    throw new InvalidInputError('input.filter.to', rest.to.toISOString(), 'give a time after input.filter.from');
  const { viewer } = context;
  if (viewer.kind !== 'person') throw new Error('An export takes a person who asks for it.');

  const bounds = await capturedBetween(context.db, plant.id);
  const stored = { ...rest, from: rest.from?.toISOString() ?? null, to: rest.to?.toISOString() ?? null };
  return act(context, async ({ trx, audit }) => {
    const open = await countOpenExports(trx, plant.id);
    if (open >= context.config.limits.exportsOpen)
      throw new ConflictError('input', `${open} exports of the plant are not finished`, 'wait for one, or cancel it');
    const row = await insertExport(trx, {
      id: newId(),
      plant_id: plant.id,
      format,
      state: 'queued',
      selection: JSON.stringify(stored),
      heads: JSON.stringify(await selectHeads(trx, plant.id)),
      first_at: later(bounds?.from, rest.from),
      last_at: earlier(bounds?.to, rest.to),
      error: null,
      requested_by: viewer.personId,
      requested_at: context.now(),
      started_at: null,
      finished_at: null,
    });
    await context.jobs.send(trx, EXPORT_JOB, { exportId: row.id });
    audit('export.start', subjectOf(row), { format, selection: stored });
    return row;
  });
}

/** Ends it, or throws `ConflictError` when it has ended. What was written is removed. */
export async function cancelExport(context: Context, globalId: string): Promise<InspectionExportRow> {
  const id = keyOf('InspectionExport', globalId, 'id');
  const row = await findExport(context, id);
  if (!row) throw new NotFoundError('id', globalId);
  requireRole(context, row.plant_id, EXPORTERS, { field: 'id', value: globalId });
  return act(context, async ({ trx, audit }) => {
    const cancelled = await updateOpenExport(trx, id, { state: 'cancelled', finished_at: context.now() });
    if (!cancelled) {
      const state = (await selectExport(trx, id))?.state ?? row.state;
      throw new ConflictError(
        'id',
        globalId,
        `it has ended (${state.toUpperCase()}); its files are removed by themselves`,
      );
    }
    audit('export.cancel', subjectOf(cancelled), { before: { state: row.state }, after: { state: cancelled.state } });
    return cancelled;
  });
}

function subjectOf(row: InspectionExportRow) {
  return { plantId: row.plant_id, subjectType: 'InspectionExport', subjectId: row.id };
}

/** The export, if the caller may see it. */
export async function findExport(context: Context, id: string): Promise<InspectionExportRow | null> {
  const row = await loadById(context, 'inspection_export', id, (ids) =>
    selectRowsIn(context.db, 'inspection_export', 'id', ids, ['id']),
  );
  return row && canSee(context, row.plant_id) ? row : null;
}

/** Its finished files, in order. */
export function loadExportFiles(context: Context, id: string): Promise<InspectionExportFileRow[]> {
  const select = (ids: readonly string[]) => selectFiles(context.db, ids);
  return loadByParent(context, 'inspection_export files', id, select, (file) => file.export_id);
}

/** The file with this name of an export that has ended well, if the caller may read what the plant produces. */
export async function findExportFile(
  context: Context,
  id: string,
  name: string,
): Promise<InspectionExportFileRow | null> {
  const row = await findExport(context, id);
  if (row?.state !== 'succeeded') return null;
  const roles = context.rights.rolesIn(row.plant_id);
  if (!READERS.some((role) => roles.has(role))) return null;
  return (await loadExportFiles(context, id)).find((file) => file.name === name) ?? null;
}

/** A plant's exports, in the order in which they were asked for. */
export function listExports(
  context: Context,
  plantId: string,
  args: PageArgs,
): Promise<Connection<InspectionExportRow>> {
  return listVisible(context, 'inspection_export', args, sql<boolean>`plant_id = ${plantId}::uuid`);
}

function later(a: Date | undefined, b: Date | null): Date | null {
  return a && b ? (a > b ? a : b) : (a ?? null);
}

function earlier(a: Date | undefined, b: Date | null): Date | null {
  return a && b ? (a < b ? a : b) : (a ?? null);
}
