/** Where parts have gone, as edge nodes count them. */
import type { Selectable } from 'kysely';

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

export interface PartCountsTables {
  part_count: PartCountTable;
}

export type PartCountRow = Selectable<PartCountTable>;
