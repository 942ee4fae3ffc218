/** The machine of a line as last read over OPC UA. */
import type { Selectable } from 'kysely';
import type { MachineColumns } from '#schema/production-context.ts';
import type { Json } from '../../../database/column-types.ts';
import type { SignalQuality, StoredSignals } from '../signals/stored-signal.ts';

export interface MachineStatusTable extends MachineColumns {
  line_id: string;
  plant_id: string;
  edge_node_id: string;
  quality: SignalQuality;
  state: string | null;
  mode: string | null;
  product_code: string | null;
  recipe_code: string | null;
  batch_code: string | null;
  job_code: string | null;
  signals: Json<StoredSignals>;
  source_time: Date | null;
  received_at: Date;
}

/** A row for every edge node that is up. */
export interface NodePresenceTable {
  edge_node_id: string;
  plant_id: string;
  up_since: Date;
}

export interface MachinesTables {
  node_presence: NodePresenceTable;
  machine_status: MachineStatusTable;
}

export type MachineStatusRow = Selectable<MachineStatusTable>;
