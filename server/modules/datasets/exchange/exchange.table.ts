/** Labelled sets that come in and go out. */
import type { Selectable } from 'kysely';
import type { Defaulted, Json } from '../../../database/column-types.ts';
import type { FormatName, Refused, SourceSplit } from './formats/format.ts';

export type LabelUse = 'decide' | 'suggest' | 'none';

export interface ImportOptions {
  /** decide: labels become annotations of the person who imports; suggest: the queue asks people about the images; none: only images come in. */
  labels: LabelUse;
  /** The set's name of a class → code of a class of the defect book, or 'good'. */
  classes: Record<string, string>;
  /** What the set's `test` is in the draft. */
  testIs: 'golden' | 'validation';
  datasetVersionId: string | null;
  /** Images without a region and without a word on them are good. */
  isEmptyGood: boolean;
}

export interface FoundInSet {
  images: number;
  splits: Partial<Record<SourceSplit | 'none', number>>;
  /** `code` is null where the defect book knows no such class. */
  classes: { name: string; images: number; code: string | null }[];
}

export interface ImportCounts {
  /** Files that were gone through, and those of them that came in. */
  images: number;
  taken: number;
  /** Of those that came in: new to the plant. */
  added: number;
  labelled: number;
  /** Labelled, and waiting for another person's word. */
  pending: number;
  regions: number;
  refused: number;
  /** Put into the draft. */
  items: number;
}

export interface ExportCounts {
  images: number;
  regions: number;
  /** Items of which the format cannot hold something. */
  lost: number;
}

export interface DatasetImportTable {
  id: string;
  plant_id: string;
  /** Null until somebody has looked at the set, where it was not named. */
  format: FormatName | null;
  source_kind: 'upload' | 'folder';
  /** The uploaded archive, or the name of a folder below the server's import folder. */
  source: string;
  options: Json<ImportOptions>;
  /** Looks and counts only: nothing is written. */
  is_dry_run: boolean;
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  progress: Defaulted<number>;
  found: Json<FoundInSet> | null;
  counts: Json<Partial<ImportCounts>>;
  error: string | null;
  requested_by: string;
  requested_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

export interface DatasetImportFileTable {
  import_id: string;
  path: string;
  state: 'taken' | 'known' | 'refused';
  image_sha256: Buffer | null;
  /** Why it was refused, or what of it was. */
  reason: string | null;
  split: SourceSplit | null;
  attributes: Json<Record<string, unknown>> | null;
}

export interface DatasetExportTable {
  id: string;
  plant_id: string;
  dataset_version_id: string;
  format: FormatName;
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'expired';
  progress: Defaulted<number>;
  counts: Json<Partial<ExportCounts>>;
  /** What the format cannot hold, the first of it. */
  left_out: Json<Refused[]>;
  size_bytes: number | null;
  sha256: Buffer | null;
  error: string | null;
  requested_by: string;
  requested_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

export interface ExchangeTables {
  dataset_import: DatasetImportTable;
  dataset_import_file: DatasetImportFileTable;
  dataset_export: DatasetExportTable;
}

export type DatasetImportRow = Selectable<DatasetImportTable>;
export type DatasetImportFileRow = Selectable<DatasetImportFileTable>;
export type DatasetExportRow = Selectable<DatasetExportTable>;
