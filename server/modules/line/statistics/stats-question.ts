/** What can be asked of the counts of inspections. */

export type BucketName = 'minute' | 'hour' | 'day';

/** By what the counts are told apart, and the column of the rollups that tells them apart; shifts come from the clock. */
export const dimensionColumns = {
  line: 'line_id',
  station: 'station_id',
  camera: 'camera_id',
  class: 'defect_class',
  batch: 'batch_id',
  product: 'product_id',
  job: 'job_id',
  modelVersion: 'model_version_id',
  shift: 'shift_id',
} as const;
export type Dimension = keyof typeof dimensionColumns;

/** A time of whole minutes, `from` included, `to` excluded; counted for the shift, or for none. */
export interface StatsRange {
  from: Date;
  to: Date;
  shiftId: string | null;
}

export interface StatsQuestion {
  plantId: string;
  /** Of the plant's clocks, by which hours and days begin. */
  timeZone: string;
  lineIds: readonly string[];
  /** Apart from each other. */
  ranges: readonly StatsRange[];
  /** null: the whole time as one. */
  bucket: BucketName | null;
  groupBy: readonly Dimension[];
  stationId: string | null;
  cameraId: string | null;
  defectClass: string | null;
  batchCode: string | null;
  productCode: string | null;
  jobId: string | null;
  modelVersionId: string | null;
}
