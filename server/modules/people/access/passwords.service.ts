/** Checks passwords: argon2id, with limits on attempts, and the same time spent whether the person exists or not. */
import { hash, verify } from '@node-rs/argon2';
import type { Context } from '../../../kit/context.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import type { Slot } from '../../../kit/memory.ts';
import { TooManyAttemptsError } from './access.errors.ts';
import { selectPersonById } from './access.queries.ts';
import { type AttemptLimit, createAttemptLimit } from './attempt-limit.ts';

/** After OWASP's password storage cheat sheet: argon2id, 19 MiB, two passes. */
const argon2Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const shortest = 10;
const longest = 200;

/** Hashes a new password. Throws `InvalidInputError` (without repeating it) when it is too short or too long. */
export function hashPassword(password: string, field: string): Promise<string> {
  if (password.length < shortest || password.length > longest) {
    throw new InvalidInputError(field, null, `choose a password of ${shortest} to ${longest} characters`);
  }
  return hash(password, argon2Options);
}

/** Of nobody: verified when no such person exists, so that the answer takes as long. */
const nobody: Slot<{ hash: Promise<string> }> = {
  make: () => ({ hash: hash(`nobody ${Math.random()}`, argon2Options) }),
};

const attempts: Slot<Map<number, AttemptLimit>> = { make: () => new Map() };

/** Attempts from one address, or for one email, over those for one email from one address. */
const wideFactor = 20;

/**
 * Whether the password is that of the hash (null: of a person who does not exist). Throws `TooManyAttemptsError` before
 * it spends any work. Attempts are counted before they are checked, so that many at once do not slip through.
 */
export async function checkPassword(
  context: Context,
  email: string,
  passwordHash: string | null,
  password: string,
): Promise<boolean> {
  const { signInAttempts, signInWindowMs } = context.config.limits;
  const byWindow = context.memory.of(attempts);
  const limit = byWindow.get(signInWindowMs) ?? createAttemptLimit(signInWindowMs);
  byWindow.set(signInWindowMs, limit);

  const narrow = `${email} ${context.address}`;
  const keys: [string, number][] = [
    [narrow, signInAttempts],
    [`email ${email}`, signInAttempts * wideFactor],
    [`address ${context.address}`, signInAttempts * wideFactor],
  ];
  const now = context.now().getTime();
  for (const [key, most] of keys) {
    const waitMs = limit.take(key, most, now);
    if (waitMs > 0) throw new TooManyAttemptsError(Math.ceil(waitMs / 1000));
  }

  const tooLong = password.length > longest;
  const isRight = await verify(passwordHash ?? (await context.memory.of(nobody).hash), tooLong ? '' : password);
  if (!isRight || passwordHash === null || tooLong) return false;
  for (const [key] of keys) limit.giveBack(key);
  limit.forget(narrow);
  return true;
}

/** Whether the person has given the own password again. Throws `TooManyAttemptsError`. */
export async function verifyPassword(context: Context, personId: string, password: string): Promise<boolean> {
  const person = await selectPersonById(context.db, personId);
  const isActive = person !== undefined && person.disabled_at === null;
  return checkPassword(context, person?.email ?? personId, isActive ? person.password_hash : null, password);
}
