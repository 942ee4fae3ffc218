/** How long images are kept, and what retention did. */
import type { ColumnType, Selectable } from 'kysely';
import type { Json } from '../../../database/column-types.ts';

export const retentionKinds = ['pass', 'reject', 'dataset_member', 'audit_sample'] as const;
export type RetentionKind = (typeof retentionKinds)[number];
export type RetentionState = 'queued' | 'running' | 'succeeded' | 'failed';

/** Days by kind; what has none is kept for ever. */
export type RetentionDays = Partial<Record<RetentionKind, number>>;
export type RetentionCounts = Partial<Record<RetentionKind, { images: number; bytes: number }>>;

export interface RetentionRuleTable {
  id: string;
  plant_id: string;
  kind: RetentionKind;
  keep_days: number;
  changed_by: string;
  changed_at: Date;
}

export interface RetentionRunTable {
  id: string;
  plant_id: string;
  is_dry: boolean;
  dry_run_id: string | null;
  state: RetentionState;
  /** As they were. */
  rules: Json<RetentionDays>;
  /** Of what was listed; of a real run, of what was deleted. */
  counts: ColumnType<RetentionCounts, string | undefined, string>;
  error: string | null;
  requested_by: string;
  requested_at: Date;
  finished_at: Date | null;
}

export interface RetentionImageTable {
  run_id: string;
  image_sha256: Buffer;
  kind: RetentionKind;
  size_bytes: number;
  captured_at: Date;
  /** Deleted: the row says so; removed: the file is gone, too; kept: not due or not free any more. */
  outcome: 'deleted' | 'removed' | 'kept' | null;
}

export interface RetentionTables {
  retention_rule: RetentionRuleTable;
  retention_run: RetentionRunTable;
  retention_image: RetentionImageTable;
}

export type RetentionRuleRow = Selectable<RetentionRuleTable>;
export type RetentionRunRow = Selectable<RetentionRunTable>;
export type RetentionImageRow = Selectable<RetentionImageTable>;
