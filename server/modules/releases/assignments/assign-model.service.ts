/** Which approved version runs on which camera: one judges, and one more may judge along in shadow. */

import type { Trx } from '../../../database/database.ts';
import { requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, NotFoundError } from '../../../kit/errors.ts';
import { encodeGlobalId, keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { viewingPerson } from '../../../kit/viewing-person.ts';
import { APPROVERS, findModelRow } from '../../models/registry/models.service.ts';
import { findPart, loadPart } from '../../plant/parts/plants.service.ts';
import type { CameraRow } from '../../plant/parts/plants.table.ts';
import { endAssignment, insertAssignment, lockCamera } from './assignments.queries.ts';
import type { ModelAssignmentRow } from './assignments.table.ts';

/** As the event log calls it (after `model.`), and the audit. */
const AUDITED = {
  assigned: 'model.assign',
  shadow_assigned: 'model.assign-shadow',
  shadow_ended: 'model.end-shadow',
} as const;
type Assigning = keyof typeof AUDITED;

/** Puts an approved version on a camera in place of what runs there, or of what runs there in shadow. */
export async function assignModel(
  context: Context,
  input: { cameraId: string; approvalId: string; isShadow?: boolean | null | undefined },
): Promise<ModelAssignmentRow> {
  const camera = await assignableCamera(context, input.cameraId);
  const approval = await findModelRow(context, 'approval', keyOf('Approval', input.approvalId, 'input.approvalId'));
  if (approval?.plant_id !== camera.plant_id) throw new NotFoundError('input.approvalId', input.approvalId);
  const isShadow = input.isShadow === true;
  const row: ModelAssignmentRow = {
    id: newId(),
    plant_id: camera.plant_id,
    camera_id: camera.id,
    model_version_id: approval.model_version_id,
    approval_id: approval.id,
    assigned_by: viewingPerson(context),
    assigned_at: context.now(),
    ended_at: null,
    is_shadow: isShadow,
  };
  return change(context, camera, async (trx) => {
    // of two at once the one that waited is the later one, whoever read the clock first
    row.assigned_at = context.now();
    const before = await endAssignment(trx, camera.id, isShadow, row.assigned_at);
    await insertAssignment(trx, row);
    return { row, at: row.assigned_at, done: isShadow ? 'shadow_assigned' : 'assigned', before, after: row };
  });
}

/** Takes the version away that judges along in shadow. */
export async function endShadow(context: Context, cameraId: string): Promise<CameraRow> {
  const camera = await assignableCamera(context, cameraId, 'cameraId');
  await change(context, camera, async (trx) => {
    const at = context.now();
    const row = await endAssignment(trx, camera.id, true, at);
    if (!row) throw new ConflictError('cameraId', cameraId, 'no model runs there in shadow; there is nothing to end');
    return { row, at, done: 'shadow_ended', before: row, after: undefined };
  });
  return camera;
}

async function assignableCamera(context: Context, globalId: string, field = 'input.cameraId'): Promise<CameraRow> {
  const camera = await findPart(context, 'camera', keyOf('Camera', globalId, field));
  if (!camera) throw new NotFoundError(field, globalId);
  requireRole(context, camera.plant_id, APPROVERS);
  return camera;
}

interface Change {
  row: ModelAssignmentRow;
  at: Date;
  done: Assigning;
  before: ModelAssignmentRow | undefined;
  after: ModelAssignmentRow | undefined;
}

/** One act on what the camera runs, with its event and audit record; acts on one camera come one after the other. */
async function change(
  context: Context,
  camera: CameraRow,
  write: (trx: Trx) => Promise<Change>,
): Promise<ModelAssignmentRow> {
  const station = await loadPart(context, 'station', camera.station_id);
  return act(context, async ({ trx, audit, event }) => {
    await lockCamera(trx, camera.id);
    const { row, at, done, before, after } = await write(trx);
    const data = {
      cameraId: encodeGlobalId('Camera', camera.id),
      modelVersionId: encodeGlobalId('ModelVersion', row.model_version_id),
      approvalId: encodeGlobalId('Approval', row.approval_id),
    };
    const place = { lineId: station.line_id, stationId: station.id };
    event(row.plant_id, { kind: `model.${done}`, occurredAt: at, ...place, data });
    const subject = { subjectType: 'Camera', subjectId: camera.id, plantId: row.plant_id };
    audit(AUDITED[done], subject, { before: assignmentFacts(before), after: assignmentFacts(after) }, { at });
    return row;
  });
}

/** null: nothing runs there. */
function assignmentFacts(row: ModelAssignmentRow | undefined) {
  return row ? { assignment: row.id, modelVersion: row.model_version_id, approval: row.approval_id } : null;
}
