/** The pool of kept images, and saved views of it. */
import type { Selectable } from 'kysely';
import type { FactorColumns } from '#schema/production-context.ts';
import type { Defaulted, Json } from '../../../database/column-types.ts';

export interface PoolImageTable extends FactorColumns {
  plant_id: string;
  image_sha256: Buffer;
  /** Line: an edge node sent it; import: a person brought it. */
  origin: 'line' | 'import';
  import_id: string | null;
  /** Where in the imported set it lay. */
  source_path: string | null;
  /** Of the inspection; else what the import says, or when it arrived. */
  captured_at: Date;
  received_at: Date;
  width: number;
  height: number;
  size_bytes: number;
  /** The first inspection that named the image; null while none has. */
  inspection_id: string | null;
  edge_node_id: string | null;
  line_id: string | null;
  station_id: string | null;
  camera_id: string | null;
  job_id: string | null;
  product_id: string | null;
  recipe_id: string | null;
  batch_id: string | null;
  model_version_id: string | null;
  part_id: string | null;
  verdict: 'pass' | 'reject' | 'uncertain' | null;
  score: number | null;
  defect_class: string | null;
  /** Inclusion probability: estimates weigh the image by its inverse; null: no draw decided it. */
  keep_probability: number | null;
  capture_reason: string | null;
  /** By the worker; null while it has not been at the image. */
  measured_at: Date | null;
  /** Why it could not be measured. */
  measure_error: string | null;
  /** SHA-256 of width, height and decoded RGB pixels: equal for equal pictures in different files. */
  pixel_hash: Buffer | null;
  /** 64 bits of the DCT of the picture's luminance. */
  perceptual_hash: Buffer | null;
  /** Quality scores, each from 0 (as bad as it gets) to 1 (nothing amiss). */
  blurred: number | null;
  dark: number | null;
  bright: number | null;
  low_information: number | null;
  outlier: number | null;
  uniqueness: number | null;
  representativeness: number | null;
  label_error: number | null;
  leak: number | null;
  /** The least hash of the images with the same picture, and with nearly the same; null: it stands alone. */
  exact_group: Buffer | null;
  near_group: Buffer | null;
  /** Place in the map of embeddings. */
  map_x: number | null;
  map_y: number | null;
  tags: Defaulted<string[]>;
  /** As the labels say, written with them in one transaction. */
  label_state: Defaulted<'unlabelled' | 'suggested' | 'pending' | 'conflict' | 'labelled'>;
  /** 'good' or the code of a defect class; not null exactly when labelled. */
  label: string | null;
  labelled_at: Date | null;
  /** When retention took the image away; such rows are in no list. */
  deleted_at: Defaulted<Date | null>;
}

/** How far the results of a line have been looked through for images. */
export interface PoolCursorTable {
  line_id: string;
  next_position: number;
}

export interface PoolViewTable {
  id: string;
  plant_id: string;
  name: string;
  /** The arguments of poolImages as JSON. */
  question: Json<unknown>;
  is_shared: boolean;
  made_by: string;
  made_at: Date;
}

export interface PoolTables {
  pool_image: PoolImageTable;
  pool_cursor: PoolCursorTable;
  pool_view: PoolViewTable;
}

export type PoolImageRow = Selectable<PoolImageTable>;
export type PoolViewRow = Selectable<PoolViewTable>;
