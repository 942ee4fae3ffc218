/** Whether one entry of the audit is what was written: pure, so that an export can be checked anywhere. */
import { createHash } from 'node:crypto';
import type { AuditRow } from './audit.table.ts';

/** What is wrong with the entry that should follow `previousHash` as number `seq`; undefined when nothing is. */
export function findEntryFault(row: AuditRow, seq: number, previousHash: Buffer): string | undefined {
  if (row.seq !== seq) return `entry ${seq} is missing`;
  if (!row.prev_hash.equals(previousHash)) return `entry ${seq} does not follow the one before it`;
  if (!row.hash.equals(hashEntry(previousHash, seq, row.record))) return `entry ${seq} was changed: its hash differs`;
  const column = findChangedColumn(row);
  return column === undefined ? undefined : `entry ${seq} was changed: ${column} differs from what was hashed`;
}

function hashEntry(previousHash: Buffer, seq: number, record: string): Buffer {
  const number = Buffer.alloc(8);
  number.writeBigInt64BE(BigInt(seq));
  return createHash('sha256').update(previousHash).update(number).update(record, 'utf8').digest();
}

/** The columns beside the record are for searching; the record is what counts. */
function findChangedColumn(row: AuditRow): string | undefined {
  const record = JSON.parse(row.record) as {
    chain: string;
    plantId: string | null;
    at: string;
    actor: { kind: string; id: string | null };
    action: string;
    subject: { type: string | null; id: string | null };
  };
  const pairs: [string, unknown, unknown][] = [
    ['chain', row.chain, record.chain],
    ['plant_id', row.plant_id, record.plantId],
    ['at', row.at.toISOString(), record.at],
    ['actor_kind', row.actor_kind, record.actor.kind],
    ['actor_id', row.actor_id, record.actor.id],
    ['action', row.action, record.action],
    ['subject_type', row.subject_type, record.subject.type],
    ['subject_id', row.subject_id, record.subject.id],
  ];
  return pairs.find(([, stored, hashed]) => stored !== hashed)?.[0];
}
