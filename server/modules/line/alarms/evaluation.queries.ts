/** What the alarms that the server evaluates itself are judged by: rows out, no rules. */
import { sql } from 'kysely';
import { plainArray } from '../../../database/array-literal.ts';
import type { Db } from '../../../database/database.ts';

export interface SubgroupRow {
  line_id: string;
  /** Begin of its window. */
  begins: Date;
  parts: number;
  rejects: number;
}

/**
 * Parts of the product that each line made last, by windows that end at `to`, oldest first; windows without parts are absent. Read from
 * the minutes.
 */
export async function selectSubgroups(
  db: Db,
  lineIds: readonly string[],
  { from, to, windowMs }: { from: Date; to: Date; windowMs: number },
): Promise<SubgroupRow[]> {
  const { rows } = await sql<SubgroupRow>`
    WITH newest AS MATERIALIZED (
      SELECT l.id AS line_id, m.product_id FROM unnest(${plainArray(lineIds)}::uuid[]) AS l (id)
      CROSS JOIN LATERAL (
        SELECT product_id FROM inspection_minute WHERE line_id = l.id AND minute >= ${from} AND minute < ${to}
        ORDER BY minute DESC LIMIT 1
      ) m
    )
    SELECT n.line_id, date_bin(${windowMs}::double precision * interval '1 millisecond', m.minute, ${to}::timestamptz) AS begins,
      sum(m.pass_count + m.reject_count + m.uncertain_count)::double precision AS parts,
      sum(m.reject_count)::double precision AS rejects
    FROM newest n
    JOIN inspection_minute m ON m.line_id = n.line_id AND m.minute >= ${from} AND m.minute < ${to}
      AND m.product_id IS NOT DISTINCT FROM n.product_id
    GROUP BY n.line_id, begins ORDER BY n.line_id, begins
  `.execute(db);
  return rows;
}

export interface ConditionChangeRow {
  source_id: string;
  kind: string;
  at: Date;
}

/** When the condition of a type held on these sources since: its raisings and endings, oldest first. */
export async function selectConditionChanges(
  db: Db,
  type: string,
  sourceIds: readonly string[],
  since: Date,
): Promise<ConditionChangeRow[]> {
  const { rows } = await sql<ConditionChangeRow>`
    SELECT a.source_id, c.kind, c.at FROM alarm a JOIN alarm_change c ON c.alarm_id = a.id
    WHERE a.type = ${type} AND a.source_id = ANY(${plainArray(sourceIds)}::uuid[]) AND c.at >= ${since}
      AND c.kind IN ('alarm.raised', 'alarm.returned', 'alarm.latched', 'alarm.cleared')
    ORDER BY c.id
  `.execute(db);
  return rows;
}

export interface CameraMedianRow {
  camera_id: string;
  recipe_code: string | null;
  images: number;
  brightness: number | null;
  contrast: number | null;
  colour_cast: number | null;
  sharpness: number | null;
}

/** Medians of the image statistics of each camera that took images on the lines in [from, to), by recipe. */
export async function selectCameraMedians(
  db: Db,
  lineIds: readonly string[],
  from: Date,
  to: Date,
): Promise<CameraMedianRow[]> {
  const median = (column: string) =>
    sql`percentile_cont(0.5) WITHIN GROUP (ORDER BY ${sql.ref(`i.${column}`)}) AS ${sql.ref(column)}`;
  const { rows } = await sql<CameraMedianRow>`
    SELECT i.camera_id, r.code AS recipe_code, count(*) AS images,
      ${median('brightness')}, ${median('contrast')}, ${median('colour_cast')}, ${median('sharpness')}
    FROM inspection i LEFT JOIN recipe r ON r.id = i.recipe_id
    WHERE i.line_id = ANY(${plainArray(lineIds)}::uuid[]) AND i.captured_at >= ${from} AND i.captured_at < ${to}
    GROUP BY i.camera_id, r.code ORDER BY i.camera_id, images DESC
  `.execute(db);
  return rows;
}

export interface LiveLineRow {
  id: string;
  plant_id: string;
}

/** Lines with parts in [from, to), in order; those of one plant stand together. */
export async function selectLiveLines(db: Db, from: Date, to: Date): Promise<LiveLineRow[]> {
  const { rows } = await sql<LiveLineRow>`
    SELECT l.id, l.plant_id FROM line l
    WHERE l.retired_at IS NULL AND EXISTS (
      SELECT 1 FROM inspection_minute m WHERE m.line_id = l.id AND m.minute >= ${from} AND m.minute < ${to}
    )
    ORDER BY l.plant_id, l.id
  `.execute(db);
  return rows;
}
