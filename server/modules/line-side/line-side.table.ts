/** What edge nodes tell beyond results, and how their cameras look. */
import type { Selectable } from 'kysely';
import type { Json } from '../../database/column-types.ts';

export interface NodeEventTable {
  plant_id: string;
  /** Also of the event in the plant's log. */
  id: string;
  /** SHA-256 of the canonical input. */
  content_hash: Buffer;
}

export interface NodeConditionTable {
  source_id: string;
  type: string;
  /** By the clock of the node. */
  observed_at: Date;
}

export interface PartCountTable {
  plant_id: string;
  id: string;
  line_id: string;
  station_id: string;
  edge_node_id: string;
  job_code: string | null;
  revision: number;
  counted_from: Date;
  counted_to: Date;
  /** The sum of all that follow. */
  triggered: number;
  accepted: number;
  rejected: number;
  bypassed: number;
  unseen: number;
  unknown: number;
  in_transit: number;
  /** SHA-256 of the canonical input. */
  content_hash: Buffer;
  received_at: Date;
}

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

export interface LineSideTables {
  node_event: NodeEventTable;
  node_condition: NodeConditionTable;
  part_count: PartCountTable;
  camera_setup: CameraSetupTable;
}

export type PartCountRow = Selectable<PartCountTable>;
export type CameraSetupRow = Selectable<CameraSetupTable>;
