/** What every act on a dataset version starts with: it is found, the caller may, and it is still a draft. */
import { CURATORS, requireRole } from '../../../kit/access.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { findDatasetVersion } from './datasets.service.ts';
import type { DatasetVersionRow } from './datasets.table.ts';

/** The draft that the caller may work on. Throws NotFoundError and, when it is frozen, ConflictError. */
export async function editableVersion(context: Context, globalId: string, field: string): Promise<DatasetVersionRow> {
  const version = await findDatasetVersion(context, keyOf('DatasetVersion', globalId, field));
  if (!version) throw new NotFoundError(field, globalId);
  requireRole(context, version.plant_id, CURATORS);
  if (version.state === 'frozen') throw frozenConflict(field, globalId);
  return version;
}

export function frozenConflict(field: string, globalId: string): ConflictError {
  return new ConflictError(field, globalId, 'the version is frozen; open a new one with createDatasetVersion');
}

export function subjectOf(row: Pick<DatasetVersionRow, 'id' | 'plant_id'>) {
  return { subjectType: 'DatasetVersion', subjectId: row.id, plantId: row.plant_id };
}

/** Only people decide; the field's rule keeps machines out, this says so again. */
export function personOf(context: Context): string {
  const { viewer } = context;
  if (viewer.kind !== 'person') throw new Error('A decision on a dataset takes a person.');
  return viewer.personId;
}
