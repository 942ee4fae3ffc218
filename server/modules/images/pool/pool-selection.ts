/** Which images of a pool: a filter with its ids read. All that is given must hold. */
import type { AskedWord, factors } from '#schema/production-context.ts';
import type { PoolImageRow } from './pool.table.ts';
import type { RangeName, TimeName } from './pool-fields.ts';

export interface Bounds<T> {
  min: T | null;
  max: T | null;
}

type WordColumn = (typeof factors)[AskedWord]['column'];
type WordLists = { [Column in WordColumn]?: readonly string[] };

/** Columns that a list of values is held against: one of them must be there. */
export interface PoolLists extends WordLists {
  origin?: readonly PoolImageRow['origin'][];
  import_id?: readonly string[];
  line_id?: readonly string[];
  station_id?: readonly string[];
  camera_id?: readonly string[];
  job_id?: readonly string[];
  product_id?: readonly string[];
  recipe_id?: readonly string[];
  batch_id?: readonly string[];
  model_version_id?: readonly string[];
  part_id?: readonly string[];
  verdict?: readonly NonNullable<PoolImageRow['verdict']>[];
  defect_class?: readonly string[];
  capture_reason?: readonly string[];
  label_state?: readonly PoolImageRow['label_state'][];
  label?: readonly string[];
}

export interface PoolSelection {
  /** Hexadecimal digits. */
  imageSha256s?: readonly string[];
  lists: PoolLists;
  ranges: Partial<Record<RangeName, Bounds<number>>>;
  /** `min` inclusive, `max` exclusive. */
  times: Partial<Record<TimeName, Bounds<Date>>>;
  /** Scores that must (true) or must not (false) be below a threshold; an image without the score is not. */
  flags: { column: string; below: number; is: boolean }[];
  exactGroup?: string;
  nearGroup?: string;
  hasExactDuplicates?: boolean;
  hasNearDuplicates?: boolean;
  isMeasured?: boolean;
  hasMeasureError?: boolean;
  /** Words of the path, in any order; each may be the beginning of one. */
  sourcePath?: readonly string[];
  tags?: { any: readonly string[] | null; all: readonly string[]; none: readonly string[] };
  /** Corners x1, y1, x2, y2 … in map coordinates. */
  lasso?: readonly number[];
  datasetVersionId?: string;
  notInDatasetVersionId?: string;
}

export const everything: PoolSelection = { lists: {}, ranges: {}, times: {}, flags: [] };
