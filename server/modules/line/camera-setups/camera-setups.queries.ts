/** Every SQL statement about how cameras look: rows in, rows out, no rules. */
import { sql } from 'kysely';
import { plainArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { CameraSetupRow } from './camera-setups.table.ts';

/** Of the cameras: the one for every recipe first, then by recipe. */
export async function selectCameraSetups(db: Db, cameraIds: readonly string[]): Promise<CameraSetupRow[]> {
  const { rows } = await sql<CameraSetupRow>`
    SELECT * FROM camera_setup WHERE camera_id = ANY(${plainArray(cameraIds)}::uuid[])
    ORDER BY camera_id, recipe_code NULLS FIRST
  `.execute(db);
  return rows;
}

/** Holds the camera, so that its setups are changed one after the other, and gives them. */
export async function lockCameraSetups(trx: Trx, cameraId: string): Promise<CameraSetupRow[]> {
  await sql`SELECT id FROM camera WHERE id = ${cameraId} FOR UPDATE`.execute(trx);
  return selectCameraSetups(trx, [cameraId]);
}

/** Writes the setup in place of the one of the same camera and recipe. */
export async function upsertCameraSetup(trx: Trx, row: CameraSetupRow): Promise<CameraSetupRow> {
  const { id: _id, plant_id: _plant, camera_id: _camera, recipe_code: _recipe, ...values } = row;
  const bands = JSON.stringify(row.bands);
  return trx
    .insertInto('camera_setup')
    .values({ ...row, bands })
    .onConflict((conflict) => conflict.columns(['camera_id', 'recipe_code']).doUpdateSet({ ...values, bands }))
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function deleteCameraSetup(trx: Trx, id: string): Promise<void> {
  await trx.deleteFrom('camera_setup').where('id', '=', id).execute();
}

/** Whether the image is what parts are located against at one of the node's cameras. */
export async function isReferenceOfNode(db: Db, edgeNodeId: string, sha256: Buffer): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM camera_setup u JOIN camera c ON c.id = u.camera_id JOIN station s ON s.id = c.station_id
    WHERE s.edge_node_id = ${edgeNodeId} AND u.reference_sha256 = ${sha256} LIMIT 1
  `.execute(db);
  return rows.length > 0;
}
