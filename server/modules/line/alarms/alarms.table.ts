/** Alarms with their history, and how plants set the types. */
import type { Generated, GeneratedAlways, Selectable } from 'kysely';
import type { Json } from '../../../database/column-types.ts';
import type { AlarmStateName, ConditionState, ShelfKind } from './alarm-state.ts';

export type SourceKind = 'line' | 'station' | 'camera' | 'edge_node';

export interface AlarmTable {
  id: string;
  plant_id: string;
  type: string;
  source_kind: SourceKind;
  source_id: string;
  /** Where the source stands; of a node, which may serve several lines, only the node. */
  line_id: string | null;
  station_id: string | null;
  camera_id: string | null;
  edge_node_id: string | null;
  priority: number;
  created_at: Date;
  is_active: Generated<boolean>;
  is_acknowledged: Generated<boolean>;
  is_latched: Generated<boolean>;
  shelf: ShelfKind | null;
  shelved_until: Date | null;
  shelved_by: string | null;
  shelf_reason: string | null;
  is_suppressed: Generated<boolean>;
  out_of_service_since: Date | null;
  out_of_service_by: string | null;
  out_of_service_reason: string | null;
  /** Made by the database from the columns above; equal to `alarmStateName`. */
  state: GeneratedAlways<AlarmStateName>;
  /** The condition as last observed, before delays. */
  is_observed: Generated<boolean>;
  observed_since: Date;
  observed_at: Date;
  pulse_until: Date | null;
  /** When time alone changes something next. */
  due_at: Date | null;
  raised_at: Date | null;
  last_raised_at: Date | null;
  returned_at: Date | null;
  acknowledged_at: Date | null;
  acknowledged_by: string | null;
  raise_count: Generated<number>;
  data: Json<Record<string, unknown>>;
}

export interface AlarmChangeTable {
  id: string;
  plant_id: string;
  alarm_id: string;
  /** As in the event log, such as `alarm.raised`. */
  kind: string;
  at: Date;
  recorded_at: Date;
  from_state: AlarmStateName;
  to_state: AlarmStateName;
  /** What the state is, or would be if nothing hid it. */
  beneath: ConditionState;
  actor_kind: 'person' | 'token' | 'system';
  actor_id: string | null;
  reason: string | null;
}

/** null: as the type comes. */
export interface AlarmSettingTable {
  plant_id: string;
  type: string;
  priority: number | null;
  on_delay_ms: number | null;
  off_delay_ms: number | null;
  return_ms: number | null;
  deadband: number | null;
  is_latching: boolean | null;
  reason: string;
  changed_by: string;
  changed_at: Date;
}

export interface AlarmsTables {
  alarm: AlarmTable;
  alarm_change: AlarmChangeTable;
  alarm_setting: AlarmSettingTable;
}

export type AlarmRow = Selectable<AlarmTable>;
export type AlarmChangeRow = Selectable<AlarmChangeTable>;
export type AlarmSettingRow = Selectable<AlarmSettingTable>;
