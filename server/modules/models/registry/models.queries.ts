/** Every SQL statement of the models module that is not one of `kit/table-rows.ts`: rows in, rows out, no rules. */
import type { Db, Trx } from '../../../database/database.ts';
import type { ApprovalRow, ModelRow, ModelVersionRow, SigningKeyRow } from './models.table.ts';

export async function insertModel(trx: Trx, row: ModelRow): Promise<void> {
  await trx.insertInto('model').values(row).execute();
}

/** Holds the model until the transaction ends, so that two versions cannot take one number. */
export function lockModel(trx: Trx, id: string): Promise<ModelRow | undefined> {
  return trx.selectFrom('model').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export async function selectLastVersionNumber(trx: Trx, modelId: string): Promise<number> {
  const row = await trx
    .selectFrom('model_version')
    .select((expression) => expression.fn.max('number').as('last'))
    .where('model_id', '=', modelId)
    .executeTakeFirst();
  return row?.last ?? 0;
}

export async function insertModelVersion(trx: Trx, row: ModelVersionRow): Promise<void> {
  await trx
    .insertInto('model_version')
    .values({ ...row, manifest: JSON.stringify(row.manifest), metrics: JSON.stringify(row.metrics) })
    .execute();
}

export async function insertApproval(trx: Trx, row: ApprovalRow): Promise<void> {
  await trx.insertInto('approval').values(row).execute();
}

/** Whether the artifact is of a version that one of the plants has. */
export async function isArtifactOf(db: Db, sha256: Buffer, plantIds: readonly string[]): Promise<boolean> {
  if (plantIds.length === 0) return false;
  const row = await db
    .selectFrom('model_version')
    .select('id')
    .where('artifact_sha256', '=', sha256)
    .where('plant_id', 'in', [...plantIds])
    .executeTakeFirst();
  return row !== undefined;
}

export function selectSigningKeys(db: Db): Promise<SigningKeyRow[]> {
  return db.selectFrom('signing_key').selectAll().orderBy('created_at').orderBy('id').execute();
}

export async function insertSigningKey(db: Db, row: SigningKeyRow): Promise<void> {
  await db
    .insertInto('signing_key')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
