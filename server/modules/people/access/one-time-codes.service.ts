/** Codes that are shown once and good once: to enrol a node, to set a password anew, to make the first administrator. */
import { createHash, randomBytes } from 'node:crypto';
import type { Db, Trx } from '../../../database/database.ts';
import { newId } from '../../../kit/ids.ts';
import type { OneTimeCodeRow, OneTimePurpose } from './access.table.ts';
import {
  deleteUnusedCodesOf,
  insertOneTimeCode,
  lockOneTimeCode,
  selectOneTimeCode,
} from './one-time-codes.queries.ts';

export interface NewCode {
  purpose: OneTimePurpose;
  edgeNodeId?: string;
  personId?: string;
  createdBy: string | null;
  at: Date;
  lifeMs: number;
}

/** Writes a new code and gives it in clear this once: 192 random bits, so that guessing needs no limit of attempts. */
export async function issueCode(db: Db, wanted: NewCode): Promise<{ code: string; expiresAt: Date }> {
  const code = randomBytes(24).toString('base64url');
  const expiresAt = new Date(wanted.at.getTime() + wanted.lifeMs);
  await insertOneTimeCode(db, {
    id: newId(),
    purpose: wanted.purpose,
    hash: hashCode(code),
    edge_node_id: wanted.edgeNodeId ?? null,
    person_id: wanted.personId ?? null,
    created_by: wanted.createdBy,
    created_at: wanted.at,
    expires_at: expiresAt,
    used_at: null,
  });
  return { code, expiresAt };
}

/** The code's row; undefined when there is none of this purpose. It may have been used, and its time may have run out. */
export function findCode(db: Db, purpose: OneTimePurpose, code: string): Promise<OneTimeCodeRow | undefined> {
  return selectOneTimeCode(db, purpose, hashCode(code));
}

/** As `findCode`, and holds the row. Whoever needs people or a node, too, holds them before. */
export function holdCode(trx: Trx, purpose: OneTimePurpose, code: string): Promise<OneTimeCodeRow | undefined> {
  return lockOneTimeCode(trx, purpose, hashCode(code));
}

/**
 * Ends the codes that the person has made or is meant to use: what they may do, or how they sign in, is about to be another.
 * The person is held. Gives what the audit says of the codes.
 */
export async function endCodesOf(trx: Trx, personId: string): Promise<{ endedCodes?: Record<string, unknown>[] }> {
  const ended = (await deleteUnusedCodesOf(trx, personId)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (ended.length === 0) return {};
  return {
    endedCodes: ended.map(({ purpose, person_id, edge_node_id, created_by }) => {
      return { purpose, personId: person_id, edgeNodeId: edge_node_id, createdBy: created_by };
    }),
  };
}

/** Whether the code is good: not used yet, and its time has not run out. */
export function isCodeGood(code: OneTimeCodeRow | undefined, now: Date): code is OneTimeCodeRow {
  return code !== undefined && code.used_at === null && code.expires_at > now;
}

function hashCode(code: string): Buffer {
  return createHash('sha256').update(code, 'utf8').digest();
}
