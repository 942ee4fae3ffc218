/** How long images are kept, and what retention did. */
import type { Selectable } from 'kysely';
import type { Defaulted, Json } from '../../database/column-types.ts';

export interface RetentionRuleTable {
  id: string;
  plant_id: string;
  kind: 'pass' | 'reject' | 'dataset_member' | 'audit_sample';
  keep_days: number;
  changed_by: string;
  changed_at: Date;
}

export interface RetentionRunTable {
  id: string;
  plant_id: string;
  is_dry: boolean;
  dry_run_id: string | null;
  state: 'queued' | 'running' | 'succeeded' | 'failed';
  rules: Json<unknown>;
  /** { kind: { images, bytes } }. */
  counts: Defaulted<Json<unknown>>;
  error: string | null;
  requested_by: string;
  requested_at: Date;
  finished_at: Date | null;
}

export interface RetentionTables {
  retention_rule: RetentionRuleTable;
  retention_run: RetentionRunTable;
}

export type RetentionRuleRow = Selectable<RetentionRuleTable>;
export type RetentionRunRow = Selectable<RetentionRunTable>;
