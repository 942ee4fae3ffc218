/** Every SQL statement about assignments that is not one of `kit/table-rows.ts`: rows in, rows out, no rules. */
import { sql } from 'kysely';
import type { Db, Trx } from '../../../database/database.ts';
import type { ModelAssignmentRow } from './assignments.table.ts';

/** Ends what the camera runs now, in shadow or not, and gives it; never before it began, should the clocks of two servers differ. */
export function endAssignment(
  trx: Trx,
  cameraId: string,
  isShadow: boolean,
  at: Date,
): Promise<ModelAssignmentRow | undefined> {
  return trx
    .updateTable('model_assignment')
    .set({ ended_at: sql<Date>`greatest(assigned_at, ${at}::timestamptz)` })
    .where('camera_id', '=', cameraId)
    .where('is_shadow', '=', isShadow)
    .where('ended_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

export async function insertAssignment(trx: Trx, row: ModelAssignmentRow): Promise<void> {
  await trx.insertInto('model_assignment').values(row).execute();
}

/** Holds the camera's row, so that two assignments of one camera come one after the other. */
export async function lockCamera(trx: Trx, cameraId: string): Promise<void> {
  await trx.selectFrom('camera').select('id').where('id', '=', cameraId).forUpdate().execute();
}

/** What the cameras run now, in shadow, too. */
export function selectCurrentAssignments(db: Db, cameraIds: readonly string[]): Promise<ModelAssignmentRow[]> {
  return db
    .selectFrom('model_assignment')
    .selectAll()
    .where('camera_id', 'in', [...cameraIds])
    .where('ended_at', 'is', null)
    .execute();
}
