/** How cameras look at the parts of each recipe. */
import type { Selectable } from 'kysely';
import type { Json } from '../../../database/column-types.ts';

export interface Band {
  min: number | null;
  max: number | null;
}

export type BandedStatistic = 'brightness' | 'contrast' | 'colourCast' | 'sharpness';

export interface CameraSetupTable {
  id: string;
  plant_id: string;
  camera_id: string;
  /** null: of every recipe that has no setup of its own. */
  recipe_code: string | null;
  /** Shares of the image; all null: the whole image. */
  roi_x: number | null;
  roi_y: number | null;
  roi_width: number | null;
  roi_height: number | null;
  reference_sha256: Buffer | null;
  max_offset_px: number;
  max_rotation_deg: number;
  bands: Json<Partial<Record<BandedStatistic, Band>>>;
  changed_by: string;
  changed_at: Date;
}

export interface CameraSetupsTables {
  camera_setup: CameraSetupTable;
}

export type CameraSetupRow = Selectable<CameraSetupTable>;
