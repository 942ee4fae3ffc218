/** Every SQL statement of the access module: rows in, rows out, no rules. */
import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '../../../database/database.ts';
import type { Page } from '../../../kit/page.ts';
import { selectIdPage } from '../../../kit/table-rows.ts';
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

export function selectValidTokenByKey(db: Db, key: Buffer, now: Date): Promise<TokenRow | undefined> {
  return selectValidTokens(db, now).where('public_key', '=', key).executeTakeFirst();
}

export function selectValidTokensById(db: Db, ids: readonly string[], now: Date): Promise<TokenRow[]> {
  return selectValidTokens(db, now).where('id', '=', anyUuid(ids)).execute();
}

function selectValidTokens(db: Db, now: Date) {
  return db
    .selectFrom('token')
    .selectAll()
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .where((eb) =>
      eb.or([
        eb('edge_node_id', 'is', null),
        eb.exists(
          eb
            .selectFrom('edge_node')
            .select('edge_node.id')
            .whereRef('edge_node.id', '=', 'token.edge_node_id')
            .where('edge_node.retired_at', 'is', null),
        ),
      ]),
    );
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

/** Holds the person until the transaction ends; rows that name the person may be written meanwhile. */
export async function lockPerson(trx: Trx, id: string): Promise<PersonRow | undefined> {
  const [person] = await lockPersons(trx, [id]);
  return person;
}

/** As `lockPerson`, in the order of their ids. */
export function lockPersons(trx: Trx, ids: readonly string[]): Promise<PersonRow[]> {
  return trx.selectFrom('person').selectAll().where('id', '=', anyUuid(ids)).orderBy('id').forNoKeyUpdate().execute();
}

/** Administrators of the installation who can sign in; held, so that two of them cannot leave at once. */
export function lockInstallationAdministrators(trx: Trx): Promise<{ id: string }[]> {
  return trx
    .selectFrom('person')
    .select('id')
    .where('is_administrator', '=', true)
    .where('disabled_at', 'is', null)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
}

export type PersonChange = Partial<
  Pick<PersonRow, 'name' | 'email' | 'password_hash' | 'is_administrator' | 'disabled_at'>
>;

export function updatePerson(trx: Trx, id: string, change: PersonChange): Promise<PersonRow> {
  return trx.updateTable('person').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

/** Takes all roles in the plants away. */
export async function deleteMemberships(trx: Trx, personId: string, plantIds: readonly string[]): Promise<void> {
  await trx
    .deleteFrom('membership')
    .where('person_id', '=', personId)
    .where('plant_id', '=', anyUuid(plantIds))
    .execute();
}

/** One page of people: with a role in one of the plants, or all (null). */
export function selectPeoplePage(
  db: Db,
  plantIds: readonly string[] | null,
  isDisabledToo: boolean,
  page: Page,
): Promise<PersonRow[]> {
  const member =
    plantIds === null
      ? sql<boolean>`true`
      : sql<boolean>`EXISTS (SELECT 1 FROM membership m WHERE m.person_id = person.id AND m.plant_id = any(${[...plantIds]}::uuid[]))`;
  const active = isDisabledToo ? sql<boolean>`true` : sql<boolean>`disabled_at IS NULL`;
  return selectIdPage(db, 'person', sql<boolean>`${active} AND ${member}`, page);
}

export function selectOpenSessions(db: Db, personId: string, now: Date): Promise<SessionRow[]> {
  return db
    .selectFrom('session')
    .selectAll()
    .where('person_id', '=', personId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .execute();
}

/** Ends the person's sessions but for one (null: all of them); ids of those that it ended. */
export async function revokeSessionsOf(trx: Trx, personId: string, but: string | null, at: Date): Promise<string[]> {
  const open = trx
    .updateTable('session')
    .set({ revoked_at: at })
    .where('person_id', '=', personId)
    .where('revoked_at', 'is', null);
  const rows = await (but === null ? open : open.where('id', '!=', but)).returning('id').execute();
  return rows.map(({ id }) => id);
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
