/** Signing in and out, and the first administrator of a new installation. */

import type { Db } from '../../../database/database.ts';
import { type ActScope, act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError } from '../../../kit/errors.ts';
import { newId } from '../../../kit/ids.ts';
import { principalKeys } from '../../../kit/rights.ts';
import { WrongCredentialsError } from './access.errors.ts';
import {
  hasPeople,
  insertPerson,
  insertSession,
  lockPeople,
  lockPerson,
  revokeSession,
  selectPersonByEmail,
  selectSessionIdentities,
} from './access.queries.ts';
import type { PersonRow } from './access.table.ts';
import { personIdentity } from './authenticate.service.ts';
import { deleteUnusedCodes, markCodeUsed } from './one-time-codes.queries.ts';
import { holdCode, isCodeGood, issueCode } from './one-time-codes.service.ts';
import { checkPassword } from './passwords.service.ts';
import { preparePerson, refuseKnownEmail } from './people.service.ts';

/** Signs the person in: sets the cookie, and the rest of the request runs as them. Throws `WrongCredentialsError` and `TooManyAttemptsError`. */
export async function signIn(context: Context, input: { email: string; password: string }): Promise<void> {
  const email = input.email.trim().toLowerCase().slice(0, 254);
  const person = await selectPersonByEmail(context.db, email);
  const isActive = person !== undefined && person.disabled_at === null;
  const isRight = await checkPassword(context, email, isActive ? person.password_hash : null, input.password);
  if (!isRight || !isActive) throw new WrongCredentialsError('Email or password is');
  const session = await act(context, async (scope) => {
    // checking takes a while: the password may be another by now, and the person disabled
    const now = await lockPerson(scope.trx, person.id);
    if (now?.password_hash !== person.password_hash || now.disabled_at !== null)
      throw new WrongCredentialsError('Email or password is');
    return openSession(context, scope, now, 'session.open');
  });
  await enter(context, session);
}

/** Ends the session and its live connections. */
export async function signOut(context: Context): Promise<boolean> {
  const { viewer } = context;
  if (viewer.kind !== 'person') return false;
  await act(context, async ({ trx, now, audit, revoke }) => {
    await revokeSession(trx, viewer.sessionId, now);
    audit('session.close', { plantId: null, subjectType: 'Session', subjectId: viewer.sessionId });
    const [key] = principalKeys(viewer);
    if (key !== undefined) revoke(key);
  });
  await context.setSessionCookie(null);
  return true;
}

/**
 * A code for the first administrator while there are no people, undefined otherwise. Every server process that starts gives one;
 * they end with the first person, or when their time has run out: a restart gives another one.
 */
export async function issueFirstAdministratorCode(db: Db, at: Date, lifeMs: number): Promise<string | undefined> {
  if (await hasPeople(db)) return undefined;
  await deleteUnusedCodes(db, { expiredBefore: at });
  return (await issueCode(db, { purpose: 'first_administrator', createdBy: null, at, lifeMs })).code;
}

export interface FirstAdministrator {
  code: string;
  email: string;
  name: string;
  password: string;
}

/** Makes the first administrator and signs them in. Works once: afterwards there is a person. */
export async function createFirstAdministrator(context: Context, input: FirstAdministrator): Promise<void> {
  if (await hasPeople(context.db))
    throw new ConflictError('input.code', null, 'there are people already: sign in instead');
  const person = await preparePerson(context, input, true);
  const session = await refuseKnownEmail(input.email, () =>
    act(context, async (scope) => {
      const { trx } = scope;
      await lockPeople(trx);
      if (await hasPeople(trx))
        throw new ConflictError('input.code', null, 'there are people already: sign in instead');
      const code = await holdCode(trx, 'first_administrator', input.code);
      if (!isCodeGood(code, context.now())) throw new WrongCredentialsError('The code is');
      await markCodeUsed(trx, code.id, context.now());
      await deleteUnusedCodes(trx, { purpose: 'first_administrator' });
      await insertPerson(trx, person);
      return openSession(context, scope, person, 'person.create_first');
    }),
  );
  await enter(context, session);
}

interface OpenedSession {
  id: string;
  expiresAt: Date;
}

export async function openSession(
  context: Context,
  { trx, now: at, audit }: ActScope,
  person: PersonRow,
  action: string,
  detail: Record<string, unknown> = {},
): Promise<OpenedSession> {
  const expiresAt = new Date(at.getTime() + context.config.limits.sessionMs);
  const id = newId();
  await insertSession(trx, { id, person_id: person.id, created_at: at, expires_at: expiresAt, revoked_at: null });
  const subject = { plantId: null, subjectType: 'Session', subjectId: id };
  // nobody was signed in when the act began
  const origin = { actor: { kind: 'person', id: person.id } } as const;
  audit(action, subject, { email: person.email, address: context.address, ...detail }, origin);
  return { id, expiresAt };
}

export async function enter(context: Context, session: OpenedSession): Promise<void> {
  const [row] = await selectSessionIdentities(context.db, [session.id], context.now());
  if (!row) throw new WrongCredentialsError('Email or password is');
  const { principal, rights } = personIdentity(row);
  if (principal) context.become(principal, rights);
  await context.setSessionCookie(session);
}
