/**
 * The hash-chained audit: one entry for every act, in the transaction of the act. Each chain's head row orders its
 * writers until they commit, so append last.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '../database/database.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Principal } from './rights.ts';

export type Actor = { kind: 'person' | 'token'; id: string } | { kind: 'system'; id: null };

export const systemActor: Actor = { kind: 'system', id: null };

export function actorOf(principal: Principal): Actor {
  return principal.kind === 'person'
    ? { kind: 'person', id: principal.personId }
    : { kind: 'token', id: principal.tokenId };
}

export interface AuditEntry {
  actor: Actor;
  at: Date;
  /** null for what belongs to no plant, such as people. */
  plantId: string | null;
  /** Thing and act, such as `model.assign`. */
  action: string;
  subjectType: string | null;
  subjectId: string | null;
  /** Anything JSON can hold; never a password, a secret or a hash of one. */
  detail: Record<string, unknown>;
}

/** What stands before the first entry of a chain. */
export const genesisHash = Buffer.alloc(32);

/** People of a plant share a chain; every machine has its own, so that nodes do not wait for each other. */
export function chainOf(entry: Pick<AuditEntry, 'actor' | 'plantId'>): string {
  if (entry.actor.kind === 'token') return `token:${entry.actor.id}`;
  return entry.plantId === null ? 'system' : `plant:${entry.plantId}`;
}

/** The text that is hashed: everything of the entry but its number, which goes into the hash beside it. */
export function auditRecord(chain: string, entry: AuditEntry): string {
  return canonicalJson({
    chain,
    plantId: entry.plantId,
    at: entry.at,
    actor: entry.actor,
    action: entry.action,
    subject: { type: entry.subjectType, id: entry.subjectId },
    detail: entry.detail,
  });
}

/** Appends one entry: one statement, two more for the first of a chain. */
export async function appendAudit(trx: Trx, entry: AuditEntry): Promise<void> {
  if (await append(trx, entry)) return;
  await ensureAuditChain(trx, chainOf(entry));
  if (!(await append(trx, entry))) throw new Error(`The audit chain ${chainOf(entry)} has no head.`);
}

/** Makes the head of the chain unless it exists. */
export async function ensureAuditChain(db: Db, chain: string): Promise<void> {
  await db
    .insertInto('audit_chain')
    .values({ chain, seq: 0, hash: genesisHash })
    .onConflict((conflict) => conflict.column('chain').doNothing())
    .execute();
}

/** False when the chain does not exist yet. */
async function append(trx: Trx, entry: AuditEntry): Promise<boolean> {
  const { rows } = await sql`
    /* name: appendAudit */
    WITH ${auditSteps(entry)}
    SELECT seq FROM audited`.execute(trx);
  return rows.length === 1;
}

/**
 * The entry as steps of a WITH clause, for a statement that writes what it is about: `audited` has one row, or none when
 * the chain does not exist. hash = SHA-256(previous hash, number as 8 bytes big-endian, record as UTF-8).
 */
export function auditSteps(entry: AuditEntry): RawBuilder<unknown> {
  const chain = chainOf(entry);
  const record = auditRecord(chain, entry);
  return sql`head AS (
      UPDATE audit_chain c
      SET seq = old.seq + 1,
          hash = sha256(old.hash || int8send(old.seq + 1) || convert_to(${record}, 'UTF8'))
      FROM (SELECT chain, seq, hash FROM audit_chain WHERE chain = ${chain} FOR UPDATE) old
      WHERE c.chain = old.chain
      RETURNING c.seq, old.hash AS prev_hash, c.hash
    ), audited AS (
      INSERT INTO audit (chain, seq, plant_id, at, actor_kind, actor_id, action, subject_type, subject_id, record, prev_hash, hash)
      SELECT ${chain}, head.seq, ${entry.plantId}::uuid, ${entry.at}::timestamptz, ${entry.actor.kind}, ${entry.actor.id}::uuid,
             ${entry.action}, ${entry.subjectType}, ${entry.subjectId}, ${record}, head.prev_hash, head.hash
      FROM head
      RETURNING seq
    )`;
}
