/** The event log of a plant, and the counters that give dense positions to it and to the inspections of a line. */
import type { Selectable } from 'kysely';
import type { Defaulted, Json } from '../../../database/column-types.ts';

export type StreamKind = 'inspection' | 'event';

export interface StreamTable {
  kind: StreamKind;
  /** The line's id for inspections, the plant's for events. */
  id: string;
  plant_id: string;
  next_position: Defaulted<number>;
  first_position: Defaulted<number>;
  /** Of inspections: hours before this one are rolled up; null: none yet. */
  rolled_until: Defaulted<Date | null>;
}

export interface EventTable {
  plant_id: string;
  position: number;
  id: string;
  kind: string;
  occurred_at: Date;
  recorded_at: Date;
  line_id: string | null;
  station_id: string | null;
  edge_node_id: string | null;
  actor_kind: 'person' | 'token' | 'system';
  actor_id: string | null;
  data: Json<Record<string, unknown>>;
}

export interface EventsTables {
  stream: StreamTable;
  event: EventTable;
}

export type StreamRow = Selectable<StreamTable>;
export type EventRow = Selectable<EventTable>;
