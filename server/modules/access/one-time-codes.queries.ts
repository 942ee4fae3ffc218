/** The SQL of one-time codes: rows in, rows out, no rules. */
import type { Db, Trx } from '../../database/database.ts';
import type { OneTimeCodeRow, OneTimePurpose } from './access.table.ts';

export async function insertOneTimeCode(trx: Db, code: OneTimeCodeRow): Promise<void> {
  await trx.insertInto('one_time_code').values(code).execute();
}

/** The code with the hash, used or not, run out or not; held until the transaction ends, so that it is good for one only. */
export function lockOneTimeCode(trx: Trx, purpose: OneTimePurpose, hash: Buffer): Promise<OneTimeCodeRow | undefined> {
  return trx
    .selectFrom('one_time_code')
    .selectAll()
    .where('purpose', '=', purpose)
    .where('hash', '=', hash)
    .forUpdate()
    .executeTakeFirst();
}

export async function markCodeUsed(trx: Trx, id: string, at: Date): Promise<void> {
  await trx.updateTable('one_time_code').set({ used_at: at }).where('id', '=', id).execute();
}

/** Removes the codes that nobody has used: of the subject, or those of the server itself. */
export async function deleteUnusedCodes(
  trx: Db,
  subject: { edgeNodeId: string } | { personId: string } | { expiredBefore: Date },
): Promise<void> {
  const unused = trx.deleteFrom('one_time_code').where('used_at', 'is', null);
  if ('edgeNodeId' in subject) await unused.where('edge_node_id', '=', subject.edgeNodeId).execute();
  else if ('personId' in subject) await unused.where('person_id', '=', subject.personId).execute();
  else await unused.where('expires_at', '<', subject.expiredBefore).execute();
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
