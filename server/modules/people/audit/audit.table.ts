/** The hash-chained audit and the head of each of its chains. */
import type { Selectable } from 'kysely';

export interface AuditChainTable {
  /** 'plant:ID' for people of a plant, 'token:ID' for a machine, 'system' for the rest. */
  chain: string;
  seq: number;
  hash: Buffer;
}

export interface AuditTable {
  chain: string;
  seq: number;
  plant_id: string | null;
  at: Date;
  actor_kind: 'person' | 'token' | 'system';
  actor_id: string | null;
  action: string;
  subject_type: string | null;
  subject_id: string | null;
  /** The exact text that was hashed. */
  record: string;
  prev_hash: Buffer;
  hash: Buffer;
}

export interface AuditTables {
  audit_chain: AuditChainTable;
  audit: AuditTable;
}

export type AuditRow = Selectable<AuditTable>;
