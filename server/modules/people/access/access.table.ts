/** People, what they may do where, their sessions, and the tokens of machines. */
import type { Selectable } from 'kysely';
import type { Defaulted } from '../../../database/column-types.ts';

export type PersonRole = 'viewer' | 'operator' | 'quality_engineer' | 'ml_engineer' | 'approver' | 'administrator';
export type TokenRoleName = 'edge_node' | 'mes';

export interface PersonTable {
  id: string;
  /** Lower case. */
  email: string;
  name: string;
  password_hash: string;
  is_administrator: Defaulted<boolean>;
  created_at: Date;
  disabled_at: Date | null;
}

export interface MembershipTable {
  person_id: string;
  plant_id: string;
  role: PersonRole;
  granted_at: Date;
}

export interface SessionTable {
  id: string;
  person_id: string;
  created_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
}

export interface TokenTable {
  id: string;
  plant_id: string;
  name: string;
  role: TokenRoleName;
  edge_node_id: string | null;
  /** SHA-256 of the secret; null when the node signs with a key of its own. */
  hash: Buffer | null;
  /** Ed25519, SPKI in DER; null when there is a secret. */
  public_key: Defaulted<Buffer | null>;
  /** The token that ends when this one is first used. */
  replaces_id: Defaulted<string | null>;
  /** To the minute. */
  last_used_at: Defaulted<Date | null>;
  created_by: string;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
}

export type OneTimePurpose = 'first_administrator' | 'enrol_node' | 'reset_password';

/** A secret that is shown once and good once. */
export interface OneTimeCodeTable {
  id: string;
  purpose: OneTimePurpose;
  /** SHA-256 of the code. */
  hash: Buffer;
  edge_node_id: string | null;
  person_id: string | null;
  /** null: the server itself. */
  created_by: string | null;
  created_at: Date;
  expires_at: Date;
  used_at: Date | null;
}

export interface AccessTables {
  one_time_code: OneTimeCodeTable;
  person: PersonTable;
  membership: MembershipTable;
  session: SessionTable;
  token: TokenTable;
}

export type PersonRow = Selectable<PersonTable>;
export type MembershipRow = Selectable<MembershipTable>;
export type SessionRow = Selectable<SessionTable>;
export type TokenRow = Selectable<TokenTable>;
export type OneTimeCodeRow = Selectable<OneTimeCodeTable>;
