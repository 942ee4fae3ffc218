/** The golden set, and what was found wrong with a draft. */
import type { Selectable } from 'kysely';
import type { Defaulted, Json } from '../../../database/column-types.ts';

export interface GoldenImageTable {
  plant_id: string;
  image_sha256: Buffer;
  product_id: string | null;
  /** A word for the condition, such as 'day' or 'amber'; '' when there is only one. */
  condition: Defaulted<string>;
  added_by: string;
  added_at: Date;
}

/** What one trap says of the whole version. `code` and `params` are the sentence; the screens have the words. */
export interface CheckFigure {
  kind: string;
  /** From 0 (as bad as it gets) to 1; null: it could not be judged, `code` says why. */
  score: number | null;
  flagged: boolean;
  /** Images that are flagged. */
  count: number;
  code: string;
  params: Record<string, string | number>;
}

export interface DatasetCheckTable {
  dataset_version_id: string;
  plant_id: string;
  state: 'queued' | 'running' | 'succeeded' | 'failed';
  /** Of the items that were looked at. */
  revision: number | null;
  figures: Json<CheckFigure[]> | null;
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
  detail: Json<Record<string, string | number>> | null;
}

export interface DatasetChecksTables {
  golden_image: GoldenImageTable;
  dataset_check: DatasetCheckTable;
  dataset_issue: DatasetIssueTable;
}

export type GoldenImageRow = Selectable<GoldenImageTable>;
export type DatasetCheckRow = Selectable<DatasetCheckTable>;
export type DatasetIssueRow = Selectable<DatasetIssueTable>;
