/** Models, their signed versions, the approvals by people. */
import type { Selectable } from 'kysely';
import type { Json } from '../../../database/column-types.ts';

export interface ModelTable {
  id: string;
  plant_id: string;
  code: string;
  name: string;
  created_at: Date;
}

export interface SigningKeyTable {
  /** First 16 hexadecimal digits of the SHA-256 of the public key. */
  id: string;
  /** Ed25519, SPKI DER in base64. */
  public_key: string;
  created_at: Date;
}

export interface ModelVersionTable {
  id: string;
  plant_id: string;
  model_id: string;
  number: number;
  dataset_version_id: string;
  training_run_id: string;
  artifact_sha256: Buffer;
  artifact_bytes: number;
  /** Ed25519 over the 32 bytes of `artifact_sha256`, base64. */
  signature: string;
  signing_key_id: string;
  manifest: Json<Record<string, unknown>>;
  metrics: Json<Record<string, unknown>>;
  created_at: Date;
}

export interface ApprovalTable {
  id: string;
  plant_id: string;
  model_version_id: string;
  person_id: string;
  approved_at: Date;
  meaning: string;
}

export interface ModelsTables {
  model: ModelTable;
  signing_key: SigningKeyTable;
  model_version: ModelVersionTable;
  approval: ApprovalTable;
}

export type ModelRow = Selectable<ModelTable>;
export type SigningKeyRow = Selectable<SigningKeyTable>;
export type ModelVersionRow = Selectable<ModelVersionTable>;
export type ApprovalRow = Selectable<ApprovalTable>;
