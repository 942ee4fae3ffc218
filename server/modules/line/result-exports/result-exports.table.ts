/** Exports of inspections and their finished files. */
import type { Selectable } from 'kysely';
import type { Defaulted, Json } from '../../../database/column-types.ts';
import type { InspectionSelection } from '../inspections/inspection-selection.ts';

export type ExportFormatName = 'csv' | 'parquet';
export type ExportStateName = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'expired';

/** As it is kept: times as ISO text. */
export type StoredSelection = Omit<InspectionSelection, 'plantIds' | 'from' | 'to'> & {
  from: string | null;
  to: string | null;
};

export interface InspectionExportTable {
  id: string;
  plant_id: string;
  format: ExportFormatName;
  state: ExportStateName;
  selection: Json<StoredSelection>;
  /** Line to the position that its next row got when the export was asked for. */
  heads: Json<Record<string, number>>;
  first_at: Date | null;
  last_at: Date | null;
  progress: Defaulted<number>;
  row_count: Defaulted<number>;
  error: string | null;
  requested_by: string;
  requested_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

export interface InspectionExportFileTable {
  export_id: string;
  number: number;
  name: string;
  size_bytes: number;
  sha256: Buffer;
  row_count: number;
  last_captured_at: Date | null;
  last_id: string | null;
}

export interface ExportsTables {
  inspection_export: InspectionExportTable;
  inspection_export_file: InspectionExportFileTable;
}

export type InspectionExportRow = Selectable<InspectionExportTable>;
export type InspectionExportFileRow = Selectable<InspectionExportFileTable>;
