/** Inspection results in day partitions, their defects, and the minute rollup that always equals them. */
import type { Selectable } from 'kysely';
import type { FactorColumns } from '#schema/production-context.ts';
import type { Defaulted, Json } from '../../../database/column-types.ts';
import type { StoredSignals } from '../signals/stored-signal.ts';

export type VerdictName = 'pass' | 'reject' | 'uncertain';

/** What the probability of keeping an image comes from, the strongest where several apply. */
export type CaptureReason = 'reject' | 'uncertain' | 'quota' | 'audit' | 'all';

export interface InspectionTable extends FactorColumns {
  plant_id: string;
  /** The millisecond inside the id. */
  captured_at: Date;
  id: string;
  /** Dense per line. */
  position: number;
  received_at: Date;
  line_id: string;
  station_id: string;
  camera_id: string;
  edge_node_id: string | null;
  part_id: string | null;
  job_id: string | null;
  product_id: string | null;
  recipe_id: string | null;
  batch_id: string | null;
  model_version_id: string;
  verdict: VerdictName;
  score: number;
  /** Capture to verdict. */
  latency_ms: number;
  image_sha256: Buffer | null;
  /** Whether the draw kept the image. */
  is_kept: Defaulted<boolean>;
  /** Of the draw, and of every thinning since. */
  keep_probability: Defaulted<number>;
  capture_reason: Defaulted<CaptureReason>;
  /** Open quotas that the kept image counts for. */
  capture_quota_ids: Defaulted<string[] | null>;
  /** When the server was told that the image is lost, by no draw. */
  image_lost_at: Defaulted<Date | null>;
  signals: Json<StoredSignals> | null;
  defect_count: number;
  /** Of the defect with the highest score, the first reported of equals; null when there are none. */
  defect_class: string | null;
  /** SHA-256 of the canonical input. */
  content_hash: Buffer;
}

export interface InspectionDefectTable {
  plant_id: string;
  captured_at: Date;
  inspection_id: string;
  ordinal: number;
  line_id: string;
  class: string;
  score: number;
  /** Shares of the image's width and height, as is `outline` (x1, y1, x2, y2 …). */
  box_x: number;
  box_y: number;
  box_width: number;
  box_height: number;
  outline: number[] | null;
}

/** The key of every rollup, and its counts. */
interface RollupColumns {
  plant_id: string;
  line_id: string;
  camera_id: string;
  station_id: string;
  job_id: string | null;
  product_id: string | null;
  batch_id: string | null;
  model_version_id: string;
  defect_class: string | null;
  pass_count: number;
  reject_count: number;
  uncertain_count: number;
}

export interface InspectionMinuteTable extends RollupColumns {
  minute: Date;
}

/** By the hours of the plant's clocks. */
export interface InspectionHourTable extends RollupColumns {
  hour: Date;
}

/** By the days of the plant's calendar. */
export interface InspectionDayTable extends RollupColumns {
  day: Date;
}

/** Hours that were rolled up and have changed since. */
export interface InspectionLateTable {
  line_id: string;
  hour: Date;
}

export interface InspectionsTables {
  inspection: InspectionTable;
  inspection_defect: InspectionDefectTable;
  inspection_minute: InspectionMinuteTable;
  inspection_hour: InspectionHourTable;
  inspection_day: InspectionDayTable;
  inspection_late: InspectionLateTable;
}

export type InspectionRow = Selectable<InspectionTable>;
export type InspectionDefectRow = Selectable<InspectionDefectTable>;
export type InspectionMinuteRow = Selectable<InspectionMinuteTable>;
