/** Every SQL statement that writes alarms, and what deciding about them needs: rows in, rows out, no rules. */
import { sql } from 'kysely';
import { plainArray, textArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { ConditionState } from './alarm-state.ts';
import type { AlarmChangeRow, AlarmRow, AlarmSettingRow, SourceKind } from './alarms.table.ts';

export interface AlarmKey {
  type: string;
  sourceId: string;
}

/** The alarms of these types and sources, as far as there are any. */
export async function selectAlarmsOf(db: Db, plantId: string, keys: readonly AlarmKey[]): Promise<AlarmRow[]> {
  const { rows } = await sql<AlarmRow>`
    SELECT a.* FROM ${keyList(keys)} JOIN alarm a ON a.type = k.type AND a.source_id = k.source_id AND a.plant_id = ${plantId}
  `.execute(db);
  return rows;
}

/** Holds the rows until the transaction ends. Whoever writes alarms of a plant has locked its event stream first. */
export async function lockAlarms(trx: Trx, ids: readonly string[]): Promise<AlarmRow[]> {
  const { rows } = await sql<AlarmRow>`
    SELECT * FROM alarm WHERE id = ANY(${plainArray(ids)}::uuid[]) ORDER BY id FOR UPDATE
  `.execute(trx);
  return rows;
}

export interface NewAlarm extends AlarmKey {
  id: string;
  sourceKind: SourceKind;
  priority: number;
  at: Date;
}

/** Makes those that are not there yet, in the state normal. Sources that are not the plant's are left out. */
export async function insertAlarms(trx: Trx, plantId: string, alarms: readonly NewAlarm[], now: Date): Promise<void> {
  await sql`
    INSERT INTO alarm (
      id, plant_id, type, source_kind, source_id, line_id, station_id, camera_id, edge_node_id, priority, created_at,
      observed_since, observed_at, data
    )
    SELECT k.id, ${plantId}::uuid, k.type, k.kind, k.source_id, coalesce(l.id, s.line_id), s.id, c.id, n.id, k.priority,
      ${now}::timestamptz, k.at, k.at, '{}'
    FROM unnest(
      ${plainArray(alarms.map(({ id }) => id))}::uuid[],
      ${plainArray(alarms.map(({ type }) => type))}::text[],
      ${plainArray(alarms.map(({ sourceKind }) => sourceKind))}::text[],
      ${plainArray(alarms.map(({ sourceId }) => sourceId))}::uuid[],
      ${plainArray(alarms.map(({ priority }) => priority))}::smallint[],
      ${plainArray(alarms.map(({ at }) => at.toISOString()))}::timestamptz[]
    ) AS k (id, type, kind, source_id, priority, at)
    LEFT JOIN line l ON k.kind = 'line' AND l.id = k.source_id AND l.plant_id = ${plantId}
    LEFT JOIN camera c ON k.kind = 'camera' AND c.id = k.source_id AND c.plant_id = ${plantId}
    LEFT JOIN station s ON s.id = CASE k.kind WHEN 'station' THEN k.source_id WHEN 'camera' THEN c.station_id END
      AND s.plant_id = ${plantId}
    LEFT JOIN edge_node n ON k.kind = 'edge_node' AND n.id = k.source_id AND n.plant_id = ${plantId}
    WHERE coalesce(l.id, c.id, s.id, n.id) IS NOT NULL
    ORDER BY k.type, k.source_id
    ON CONFLICT (type, source_id) DO NOTHING
  `.execute(trx);
}

/** Writes the rows as they are. */
export async function updateAlarms(trx: Trx, alarms: readonly AlarmRow[]): Promise<void> {
  await sql`
    UPDATE alarm a SET
      priority = r.priority, is_active = r.is_active, is_acknowledged = r.is_acknowledged, is_latched = r.is_latched,
      shelf = r.shelf, shelved_until = r.shelved_until, shelved_by = r.shelved_by, shelf_reason = r.shelf_reason,
      is_suppressed = r.is_suppressed, out_of_service_since = r.out_of_service_since,
      out_of_service_by = r.out_of_service_by, out_of_service_reason = r.out_of_service_reason,
      is_observed = r.is_observed, observed_since = r.observed_since, observed_at = r.observed_at, pulse_until = r.pulse_until,
      due_at = r.due_at, raised_at = r.raised_at, last_raised_at = r.last_raised_at, returned_at = r.returned_at,
      acknowledged_at = r.acknowledged_at, acknowledged_by = r.acknowledged_by, raise_count = r.raise_count, data = r.data
    FROM jsonb_populate_recordset(NULL::alarm, ${storable(alarms)}::jsonb) r
    WHERE a.id = r.id
  `.execute(trx);
}

export async function insertAlarmChanges(
  trx: Trx,
  changes: readonly Omit<AlarmChangeRow, 'recorded_at'>[],
): Promise<void> {
  await sql`
    INSERT INTO alarm_change (
      id, plant_id, alarm_id, kind, at, recorded_at, from_state, to_state, beneath, actor_kind, actor_id, reason
    )
    SELECT id, plant_id, alarm_id, kind, at, date_trunc('milliseconds', clock_timestamp()), from_state, to_state, beneath,
      actor_kind, actor_id, reason
    FROM jsonb_populate_recordset(NULL::alarm_change, ${storable(changes)}::jsonb)
  `.execute(trx);
}

/** How the plants set the types. */
export async function selectSettings(db: Db, plantIds: readonly string[]): Promise<AlarmSettingRow[]> {
  const { rows } = await sql<AlarmSettingRow>`
    SELECT * FROM alarm_setting WHERE plant_id = ANY(${plainArray(plantIds)}::uuid[])
  `.execute(db);
  return rows;
}

export interface MachineModeRow {
  line_id: string;
  state: string | null;
  mode: string | null;
  /** Of the state; null in place of the mode's when the machine has no such signal. */
  quality: string;
  mode_quality: string | null;
  /** The node that said so has not fallen silent since. */
  is_heard: boolean;
}

/** The machines of lines as last reported. */
export async function selectMachineModes(db: Db, lineIds: readonly string[]): Promise<MachineModeRow[]> {
  const { rows } = await sql<MachineModeRow>`
    SELECT m.line_id, m.state, m.mode, m.quality, m.signals -> 'machineMode' ->> 'quality' AS mode_quality,
      p.edge_node_id IS NOT NULL AS is_heard
    FROM machine_status m LEFT JOIN node_presence p ON p.edge_node_id = m.edge_node_id
    WHERE m.line_id = ANY(${plainArray(lineIds)}::uuid[])
  `.execute(db);
  return rows;
}

/** Lines of which these nodes were the last to report the machine. */
export async function selectLinesHeardFrom(db: Db, edgeNodeIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ line_id: string }>`
    SELECT line_id FROM machine_status WHERE edge_node_id = ANY(${plainArray(edgeNodeIds)}::uuid[])
  `.execute(db);
  return rows.map((row) => row.line_id);
}

/** Everything suppressed, with what was beneath when that began. */
export async function selectSuppressed(
  db: Db,
): Promise<{ id: string; plant_id: string; beneath: ConditionState | null }[]> {
  const { rows } = await sql<{ id: string; plant_id: string; beneath: ConditionState | null }>`
    SELECT a.id, a.plant_id, (
      SELECT c.beneath FROM alarm_change c WHERE c.alarm_id = a.id AND c.kind = 'alarm.suppressed' ORDER BY c.id DESC LIMIT 1
    ) AS beneath
    FROM alarm a WHERE a.state <> 'normal' AND a.is_suppressed
  `.execute(db);
  return rows;
}

/** What stands on the lines and is of these types. */
export async function selectAlarmsOfLines(
  db: Db,
  lineIds: readonly string[],
  types: readonly string[],
): Promise<AlarmRow[]> {
  const { rows } = await sql<AlarmRow>`
    SELECT * FROM alarm WHERE line_id = ANY(${plainArray(lineIds)}::uuid[]) AND type = ANY(${plainArray(types)}::text[])
  `.execute(db);
  return rows;
}

export async function selectPlantsWithDueAlarms(db: Db, now: Date): Promise<string[]> {
  const { rows } = await sql<{ plant_id: string }>`SELECT DISTINCT plant_id FROM alarm WHERE due_at <= ${now}`.execute(
    db,
  );
  return rows.map((row) => row.plant_id);
}

/** Alarms of the plants that time changes now, longest due first. */
export async function lockDueAlarms(
  trx: Trx,
  plantIds: readonly string[],
  now: Date,
  limit: number,
): Promise<AlarmRow[]> {
  const { rows } = await sql<AlarmRow>`
    SELECT * FROM alarm WHERE due_at <= ${now} AND plant_id = ANY(${plainArray(plantIds)}::uuid[])
    ORDER BY due_at, id LIMIT ${limit} FOR UPDATE
  `.execute(trx);
  return rows;
}

export async function upsertSetting(trx: Trx, setting: AlarmSettingRow): Promise<void> {
  const { plant_id: _plant, type: _type, ...columns } = setting;
  await trx
    .insertInto('alarm_setting')
    .values(setting)
    .onConflict((conflict) => conflict.columns(['plant_id', 'type']).doUpdateSet(columns))
    .execute();
}

/** All of one type in a plant, held until the transaction ends. */
export async function lockAlarmsOfType(trx: Trx, plantId: string, type: string): Promise<AlarmRow[]> {
  const { rows } = await sql<AlarmRow>`
    SELECT * FROM alarm WHERE plant_id = ${plantId} AND type = ${type} ORDER BY id FOR UPDATE
  `.execute(trx);
  return rows;
}

function keyList(keys: readonly AlarmKey[]) {
  return sql`unnest(
    ${textArray(keys.map(({ type }) => type))}::text[], ${plainArray(keys.map(({ sourceId }) => sourceId))}::uuid[]
  ) AS k (type, source_id)`;
}

/** As JSON that jsonb takes: half of a surrogate pair becomes U+FFFD, U+0000 is left out. */
function storable(rows: readonly object[]): string {
  return JSON.stringify(rows, (_key, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed().replaceAll('\u0000', '') : value,
  );
}
