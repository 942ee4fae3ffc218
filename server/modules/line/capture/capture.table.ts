/** What people ask the edge nodes to keep. */
import type { Selectable } from 'kysely';
import type { QuotaCell } from '#schema/quota-cell.ts';
import type { Json } from '../../../database/column-types.ts';

export interface CapturePolicyTable {
  id: string;
  plant_id: string;
  /** null: of every node that has none of its own. */
  edge_node_id: string | null;
  audit_fraction: number;
  uncertain_probability: number;
  reject_probability: number;
  bytes_per_day: number | null;
  changed_by: string;
  changed_at: Date;
}

export interface CaptureQuotaTable {
  id: string;
  plant_id: string;
  cell: Json<QuotaCell>;
  wanted: number;
  probability: number;
  opened_by: string;
  opened_at: Date;
  closed_by: string | null;
  closed_at: Date | null;
}

export interface CaptureTables {
  capture_policy: CapturePolicyTable;
  capture_quota: CaptureQuotaTable;
}

export type CapturePolicyRow = Selectable<CapturePolicyTable>;
export type CaptureQuotaRow = Selectable<CaptureQuotaTable>;
