/** What runs on which camera, and ran there. */
import { canSee } from '../../../kit/access.ts';
import type { Context } from '../../../kit/context.ts';
import { loadById, loadByParent } from '../../../kit/load-rows.ts';
import { selectRowsIn } from '../../../kit/table-rows.ts';
import { findPart } from '../../plant/parts/plants.service.ts';
import { selectCurrentAssignments } from './assignments.queries.ts';
import type { ModelAssignmentRow } from './assignments.table.ts';

/** The assignment, if it exists and the caller may see it. An edge node sees what runs on its own cameras. */
export async function findAssignment(context: Context, id: string): Promise<ModelAssignmentRow | null> {
  const row = await loadById(context, 'model_assignment', id, (ids) =>
    selectRowsIn(context.db, 'model_assignment', 'id', ids, ['id']),
  );
  if (!row || !canSee(context, row.plant_id)) return null;
  return (await findPart(context, 'camera', row.camera_id)) ? row : null;
}

export function loadAssignments(context: Context, modelVersionId: string): Promise<ModelAssignmentRow[]> {
  const select = (ids: readonly string[]) =>
    selectRowsIn(context.db, 'model_assignment', 'model_version_id', ids, ['id']);
  return loadByParent(context, 'assignments', modelVersionId, select, (row) => row.model_version_id);
}

/** What judges the camera's images now, or judges along in shadow. */
export async function loadCurrentAssignment(
  context: Context,
  cameraId: string,
  isShadow: boolean,
): Promise<ModelAssignmentRow | null> {
  const select = (ids: readonly string[]) => selectCurrentAssignments(context.db, ids);
  const rows = await loadByParent(context, 'current assignments', cameraId, select, (each) => each.camera_id);
  return rows.find((row) => row.is_shadow === isShadow) ?? null;
}
