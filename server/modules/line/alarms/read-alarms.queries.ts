/** Every SQL statement that reads alarms for the API: rows in, rows out, no rules. */
import { type RawBuilder, sql } from 'kysely';
import { plainArray, textArray } from '../../../database/array-literal.ts';
import type { Db } from '../../../database/database.ts';
import type { Page } from '../../../kit/page.ts';
import type { AlarmStateName } from './alarm-state.ts';
import type { AlarmChangeRow, AlarmRow } from './alarms.table.ts';

export interface AlarmSelection {
  plantIds: readonly string[];
  lineId: string | null;
  states: readonly string[] | null;
  priorities: readonly number[] | null;
  types: readonly string[] | null;
}

/** What needs a look, then what is hidden, then what is normal; in each the highest priority first, then the oldest. */
export interface AlarmKeyset {
  rank: number;
  priority: number;
  raisedAt: Date;
  id: string;
}

const openStates = sql`('unacknowledged', 'acknowledged', 'returned_unacknowledged', 'latched_unacknowledged', 'latched_acknowledged')`;
const rank = sql`CASE WHEN a.state IN ${openStates} THEN 0 WHEN a.state = 'normal' THEN 2 ELSE 1 END`;

/** One row more than the page, in reverse when it is a backward one. */
export async function selectAlarmPage(
  db: Db,
  selection: AlarmSelection,
  { page, after, before }: { page: Page; after: AlarmKeyset | null; before: AlarmKeyset | null },
): Promise<AlarmRow[]> {
  const direction = page.backward ? sql`DESC` : sql`ASC`;
  const key = sql`(${rank}, a.priority, a.raised_at, a.id)`;
  const { rows } = await sql<AlarmRow>`
    SELECT a.* FROM alarm a
    WHERE a.plant_id = ANY(${plainArray(selection.plantIds)}::uuid[]) AND a.raise_count > 0
      ${selection.lineId === null ? sql`` : sql`AND ${standsOn(sql`= ${selection.lineId}::uuid`)}`}
      ${selection.states === null ? sql`` : sql`AND a.state = ANY(${textArray(selection.states)}::text[])`}
      ${selection.priorities === null ? sql`` : sql`AND a.priority = ANY(${plainArray(selection.priorities)}::smallint[])`}
      ${selection.types === null ? sql`` : sql`AND a.type = ANY(${textArray(selection.types)}::text[])`}
      ${after ? sql`AND ${key} > ${row(after)}` : sql``}
      ${before ? sql`AND ${key} < ${row(before)}` : sql``}
    ORDER BY ${rank} ${direction}, a.priority ${direction}, a.raised_at ${direction}, a.id ${direction}
    LIMIT ${page.limit + 1}
  `.execute(db);
  return rows;
}

function row({ rank: first, priority, raisedAt, id }: AlarmKeyset) {
  return sql`(${first}::integer, ${priority}::smallint, ${raisedAt}::timestamptz, ${id}::uuid)`;
}

/** On a line stands what has it, and the nodes that serve it. */
function standsOn(line: RawBuilder<unknown>) {
  return sql<boolean>`(a.line_id ${line} OR a.source_kind = 'edge_node' AND a.edge_node_id IN (
    SELECT s.edge_node_id FROM station s WHERE s.line_id ${line}
  ))`;
}

export async function selectAlarms(db: Db, ids: readonly string[]): Promise<AlarmRow[]> {
  const { rows } = await sql<AlarmRow>`SELECT * FROM alarm WHERE id = ANY(${plainArray(ids)}::uuid[])`.execute(db);
  return rows;
}

export interface LineAlarmRow extends AlarmRow {
  on_line: string;
}

/** Open alarms of each line, the highest and then oldest first, at most `limit` of each; a node's is on every line that it serves. */
export async function selectOpenAlarmsOfLines(
  db: Db,
  lineIds: readonly string[],
  limit: number,
): Promise<LineAlarmRow[]> {
  const { rows } = await sql<LineAlarmRow>`
    SELECT a.*, l.id AS on_line FROM unnest(${plainArray(lineIds)}::uuid[]) AS l (id)
    CROSS JOIN LATERAL (
      SELECT a.* FROM alarm a WHERE a.state <> 'normal' AND a.state IN ${openStates} AND ${standsOn(sql`= l.id`)}
      ORDER BY a.priority, a.raised_at, a.id LIMIT ${limit}
    ) a
    ORDER BY l.id, a.priority, a.raised_at, a.id
  `.execute(db);
  return rows;
}

/** Open alarms of a plant, the highest and then oldest first. */
export async function selectOpenAlarms(db: Db, plantId: string, limit: number): Promise<AlarmRow[]> {
  const { rows } = await sql<AlarmRow>`
    SELECT a.* FROM alarm a WHERE a.plant_id = ${plantId} AND a.state <> 'normal' AND a.state IN ${openStates}
    ORDER BY a.priority, a.raised_at, a.id LIMIT ${limit}
  `.execute(db);
  return rows;
}

export interface AlarmCount {
  state: AlarmStateName;
  priority: number;
  count: number;
}

/** Everything that was ever raised and is not normal, by state and priority. */
export async function countAlarms(db: Db, plantId: string): Promise<AlarmCount[]> {
  const { rows } = await sql<AlarmCount>`
    SELECT state, priority, count(*) AS count FROM alarm WHERE plant_id = ${plantId} AND state <> 'normal' AND raise_count > 0
    GROUP BY state, priority
  `.execute(db);
  return rows;
}

/** The newest transitions of each alarm, newest first. */
export async function selectAlarmChanges(
  db: Db,
  alarmIds: readonly string[],
  limit: number,
): Promise<AlarmChangeRow[]> {
  const { rows } = await sql<AlarmChangeRow>`
    SELECT c.* FROM unnest(${plainArray(alarmIds)}::uuid[]) AS k (id)
    CROSS JOIN LATERAL (SELECT * FROM alarm_change c WHERE c.alarm_id = k.id ORDER BY c.id DESC LIMIT ${limit}) c
    ORDER BY c.alarm_id, c.id DESC
  `.execute(db);
  return rows;
}
