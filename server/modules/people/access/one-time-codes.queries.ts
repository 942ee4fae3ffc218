/** The SQL of one-time codes: rows in, rows out, no rules. */
import type { Db, Trx } from '../../../database/database.ts';
import type { OneTimeCodeRow, OneTimePurpose } from './access.table.ts';

export async function insertOneTimeCode(trx: Db, code: OneTimeCodeRow): Promise<void> {
  await trx.insertInto('one_time_code').values(code).execute();
}

/** The code with the hash, used or not, run out or not. */
export function selectOneTimeCode(db: Db, purpose: OneTimePurpose, hash: Buffer): Promise<OneTimeCodeRow | undefined> {
  return codeWithHash(db, purpose, hash).executeTakeFirst();
}

/** As `selectOneTimeCode`, held until the transaction ends, so that it is good for one only. */
export function lockOneTimeCode(trx: Trx, purpose: OneTimePurpose, hash: Buffer): Promise<OneTimeCodeRow | undefined> {
  return codeWithHash(trx, purpose, hash).forUpdate().executeTakeFirst();
}

function codeWithHash(db: Db, purpose: OneTimePurpose, hash: Buffer) {
  return db.selectFrom('one_time_code').selectAll().where('purpose', '=', purpose).where('hash', '=', hash);
}

export async function markCodeUsed(trx: Trx, id: string, at: Date): Promise<void> {
  await trx.updateTable('one_time_code').set({ used_at: at }).where('id', '=', id).execute();
}

export async function deleteCode(trx: Trx, id: string): Promise<void> {
  await trx.deleteFrom('one_time_code').where('id', '=', id).execute();
}

/** Removes the codes that nobody has used: of the subject, of a purpose, or those whose time has run out. */
export async function deleteUnusedCodes(
  trx: Db,
  subject: { edgeNodeId: string } | { personId: string } | { purpose: OneTimePurpose } | { expiredBefore: Date },
): Promise<void> {
  const unused = trx.deleteFrom('one_time_code').where('used_at', 'is', null);
  if ('edgeNodeId' in subject) await unused.where('edge_node_id', '=', subject.edgeNodeId).execute();
  else if ('personId' in subject) await unused.where('person_id', '=', subject.personId).execute();
  else if ('purpose' in subject) await unused.where('purpose', '=', subject.purpose).execute();
  else await unused.where('expires_at', '<', subject.expiredBefore).execute();
}

/** Removes the codes that nobody has used and that the person has made or is meant to use; in the order of their ids, as all who remove several. */
export function deleteUnusedCodesOf(trx: Trx, personId: string): Promise<OneTimeCodeRow[]> {
  const unused = trx
    .selectFrom('one_time_code')
    .select('id')
    .where('used_at', 'is', null)
    .where((eb) => eb.or([eb('person_id', '=', personId), eb('created_by', '=', personId)]))
    .orderBy('id')
    .forUpdate();
  return trx.deleteFrom('one_time_code').where('id', 'in', unused).returningAll().execute();
}

/** The one that may be used now, of each of the nodes that have one. */
export function selectOpenEnrolmentCodes(db: Db, edgeNodeIds: readonly string[], now: Date): Promise<OneTimeCodeRow[]> {
  return db
    .selectFrom('one_time_code')
    .selectAll()
    .where('edge_node_id', 'in', [...edgeNodeIds])
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .execute();
}
