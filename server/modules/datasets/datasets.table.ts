/** Datasets, their versions that freeze, and the images people decided to put in. */
import type { Selectable } from 'kysely';

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
}

export interface DatasetItemTable {
  dataset_version_id: string;
  plant_id: string;
  image_sha256: Buffer;
  label: string;
  split: SplitName;
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
