/** How cameras look at the parts of each recipe: region, reference, and bands of image statistics. */

import type { Db, Trx } from '../../../database/database.ts';
import { requireRole, SETTERS } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { encodeGlobalId, keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { loadByParent } from '../../../kit/load-rows.ts';
import { viewingPerson } from '../../../kit/viewing-person.ts';
import { findPart, loadPart } from '../../plant/parts/plants.service.ts';
import type { CameraRow } from '../../plant/parts/plants.table.ts';
import {
  deleteCameraSetup,
  isReferenceOfNode,
  lockCameraSetups,
  selectCameraSetups,
  upsertCameraSetup,
} from './camera-setups.queries.ts';
import type { CameraSetupRow } from './camera-setups.table.ts';
import { type CameraSetupInput, checkSetup, storedBands } from './check-setup.ts';
import { loadImage } from './setup-hooks.ts';

/** Of parts that are not said to lie better or worse. */
const STANDARD_OFFSET_PX = 40;
const STANDARD_ROTATION_DEG = 10;

/** Writes the camera's setup for a recipe, or for all that have none of their own, in place of the one before. */
export async function setCameraSetup(context: Context, input: CameraSetupInput): Promise<CameraSetupRow> {
  const camera = await settableCamera(context, input.cameraId);
  const refusal = checkSetup(input);
  if (refusal) throw new InvalidInputError(refusal.field, refusal.value, refusal.reason);
  const reference = input.referenceSha256 ? Buffer.from(input.referenceSha256, 'hex') : null;
  if (reference && !(await loadImage(context, camera.plant_id, reference)))
    throw new NotFoundError('input.referenceSha256', input.referenceSha256);
  const roi = input.roi ?? null;
  const row: CameraSetupRow = {
    id: newId(),
    plant_id: camera.plant_id,
    camera_id: camera.id,
    recipe_code: input.recipeCode ?? null,
    roi_x: roi?.x ?? null,
    roi_y: roi?.y ?? null,
    roi_width: roi?.width ?? null,
    roi_height: roi?.height ?? null,
    reference_sha256: reference,
    max_offset_px: input.maxOffsetPx ?? STANDARD_OFFSET_PX,
    max_rotation_deg: input.maxRotationDeg ?? STANDARD_ROTATION_DEG,
    bands: storedBands(input.bands),
    changed_by: viewingPerson(context),
    changed_at: context.now(),
  };
  const most = context.config.limits.cameraSetups;
  return change(context, camera, row.recipe_code, async (before) => {
    if (!before.some((each) => each.recipe_code === row.recipe_code) && before.length >= most)
      throw new ConflictError(
        'input.recipeCode',
        row.recipe_code,
        `a camera has at most ${most} setups (LEHR_LIMIT_CAMERA_SETUPS); remove one first`,
      );
    return { action: 'set', write: (trx) => upsertCameraSetup(trx, row) };
  });
}

/** Takes the setup away; the parts of the recipe are looked at as those of recipes without one. */
export async function removeCameraSetup(
  context: Context,
  input: { cameraId: string; recipeCode?: string | null | undefined },
): Promise<CameraRow> {
  const camera = await settableCamera(context, input.cameraId);
  const recipeCode = input.recipeCode ?? null;
  await change(context, camera, recipeCode, async (before) => {
    const setup = before.find((each) => each.recipe_code === recipeCode);
    if (!setup) throw new NotFoundError('input.recipeCode', recipeCode);
    return { action: 'removed', write: (trx) => deleteCameraSetup(trx, setup.id) };
  });
  return camera;
}

/** The setups of a camera: the one for every recipe first, then by recipe. */
export function loadCameraSetups(context: Context, cameraId: string): Promise<CameraSetupRow[]> {
  const select = (ids: readonly string[]) => selectCameraSetups(context.db, ids);
  return loadByParent(context, 'camera setups', cameraId, select, (row) => row.camera_id);
}

/** As `loadCameraSetups`, for work that no caller has asked for. */
export function cameraSetups(db: Db, cameraIds: readonly string[]): Promise<CameraSetupRow[]> {
  return selectCameraSetups(db, cameraIds);
}

/** Whether a node may fetch the image: only what its own cameras locate parts against. */
export function mayFetchReference({ db, rights }: Pick<Context, 'db' | 'rights'>, sha256: string): Promise<boolean> {
  if (rights.edgeNodeId === null) return Promise.resolve(false);
  return isReferenceOfNode(db, rights.edgeNodeId, Buffer.from(sha256, 'hex'));
}

async function settableCamera(context: Context, globalId: string): Promise<CameraRow> {
  const camera = await findPart(context, 'camera', keyOf('Camera', globalId, 'input.cameraId'));
  if (!camera) throw new NotFoundError('input.cameraId', globalId);
  requireRole(context, camera.plant_id, SETTERS, { field: 'input.cameraId', value: globalId });
  return camera;
}

/** One act on the camera's setups with its event and audit record; `decide` sees them as they are, held until the end. */
async function change<Result>(
  context: Context,
  camera: CameraRow,
  recipeCode: string | null,
  decide: (
    before: readonly CameraSetupRow[],
  ) => Promise<{ action: 'set' | 'removed'; write: (trx: Trx) => Promise<Result> }>,
): Promise<Result> {
  const station = await loadPart(context, 'station', camera.station_id);
  return act(context, async ({ trx, audit, event }) => {
    const before = await lockCameraSetups(trx, camera.id);
    const { action, write } = await decide(before);
    const written = await write(trx);
    const setups = (await lockCameraSetups(trx, camera.id)).map(setupFacts);
    const setup = setups.find((each) => each.recipeCode === recipeCode) ?? null;
    const place = { lineId: station.line_id, stationId: station.id };
    const data = { cameraId: encodeGlobalId('Camera', camera.id), recipeCode, setup };
    const kind = `camera.setup_${action}`;
    event(camera.plant_id, { kind, ...place, data });
    const subject = { subjectType: 'Camera', subjectId: camera.id, plantId: camera.plant_id };
    const was = before.find((each) => each.recipe_code === recipeCode);
    const detail = { recipeCode, before: was ? setupFacts(was) : null, after: setup };
    audit(`camera-setup.${action}`, subject, detail);
    return written;
  });
}

function setupFacts(row: CameraSetupRow) {
  const { roi_x: x, roi_y: y, roi_width: width, roi_height: height } = row;
  return {
    recipeCode: row.recipe_code,
    roi: x === null ? null : { x, y, width, height },
    referenceSha256: row.reference_sha256?.toString('hex') ?? null,
    maxOffsetPx: row.max_offset_px,
    maxRotationDeg: row.max_rotation_deg,
    bands: row.bands,
  };
}
