/** The golden set, and what was found wrong with a draft. */
import type { Selectable } from 'kysely';
import type { Defaulted, Json } from '../../database/column-types.ts';

export interface GoldenImageTable {
  plant_id: string;
  image_sha256: Buffer;
  product_id: string | null;
  /** A word for the condition, such as 'day' or 'amber'; '' when there is only one. */
  condition: Defaulted<string>;
  added_by: string;
  added_at: Date;
}

export interface DatasetCheckTable {
  dataset_version_id: string;
  plant_id: string;
  state: 'queued' | 'running' | 'succeeded' | 'failed';
  fingerprint: Buffer | null;
  /** [{ kind, score, flagged, … }], a figure for each trap over the whole version. */
  figures: Json<unknown> | null;
  error: string | null;
  requested_by: string;
  requested_at: Date;
  finished_at: Date | null;
}

export interface DatasetIssueTable {
  dataset_version_id: string;
  kind: string;
  image_sha256: Buffer;
  /** From 0 (as bad as it gets) to 1. */
  score: number;
  is_flagged: boolean;
  detail: Json<unknown> | null;
}

export interface DatasetChecksTables {
  golden_image: GoldenImageTable;
  dataset_check: DatasetCheckTable;
  dataset_issue: DatasetIssueTable;
}

export type GoldenImageRow = Selectable<GoldenImageTable>;
export type DatasetCheckRow = Selectable<DatasetCheckTable>;
export type DatasetIssueRow = Selectable<DatasetIssueTable>;
