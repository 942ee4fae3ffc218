/** Passwords that change: by the person, or by a one-time code that an administrator hands over. Nobody learns another one's password. */
import { forbidden } from '../../kit/access-error.ts';
import { actorOf, appendAudit } from '../../kit/audit.ts';
import type { Context } from '../../kit/context.ts';
import { ConflictError } from '../../kit/errors.ts';
import { WrongCredentialsError } from './access.errors.ts';
import { lockPerson, revokeSessionsOf, updatePerson } from './access.queries.ts';
import type { PersonRow } from './access.table.ts';
import { administeredPerson } from './change-people.service.ts';
import { deleteUnusedCodes, markCodeUsed } from './one-time-codes.queries.ts';
import { findCode, isCodeGood, issueCode } from './one-time-codes.service.ts';
import { hashPassword, verifyPassword } from './passwords.service.ts';
import { enter, openSession } from './sessions.service.ts';

/** Takes a new password from the one who knows the old one; every other session ends. Throws `WrongCredentialsError`, `TooManyAttemptsError`. */
export async function changePassword(
  context: Context,
  input: { oldPassword: string; newPassword: string },
): Promise<PersonRow> {
  const { viewer } = context;
  if (viewer.kind !== 'person') throw forbidden('this; it takes a person');
  if (!(await verifyPassword(context, viewer.personId, input.oldPassword)))
    throw new WrongCredentialsError('The old password is');
  const password_hash = await hashPassword(input.newPassword, 'input.newPassword');
  const { person, ended } = await context.db.transaction().execute(async (trx) => {
    const changed = await updatePerson(trx, viewer.personId, { password_hash });
    const sessions = await revokeSessionsOf(trx, viewer.personId, viewer.sessionId, context.now());
    await deleteUnusedCodes(trx, { personId: viewer.personId });
    await appendAudit(trx, entry(context, 'person.change_password', viewer.personId));
    return { person: changed, ended: sessions };
  });
  for (const id of ended) context.hub.revoke(`session:${id}`);
  return person;
}

export interface CreatedPasswordReset {
  code: string;
  expiresAt: Date;
  person: PersonRow;
}

/** A code with which the person sets a new password; the one before it is good no longer. The old password stays good until then. */
export async function createPasswordReset(context: Context, personId: string): Promise<CreatedPasswordReset> {
  const person = await administeredPerson(context, personId, 'personId');
  if (person.disabled_at !== null)
    throw new ConflictError('personId', personId, 'the person is disabled: enable first');
  const { viewer } = context;
  if (viewer.kind !== 'person') throw forbidden('this; it takes a person');
  const made = await context.db.transaction().execute(async (trx) => {
    await deleteUnusedCodes(trx, { personId: person.id });
    const wanted = { purpose: 'reset_password', personId: person.id, createdBy: viewer.personId } as const;
    const lifeMs = context.config.limits.passwordResetMs;
    const code = await issueCode(trx, { ...wanted, at: context.now(), lifeMs });
    await appendAudit(trx, entry(context, 'person.create_password_reset', person.id));
    return code;
  });
  return { ...made, person };
}

/** Sets the password of the code's person, ends all that was open and signs in. Throws `WrongCredentialsError` and `InvalidInputError`. */
export async function resetPassword(context: Context, input: { code: string; password: string }): Promise<void> {
  const at = context.now();
  // hashing costs: not for everybody who comes with some code
  await context.db.transaction().execute(async (trx) => {
    if (!isCodeGood(await findCode(trx, 'reset_password', input.code), at))
      throw new WrongCredentialsError('The code is');
  });
  const password_hash = await hashPassword(input.password, 'input.password');
  const { session, personId } = await context.db.transaction().execute(async (trx) => {
    const code = await findCode(trx, 'reset_password', input.code);
    const known = code?.person_id ? await lockPerson(trx, code.person_id) : undefined;
    if (!isCodeGood(code, at) || !known || known.disabled_at !== null) throw new WrongCredentialsError('The code is');
    const person = await updatePerson(trx, known.id, { password_hash });
    await markCodeUsed(trx, code.id, at);
    await revokeSessionsOf(trx, person.id, null, at);
    return { session: await openSession(context, trx, person, 'person.reset_password'), personId: person.id };
  });
  context.hub.revoke(`person:${personId}`);
  await enter(context, session);
}

function entry(context: Context, action: string, personId: string) {
  const [actor, at] = [actorOf(context.viewer), context.now()];
  return { actor, at, plantId: null, action, subjectType: 'Person', subjectId: personId, detail: {} };
}
