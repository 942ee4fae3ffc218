/** Passwords that change: by the person, or by a one-time code that an administrator hands over. Nobody learns another one's password. */

import { forbidden } from '../../../kit/access-error.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError } from '../../../kit/errors.ts';
import { WrongCredentialsError } from './access.errors.ts';
import { lockPerson, revokeSessionsOf, selectSessionIdentities, updatePerson } from './access.queries.ts';
import type { PersonRow } from './access.table.ts';
import { administeredPerson, foreignPerson } from './change-people.service.ts';
import { lockStandings } from './lock-standings.ts';
import { deleteUnusedCodes, markCodeUsed } from './one-time-codes.queries.ts';
import { endCodesOf, issueCode } from './one-time-codes.service.ts';
import { hashPassword, verifyPassword } from './passwords.service.ts';
import { personSubject } from './people.service.ts';
import { resetCodeFault } from './rights-behind-codes.ts';
import { enter, openSession } from './sessions.service.ts';
import { usableResetCode } from './usable-codes.service.ts';

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
  return act(context, async ({ trx, now, audit, revoke }) => {
    await lockPerson(trx, viewer.personId);
    // a code may have set another password since this one was checked, and that ended the session
    const [open] = await selectSessionIdentities(trx, [viewer.sessionId], now);
    if (!open) throw new WrongCredentialsError('The old password is');
    const changed = await updatePerson(trx, viewer.personId, { password_hash });
    for (const id of await revokeSessionsOf(trx, viewer.personId, viewer.sessionId, now)) revoke(`session:${id}`);
    audit('person.change_password', personSubject(viewer.personId), { ...(await endCodesOf(trx, viewer.personId)) });
    return changed;
  });
}

export interface CreatedPasswordReset {
  code: string;
  expiresAt: Date;
  person: PersonRow;
}

/** A code with which the person sets a new password; the one before it is good no longer. The old password stays good until then. */
export async function createPasswordReset(context: Context, personId: string): Promise<CreatedPasswordReset> {
  const person = await administeredPerson(context, personId, 'personId');
  const { viewer } = context;
  if (viewer.kind !== 'person') throw forbidden('this; it takes a person');
  const made = await act(context, async ({ trx, now, audit }) => {
    const standings = await lockStandings(trx, [viewer.personId, person.id]);
    const [issuer, subject] = [standings.get(viewer.personId), standings.get(person.id)];
    if (!issuer || !subject) throw foreignPerson();
    const { is_administrator: isAdministrator, disabled_at } = subject.person;
    const asked = { isAdministrator, isDisabled: disabled_at !== null, plantIds: subject.plantIds };
    const fault = resetCodeFault(issuer.rights, asked);
    if (fault === 'subject_disabled')
      throw new ConflictError('personId', personId, 'the person is disabled: enable first');
    if (fault !== null) throw foreignPerson();
    await deleteUnusedCodes(trx, { personId: person.id });
    const wanted = { purpose: 'reset_password', personId: person.id, createdBy: viewer.personId } as const;
    const lifeMs = context.config.limits.passwordResetMs;
    const code = await issueCode(trx, { ...wanted, at: now, lifeMs });
    audit('person.create_password_reset', personSubject(person.id), { expiresAt: code.expiresAt });
    return code;
  });
  return { ...made, person };
}

/** Sets the password of the code's person, ends all that was open and signs in. Throws `WrongCredentialsError` and `InvalidInputError`. */
export async function resetPassword(context: Context, input: { code: string; password: string }): Promise<void> {
  const at = context.now();
  // hashing costs: not for everybody who comes with some code
  const isGood = await act(context, (scope) => usableResetCode(scope, input.code, at));
  if (!isGood) throw new WrongCredentialsError('The code is');
  const password_hash = await hashPassword(input.password, 'input.password');
  const session = await act(context, async (scope) => {
    const { trx, revoke } = scope;
    const usable = await usableResetCode(scope, input.code, at);
    // returned, not thrown: the audit keeps why
    if (!usable) return undefined;
    const person = await updatePerson(trx, usable.person.id, { password_hash });
    await markCodeUsed(trx, usable.code.id, at);
    const ended = await endCodesOf(trx, person.id);
    await revokeSessionsOf(trx, person.id, null, at);
    revoke(`person:${person.id}`);
    return openSession(context, scope, person, 'person.reset_password', ended);
  });
  if (!session) throw new WrongCredentialsError('The code is');
  await enter(context, session);
}
