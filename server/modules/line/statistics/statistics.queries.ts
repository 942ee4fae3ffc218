/** Every SQL statement that reads the rollups. */
import { type RawBuilder, sql } from 'kysely';
import { plainArray } from '../../../database/array-literal.ts';
import type { Db } from '../../../database/database.ts';
import type { StatsRow } from '../inspections/inspections.service.ts';
import { dimensionColumns, type StatsQuestion } from './stats-question.ts';

/** A row of an answer; shifts by their id. */
export type CountedRow = Omit<StatsRow, 'shift'> & { shift_id?: string | null };

/**
 * Counts by bucket and group, oldest first; what is empty is absent. At most `limit` rows.
 * One statement, so that all it reads is of one moment: whole days from the day rollup, what is left of them from whole hours,
 * the rest, what is not rolled up yet, and what has changed since it was, from the minutes. OFFSET 0 keeps the planner, who does
 * not know the ranges, from reading whole tables: each range is walked along the line's index, whatever lies before it.
 */
export async function selectCounts(db: Db, question: StatsQuestion, limit: number): Promise<CountedRow[]> {
  const { lineIds, ranges, timeZone, bucket, groupBy } = question;
  const columns = groupBy.map((dimension) => sql.ref(`c.${dimensionColumns[dimension]}`));
  const selected = columns.length === 0 ? sql`` : sql`, ${sql.join(columns)}`;
  // Rollups coarser than the bucket cannot be told apart by it.
  const firstHour =
    bucket === 'minute'
      ? sql`r.begins`
      : sql`CASE WHEN lehr_hour(r.begins, z.zone) = r.begins THEN r.begins ELSE least(lehr_hour_from(r.begins, z.zone), r.ends) END`;
  const lastHour = bucket === 'minute' ? sql`r.begins` : sql`lehr_hour(r.ends, z.zone)`;
  const hasDays = bucket === null || bucket === 'day';
  const firstDay = hasDays ? sql`least(lehr_day_from(h.first, z.zone), h.last)` : sql`h.last`;
  const lastDay = hasDays ? sql`lehr_day(h.last, z.zone)` : sql`h.last`;
  const counted = countedColumns(question);

  const { rows } = await sql<CountedRow>`
    WITH zone AS (SELECT ${timeZone}::text AS zone, ${firstOf(question)}::timestamptz AS first),
    range AS MATERIALIZED (
      SELECT r.*, ${firstHour} AS first_hour, ${lastHour} AS last_hour FROM unnest(
        ${plainArray(ranges.map(({ from }) => from.toISOString()))}::timestamptz[],
        ${plainArray(ranges.map(({ to }) => to.toISOString()))}::timestamptz[],
        ${plainArray(ranges.map(({ shiftId }) => shiftId))}::uuid[]
      ) AS r (begins, ends, shift_id) CROSS JOIN zone z
    ), line AS MATERIALIZED (
      SELECT id, coalesce(rolled_until, '-infinity') AS rolled_until
      FROM stream WHERE kind = 'inspection' AND id = ANY(${plainArray(lineIds)}::uuid[])
    ), late AS MATERIALIZED (
      SELECT t.line_id, t.hour, lehr_hour_from(t.hour + interval '1 minute', z.zone) AS next_hour, lehr_day(t.hour, z.zone) AS day
      FROM zone z, line l JOIN inspection_late t ON t.line_id = l.id
    ), cut AS MATERIALIZED (
      -- minutes to first_hour, hours to first_day, days to last_day, hours to last_hour, minutes to the end
      SELECT l.id AS line_id, r.shift_id, r.begins, r.ends, h.first AS first_hour, h.last AS last_hour,
        d.first AS first_day, greatest(d.first, d.last) AS last_day
      FROM range r CROSS JOIN line l CROSS JOIN zone z
      CROSS JOIN LATERAL (SELECT r.first_hour AS first, greatest(r.first_hour, least(l.rolled_until, r.last_hour)) AS last OFFSET 0) h
      CROSS JOIN LATERAL (SELECT ${firstDay} AS first, ${lastDay} AS last OFFSET 0) d
    ), counted AS (
      SELECT c.shift_id, m.minute AS at, 'minute' AS level, ${counted('m')}
      FROM cut c
      CROSS JOIN LATERAL (
        SELECT c.begins, c.first_hour AS ends UNION ALL SELECT c.last_hour, c.ends
        UNION ALL SELECT t.hour, t.next_hour FROM late t WHERE t.line_id = c.line_id AND t.hour >= c.first_hour AND t.hour < c.last_hour
      ) p
      CROSS JOIN LATERAL (
        SELECT * FROM inspection_minute m WHERE m.line_id = c.line_id AND m.minute >= p.begins AND m.minute < p.ends AND ${conditions(question, 'm')}
        OFFSET 0
      ) m
      UNION ALL
      SELECT c.shift_id, h.hour, 'hour', ${counted('h')}
      FROM cut c
      CROSS JOIN LATERAL (
        SELECT c.first_hour AS begins, c.first_day AS ends UNION ALL SELECT c.last_day, c.last_hour
        UNION ALL SELECT DISTINCT t.day, lehr_day_from(t.day + interval '1 minute', z.zone)
          FROM zone z, late t WHERE t.line_id = c.line_id AND t.day >= c.first_day AND t.day < c.last_day
      ) p
      CROSS JOIN LATERAL (
        SELECT * FROM inspection_hour h WHERE h.line_id = c.line_id AND h.hour >= p.begins AND h.hour < p.ends AND ${conditions(question, 'h')}
        OFFSET 0
      ) h
      WHERE NOT EXISTS (SELECT 1 FROM late t WHERE t.line_id = h.line_id AND t.hour = h.hour)
      UNION ALL
      SELECT c.shift_id, d.day, 'day', ${counted('d')}
      FROM cut c
      CROSS JOIN LATERAL (
        SELECT * FROM inspection_day d WHERE d.line_id = c.line_id AND d.day >= c.first_day AND d.day < c.last_day AND ${conditions(question, 'd')}
        OFFSET 0
      ) d
      WHERE NOT EXISTS (SELECT 1 FROM late t WHERE t.line_id = d.line_id AND t.day = d.day)
    )
    SELECT ${bucketOf(bucket)} AS bucket ${selected},
      sum(c.pass_count)::bigint AS pass, sum(c.reject_count)::bigint AS reject, sum(c.uncertain_count)::bigint AS uncertain
    FROM counted c CROSS JOIN zone z
    GROUP BY 1 ${selected} ORDER BY 1 ${selected} LIMIT ${limit}
  `.execute(db);
  return rows;
}

function bucketOf(bucket: StatsQuestion['bucket']): RawBuilder<unknown> {
  if (bucket === null) return sql`z.first`;
  if (bucket === 'minute') return sql`c.at`;
  if (bucket === 'hour') return sql`CASE c.level WHEN 'hour' THEN c.at ELSE lehr_hour(c.at, z.zone) END`;
  return sql`CASE c.level WHEN 'day' THEN c.at ELSE lehr_day(c.at, z.zone) END`;
}

/** Only what is grouped by, so that what is sorted and hashed stays small. */
function countedColumns({ groupBy }: StatsQuestion) {
  const keys = groupBy.map((dimension) => dimensionColumns[dimension]).filter((column) => column !== 'shift_id');
  const columns = [...keys, 'pass_count', 'reject_count', 'uncertain_count'];
  return (alias: string) => sql.join(columns.map((column) => sql.ref(`${alias}.${column}`)));
}

function conditions(question: StatsQuestion, alias: string): RawBuilder<unknown> {
  const { plantId, stationId, cameraId, defectClass, batchCode, productCode, jobId, modelVersionId } = question;
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  const all: RawBuilder<unknown>[] = [sql`true`];
  if (stationId) all.push(sql`${column('station_id')} = ${stationId}`);
  if (cameraId) all.push(sql`${column('camera_id')} = ${cameraId}`);
  if (defectClass !== null) all.push(sql`${column('defect_class')} = ${defectClass}`);
  if (jobId) all.push(sql`${column('job_id')} = ${jobId}`);
  if (modelVersionId) all.push(sql`${column('model_version_id')} = ${modelVersionId}`);
  if (productCode !== null)
    all.push(
      sql`${column('product_id')} = (SELECT id FROM product WHERE plant_id = ${plantId} AND code = ${productCode})`,
    );
  if (batchCode !== null)
    all.push(
      sql`${column('batch_id')} = (SELECT id FROM material_batch WHERE plant_id = ${plantId} AND code = ${batchCode})`,
    );
  return sql.join(all, sql` AND `);
}

function firstOf({ ranges }: StatsQuestion): Date {
  return new Date(Math.min(...ranges.map(({ from }) => from.getTime())));
}

/** From the first to after the last minute of the lines, or of the job on them, that counts anything; undefined when none does. */
export async function selectBounds(
  db: Db,
  lineIds: readonly string[],
  jobId: string | null,
): Promise<{ from: Date; to: Date } | undefined> {
  const first = (order: RawBuilder<unknown>) => sql`(
    SELECT m.minute FROM inspection_minute m
    WHERE m.line_id = l.id ${jobId ? sql`AND m.job_id = ${jobId}` : sql``} ORDER BY ${jobId ? sql`m.job_id,` : sql``} m.minute ${order} LIMIT 1
  )`;
  const { rows } = await sql<{ from: Date | null; to: Date | null }>`
    SELECT min(${first(sql`ASC`)}) AS from, max(${first(sql`DESC`)}) + interval '1 minute' AS to
    FROM unnest(${plainArray(lineIds)}::uuid[]) AS l (id)
  `.execute(db);
  const [row] = rows;
  return row?.from && row.to ? { from: row.from, to: row.to } : undefined;
}

/** Every line of the plant, retired ones too. */
export async function selectLineIds(db: Db, plantId: string): Promise<string[]> {
  const rows = await db.selectFrom('line').select('id').where('plant_id', '=', plantId).orderBy('id').execute();
  return rows.map(({ id }) => id);
}
