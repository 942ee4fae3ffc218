/** Every SQL statement of the access module: rows in, rows out, no rules. */
import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '../../database/database.ts';
import type { MembershipRow, PersonRole, PersonRow, SessionRow, TokenRow } from './access.table.ts';

/** A session or token that is valid now, with all that decides what it may do. */
export interface SessionIdentityRow {
  session_id: string;
  expires_at: Date;
  person_id: string;
  name: string;
  email: string;
  is_administrator: boolean;
  memberships: [plantId: string, role: PersonRole][];
  /** Every plant for an administrator, none for others. */
  plant_ids: string[];
}

export async function selectSessionIdentities(
  db: Db,
  sessionIds: readonly string[],
  now: Date,
): Promise<SessionIdentityRow[]> {
  const { rows } = await sql<SessionIdentityRow>`
    SELECT s.id AS session_id, s.expires_at, p.id AS person_id, p.name, p.email, p.is_administrator,
           coalesce((SELECT jsonb_agg(jsonb_build_array(m.plant_id, m.role)) FROM membership m WHERE m.person_id = p.id), '[]') AS memberships,
           CASE WHEN p.is_administrator THEN coalesce((SELECT jsonb_agg(id) FROM plant), '[]') ELSE '[]' END AS plant_ids
    FROM session s JOIN person p ON p.id = s.person_id
    WHERE s.id = any(${[...sessionIds]}::uuid[]) AND s.revoked_at IS NULL AND s.expires_at > ${now} AND p.disabled_at IS NULL`.execute(
    db,
  );
  return rows;
}

export function selectTokenByHash(db: Db, hash: Buffer, now: Date): Promise<TokenRow | undefined> {
  return selectValidTokens(db, now).where('hash', '=', hash).executeTakeFirst();
}

export function selectValidTokensById(db: Db, ids: readonly string[], now: Date): Promise<TokenRow[]> {
  return selectValidTokens(db, now).where('id', '=', anyUuid(ids)).execute();
}

function selectValidTokens(db: Db, now: Date) {
  return db
    .selectFrom('token')
    .selectAll()
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]));
}

export function selectPersonById(db: Db, id: string): Promise<PersonRow | undefined> {
  return db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst();
}

export function selectPersonByEmail(db: Db, email: string): Promise<PersonRow | undefined> {
  return db.selectFrom('person').selectAll().where('email', '=', email).executeTakeFirst();
}

export function selectPersons(db: Db, ids: readonly string[]): Promise<PersonRow[]> {
  return db.selectFrom('person').selectAll().where('id', '=', anyUuid(ids)).execute();
}

export function selectMemberships(db: Db, personIds: readonly string[]): Promise<MembershipRow[]> {
  return db.selectFrom('membership').selectAll().where('person_id', '=', anyUuid(personIds)).execute();
}

export async function hasPeople(db: Db): Promise<boolean> {
  return (await db.selectFrom('person').select('id').limit(1).executeTakeFirst()) !== undefined;
}

/** Holds the table until the transaction ends, so that two first administrators cannot both be made. */
export async function lockPeople(trx: Trx): Promise<void> {
  await sql`LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE`.execute(trx);
}

export async function insertPerson(trx: Trx, person: PersonRow): Promise<void> {
  await trx.insertInto('person').values(person).execute();
}

export async function insertMemberships(trx: Trx, memberships: readonly MembershipRow[]): Promise<void> {
  if (memberships.length > 0) await trx.insertInto('membership').values(memberships).execute();
}

export async function insertSession(trx: Trx, session: SessionRow): Promise<void> {
  await trx.insertInto('session').values(session).execute();
}

export async function revokeSession(trx: Trx, id: string, at: Date): Promise<void> {
  await trx
    .updateTable('session')
    .set({ revoked_at: at })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
}

/** Removes sessions that ended before the time. */
export async function deleteEndedSessions(db: Db, before: Date): Promise<void> {
  await db
    .deleteFrom('session')
    .where((eb) => eb.or([eb('expires_at', '<', before), eb('revoked_at', '<', before)]))
    .execute();
}

export async function insertToken(trx: Trx, token: TokenRow): Promise<void> {
  await trx.insertInto('token').values(token).execute();
}

export function selectTokens(db: Db, ids: readonly string[]): Promise<TokenRow[]> {
  return db.selectFrom('token').selectAll().where('id', '=', anyUuid(ids)).execute();
}

export function selectTokensOfPlant(db: Db, plantId: string): Promise<TokenRow[]> {
  return db
    .selectFrom('token')
    .selectAll()
    .where('plant_id', '=', plantId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** Sets the time of revocation unless there is one already; the row as it is then. */
export async function revokeToken(trx: Trx, id: string, at: Date): Promise<TokenRow> {
  return trx
    .updateTable('token')
    .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(at)) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** One parameter however many ids, so that the statement's text stays the same. */
function anyUuid(ids: readonly string[]): RawBuilder<string> {
  return sql<string>`any(${[...ids]}::uuid[])`;
}
