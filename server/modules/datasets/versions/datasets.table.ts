/** Datasets, their versions that freeze, and the images people decided to put in. */
import type { ColumnType, Selectable } from 'kysely';
import type { Defaulted } from '../../../database/column-types.ts';
import type { SplitPolicy } from './split-policy.ts';

export type DatasetVersionStateName = 'draft' | 'frozen';
export type SplitName = 'train' | 'validation' | 'golden';

export interface DatasetTable {
  id: string;
  plant_id: string;
  code: string;
  name: string;
  created_at: Date;
}

export interface DatasetVersionTable {
  id: string;
  plant_id: string;
  dataset_id: string;
  number: number;
  state: DatasetVersionStateName;
  created_by: string;
  created_at: Date;
  frozen_by: string | null;
  frozen_at: Date | null;
  /** SHA-256 of the canonical manifest. */
  content_hash: Buffer | null;
  based_on_id: Defaulted<string | null>;
  /** Definitions that its labels are read by; null: the plant had no book. */
  book_id: Defaulted<string | null>;
  /** How its images are divided. */
  split_policy: ColumnType<SplitPolicy | null, string | null | undefined, string | null>;
  /** 1: hash, label and split of each image; 2: also regions, the book and the policy. */
  manifest_format: Defaulted<1 | 2>;
  /** Counts the statements that changed its items. */
  revision: Defaulted<number>;
}

export interface DatasetItemTable {
  dataset_version_id: string;
  plant_id: string;
  image_sha256: Buffer;
  label: string;
  split: SplitName;
  /** What lets the image in. */
  decision_id: string;
  decided_by: string;
  decided_at: Date;
}

export interface DatasetsTables {
  dataset: DatasetTable;
  dataset_version: DatasetVersionTable;
  dataset_item: DatasetItemTable;
}

export type DatasetRow = Selectable<DatasetTable>;
export type DatasetVersionRow = Selectable<DatasetVersionTable>;
export type DatasetItemRow = Selectable<DatasetItemTable>;
