/** Counts from the raw rows, by the plant's clocks as the tests' own arithmetic has them: what the rollups must equal. */
import { sql } from 'kysely';
import type { Db } from '../../../../server/database/database.ts';

export const LEVELS = ['minute', 'hour', 'day'] as const;
export type Level = (typeof LEVELS)[number];

/** Keys of the rollups that differ from the raw rows, of the levels' whole stretches that are said to be rolled up; empty when all is well. */
export async function differences(db: Db, plantId: string, level: Level): Promise<unknown[]> {
  const begin =
    level === 'minute'
      ? sql`date_trunc('minute', i.captured_at)`
      : sql`${sql.raw(`lehr_${level}`)}(i.captured_at, p.time_zone)`;
  const end =
    level === 'day' ? sql`lehr_day_from(x.at + interval '1 minute', x.time_zone)` : sql`x.at + interval '1 minute'`;
  const isRolled =
    level === 'minute'
      ? sql`true`
      : sql`${end} <= x.rolled_until AND NOT EXISTS (
          SELECT 1 FROM inspection_late t WHERE t.line_id = x.line_id AND ${level === 'hour' ? sql`t.hour` : sql`lehr_day(t.hour, x.time_zone)`} = x.at
        )`;
  const table = sql.table(`inspection_${level}`);
  const keys = sql`line_id, at, camera_id, station_id, job_id, product_id, batch_id, model_version_id, defect_class`;
  const { rows } = await sql`
    WITH raw AS (
      SELECT i.line_id, ${begin} AS at, i.camera_id, i.station_id, i.job_id, i.product_id, i.batch_id, i.model_version_id, i.defect_class,
        count(*) FILTER (WHERE i.verdict = 'pass')::integer AS pass_count,
        count(*) FILTER (WHERE i.verdict = 'reject')::integer AS reject_count,
        count(*) FILTER (WHERE i.verdict = 'uncertain')::integer AS uncertain_count, s.rolled_until, p.time_zone
      FROM inspection i JOIN plant p ON p.id = i.plant_id JOIN stream s ON s.kind = 'inspection' AND s.id = i.line_id
      WHERE i.plant_id = ${plantId}
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, s.rolled_until, p.time_zone
    ), rollup AS (
      SELECT r.line_id, r.${sql.ref(level)} AS at, r.camera_id, r.station_id, r.job_id, r.product_id, r.batch_id, r.model_version_id, r.defect_class,
        r.pass_count, r.reject_count, r.uncertain_count, s.rolled_until, p.time_zone
      FROM ${table} r JOIN plant p ON p.id = r.plant_id JOIN stream s ON s.kind = 'inspection' AND s.id = r.line_id WHERE r.plant_id = ${plantId}
    ), a AS (SELECT ${keys}, pass_count, reject_count, uncertain_count FROM raw x WHERE ${isRolled}),
    b AS (SELECT ${keys}, pass_count, reject_count, uncertain_count FROM rollup x WHERE ${isRolled})
    (SELECT 'raw', * FROM (SELECT * FROM a EXCEPT ALL SELECT * FROM b) q)
    UNION ALL (SELECT 'rollup', * FROM (SELECT * FROM b EXCEPT ALL SELECT * FROM a) q)
  `.execute(db);
  return rows;
}

export interface RawInspection {
  at: number;
  line_id: string;
  station_id: string;
  camera_id: string;
  defect_class: string | null;
  batch_id: string | null;
  product_id: string | null;
  job_id: string | null;
  model_version_id: string;
  verdict: 'pass' | 'reject' | 'uncertain';
}

export async function rawInspections(db: Db, plantId: string): Promise<RawInspection[]> {
  const { rows } = await sql<RawInspection>`
    SELECT (extract(epoch FROM captured_at) * 1000)::bigint AS at, line_id, station_id, camera_id, defect_class, batch_id, product_id, job_id,
      model_version_id, verdict
    FROM inspection WHERE plant_id = ${plantId}
  `.execute(db);
  return rows;
}

/** Begin of the hour or day of the zone's clocks: the first minute with the same date (and hour, and offset), by the platform's own calendar. */
export function clockBegin(at: number, timeZone: string, level: Level): number {
  const minute = Math.floor(at / 60_000) * 60_000;
  if (level === 'minute') return minute;
  const label = labelOf(timeZone, level);
  const wanted = label(minute);
  let begin = minute;
  while (label(begin - 60_000) === wanted) begin -= 60_000;
  return begin;
}

const labels = new Map<string, (at: number) => string>();

function labelOf(timeZone: string, level: 'hour' | 'day'): (at: number) => string {
  const key = `${timeZone} ${level}`;
  const known = labels.get(key);
  if (known) return known;
  const date = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    ...date,
    ...(level === 'hour' ? { hour: '2-digit', timeZoneName: 'longOffset' } : {}),
  });
  const memory = new Map<number, string>();
  const label = (at: number) => {
    const kept = memory.get(at);
    if (kept !== undefined) return kept;
    const made = format.format(at);
    memory.set(at, made);
    return made;
  };
  labels.set(key, label);
  return label;
}
