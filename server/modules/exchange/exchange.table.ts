/** Labelled sets that come in and go out. */
import type { Selectable } from 'kysely';
import type { Defaulted, Json } from '../../database/column-types.ts';

export interface DatasetImportTable {
  id: string;
  plant_id: string;
  format: string;
  /** The uploaded archive, or the name of a folder below the server's import folder. */
  source: string;
  /** { datasetVersionId, labels: 'decide' | 'suggest' | 'none', … }. */
  options: Json<unknown>;
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  progress: Defaulted<number>;
  /** { images, labelled, regions, duplicates, refused }. */
  counts: Defaulted<Json<unknown>>;
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
  reason: string | null;
}

export interface DatasetExportTable {
  id: string;
  plant_id: string;
  dataset_version_id: string;
  format: string;
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'expired';
  progress: Defaulted<number>;
  counts: Defaulted<Json<unknown>>;
  /** What the format cannot hold: [{ path, reason }], the first of them. */
  left_out: Defaulted<Json<unknown>>;
  size_bytes: number | null;
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
