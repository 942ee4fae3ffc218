/** Models: no version runs on a camera without the approval of a named person, and that approval is a signature. */

import { uniqueViolation } from '../../../database/postgres-error.ts';
import { canSee, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { encodeGlobalId, keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { listVisible, ofParent } from '../../../kit/list-visible.ts';
import { loadById, loadByParent, loadKnown } from '../../../kit/load-rows.ts';
import type { Connection, PageArgs } from '../../../kit/page.ts';
import type { Role } from '../../../kit/rights.ts';
import { selectRowsIn } from '../../../kit/table-rows.ts';
import { viewingPerson } from '../../../kit/viewing-person.ts';
import { WrongCredentialsError } from '../../people/access/access.errors.ts';
import { verifyPassword } from '../../people/access/passwords.service.ts';
import { checkCode, checkName } from '../../plant/parts/plant-model-rules.ts';
import { findPart } from '../../plant/parts/plants.service.ts';
import { insertApproval, insertModel, isArtifactOf, selectSigningKeys } from './models.queries.ts';
import type { ApprovalRow, ModelRow, ModelVersionRow, SigningKeyRow } from './models.table.ts';

/** Who makes models and has them trained. */
export const MODELLERS: readonly Role[] = ['ml_engineer', 'administrator'];
/** Who signs that a version may run, and puts it on a camera. An administrator does not approve by being one. */
export const APPROVERS: readonly Role[] = ['approver'];

const longestMeaning = 500;

type ModelTableName = 'model' | 'model_version' | 'approval';
interface ModelRows {
  model: ModelRow;
  model_version: ModelVersionRow;
  approval: ApprovalRow;
}

export async function createModel(
  context: Context,
  input: { plantId: string; code: string; name: string },
): Promise<ModelRow> {
  const plant = await findPart(context, 'plant', keyOf('Plant', input.plantId, 'input.plantId'));
  if (!plant) throw new NotFoundError('input.plantId', input.plantId);
  requireRole(context, plant.id, MODELLERS);
  const code = checkCode(input.code);
  const row: ModelRow = {
    id: newId(),
    plant_id: plant.id,
    code,
    name: checkName(input.name),
    created_at: context.now(),
  };
  try {
    await act(context, async ({ trx, audit }) => {
      await insertModel(trx, row);
      const subject = { plantId: plant.id, subjectType: 'Model', subjectId: row.id };
      audit('model.create', subject, { before: null, after: { code, name: row.name } });
    });
  } catch (error) {
    if (uniqueViolation(error) === undefined) throw error;
    throw new ConflictError('input.code', code, 'a model with this code exists in the plant already; choose another');
  }
  return row;
}

export interface ApproveModelVersion {
  modelVersionId: string;
  meaning: string;
  password: string;
}

/** Signs that the version may run: who, when and what it means, with the password given again. */
export async function approveModelVersion(context: Context, input: ApproveModelVersion): Promise<ApprovalRow> {
  const field = 'input.modelVersionId';
  const version = await findModelRow(context, 'model_version', keyOf('ModelVersion', input.modelVersionId, field));
  if (!version) throw new NotFoundError(field, input.modelVersionId);
  requireRole(context, version.plant_id, APPROVERS);
  const meaning = input.meaning.trim();
  if (meaning.length < 1 || meaning.length > longestMeaning || meaning.includes('\0')) {
    throw new InvalidInputError(
      'input.meaning',
      input.meaning,
      `say in 1 to ${longestMeaning} characters what the signature means`,
    );
  }
  const personId = viewingPerson(context);
  if (!(await verifyPassword(context, personId, input.password))) throw new WrongCredentialsError('The password is');
  const row: ApprovalRow = {
    id: newId(),
    plant_id: version.plant_id,
    model_version_id: version.id,
    person_id: personId,
    approved_at: context.now(),
    meaning,
  };
  await act(context, async ({ trx, audit, event }) => {
    await insertApproval(trx, row);
    const data = { approvalId: encodeGlobalId('Approval', row.id), modelVersionId: input.modelVersionId, meaning };
    event(row.plant_id, { kind: 'model.approved', occurredAt: row.approved_at, data });
    const subject = { subjectType: 'ModelVersion', subjectId: version.id, plantId: row.plant_id };
    const detail = { approval: row.id, meaning, artifactSha256: version.artifact_sha256.toString('hex') };
    audit('model.approve', subject, detail, { at: row.approved_at });
  });
  return row;
}

/** The row with the id, if it exists and the caller may see it. An edge node sees the models of its plant. */
export async function findModelRow<T extends ModelTableName>(
  context: Context,
  table: T,
  id: string,
): Promise<ModelRows[T] | null> {
  const row = await loadById(context, table, id, (ids) => selectByIds(context, table, ids));
  return row && canSee(context, row.plant_id) ? row : null;
}

/** The row that a foreign key points to. */
export function loadModelRow<T extends ModelTableName>(context: Context, table: T, id: string): Promise<ModelRows[T]> {
  return loadKnown(context, table, id, (ids) => selectByIds(context, table, ids));
}

export function loadModelsOfPlant(context: Context, plantId: string): Promise<ModelRow[]> {
  const select = (ids: readonly string[]) => selectRowsIn(context.db, 'model', 'plant_id', ids, ['code']);
  return loadByParent(context, 'models of plant', plantId, select, (row) => row.plant_id);
}

export function loadVersionsOfModel(context: Context, modelId: string): Promise<ModelVersionRow[]> {
  const select = (ids: readonly string[]) => selectRowsIn(context.db, 'model_version', 'model_id', ids, ['number']);
  return loadByParent(context, 'versions of model', modelId, select, (row) => row.model_id);
}

export function loadApprovals(context: Context, modelVersionId: string): Promise<ApprovalRow[]> {
  const select = (ids: readonly string[]) => selectRowsIn(context.db, 'approval', 'model_version_id', ids, ['id']);
  return loadByParent(context, 'approvals', modelVersionId, select, (row) => row.model_version_id);
}

export function listSigningKeys(context: Context): Promise<SigningKeyRow[]> {
  return selectSigningKeys(context.db);
}

export async function loadSigningKey(context: Context, id: string): Promise<SigningKeyRow> {
  const loader = context.loader<string, SigningKeyRow>('signing key', async (ids) => {
    const keys = new Map((await selectSigningKeys(context.db)).map((key) => [key.id, key]));
    return ids.map((each) => keys.get(each) ?? new Error(`signing key ${each} is referenced but does not exist`));
  });
  return loader.load(id);
}

/** Whether the caller may fetch the artifact: it is of a version of a plant that the caller may see. */
export function mayFetchArtifact(context: Pick<Context, 'db' | 'rights'>, sha256: string): Promise<boolean> {
  return isArtifactOf(context.db, Buffer.from(sha256, 'hex'), context.rights.plantIds);
}

export function listModels(context: Context, args: PageArgs, plantId: string | null): Promise<Connection<ModelRow>> {
  return listVisible(context, 'model', args, ofParent('plant_id', plantId));
}

export function listModelVersions(
  context: Context,
  args: PageArgs,
  modelId: string | null,
): Promise<Connection<ModelVersionRow>> {
  return listVisible(context, 'model_version', args, ofParent('model_id', modelId));
}

async function selectByIds<T extends ModelTableName>(
  context: Context,
  table: T,
  ids: readonly string[],
): Promise<ModelRows[T][]> {
  return (await selectRowsIn(context.db, table, 'id', ids, ['id'])) as ModelRows[T][];
}
