/** Every SQL statement that corrects what was recorded of production. */
import { type RawBuilder, sql } from 'kysely';
import { isoArray, plainArray, textArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import { correctedColumns, type ProductionChange } from './batch-factors.ts';
import type { MinuteCount } from './minute-counts.ts';

export interface CorrectedRange {
  lineId: string;
  /** Of the capture time: from inclusive, to exclusive. */
  from: Date;
  to: Date;
}

/** How many inspections would change; counts no further than `limit`. */
export async function countToCorrect(db: Db, range: CorrectedRange, change: ProductionChange, limit: number) {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM (SELECT 1 FROM inspection i WHERE ${toCorrect(range, change)} LIMIT ${limit}) q
  `.execute(db);
  return rows[0]?.count ?? 0;
}

/** Counts of changed rows by what they were counted under. */
export interface CorrectedCount extends Omit<MinuteCount, 'minuteMs'> {
  minute: Date;
  recipeId: string | null;
}

/** Changes the rows and gives what they were before, counted by minute. */
export async function updateProduction(
  trx: Trx,
  range: CorrectedRange,
  change: ProductionChange,
): Promise<CorrectedCount[]> {
  const { rows } = await sql<CorrectedCount>`
    WITH old AS (
      SELECT i.plant_id, i.captured_at, i.id, i.line_id, i.camera_id, i.station_id, i.job_id, i.product_id, i.recipe_id, i.batch_id,
        i.model_version_id, i.defect_class, i.verdict
      FROM inspection i WHERE ${toCorrect(range, change)} FOR UPDATE
    ), changed AS (
      UPDATE inspection i SET ${sql.join(correctedColumns(change).map(([column, value]) => sql`${sql.ref(column)} = ${value}`))}
      FROM old
      WHERE i.plant_id = old.plant_id AND i.captured_at = old.captured_at AND i.id = old.id
        AND i.captured_at >= ${range.from} AND i.captured_at < ${range.to}
      RETURNING old.*
    )
    SELECT line_id AS "lineId", date_trunc('minute', captured_at) AS minute, camera_id AS "cameraId", station_id AS "stationId",
      job_id AS "jobId", product_id AS "productId", recipe_id AS "recipeId", batch_id AS "batchId",
      model_version_id AS "modelVersionId", defect_class AS "defectClass",
      count(*) FILTER (WHERE verdict = 'pass') AS pass, count(*) FILTER (WHERE verdict = 'reject') AS reject,
      count(*) FILTER (WHERE verdict = 'uncertain') AS uncertain
    FROM changed GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
  `.execute(trx);
  return rows;
}

function toCorrect({ lineId, from, to }: CorrectedRange, change: ProductionChange): RawBuilder<unknown> {
  const differs = correctedColumns(change).map(
    ([column, value]) => sql`${sql.ref(`i.${column}`)} IS DISTINCT FROM ${value}`,
  );
  return sql`i.line_id = ${lineId} AND i.captured_at >= ${from} AND i.captured_at < ${to} AND (${sql.join(differs, sql` OR `)})`;
}

/**
 * Adds to and takes from the minutes: in key order, as recording does, so that the two lock them in the same order.
 * What counts nothing any more is removed.
 */
export async function moveMinuteCounts(trx: Trx, plantId: string, moved: readonly MinuteCount[]): Promise<void> {
  if (moved.length === 0) return;
  await sql`
    INSERT INTO inspection_minute (
      plant_id, line_id, minute, camera_id, station_id, job_id, product_id, batch_id, model_version_id,
      defect_class, pass_count, reject_count, uncertain_count
    )
    SELECT ${plantId}::uuid, * FROM unnest(
      ${plainArray(moved.map((count) => count.lineId))}::uuid[],
      ${isoArray(moved.map((count) => count.minuteMs))}::timestamptz[],
      ${plainArray(moved.map((count) => count.cameraId))}::uuid[],
      ${plainArray(moved.map((count) => count.stationId))}::uuid[],
      ${plainArray(moved.map((count) => count.jobId))}::uuid[],
      ${plainArray(moved.map((count) => count.productId))}::uuid[],
      ${plainArray(moved.map((count) => count.batchId))}::uuid[],
      ${plainArray(moved.map((count) => count.modelVersionId))}::uuid[],
      ${textArray(moved.map((count) => count.defectClass))}::text[],
      ${plainArray(moved.map((count) => count.pass))}::integer[],
      ${plainArray(moved.map((count) => count.reject))}::integer[],
      ${plainArray(moved.map((count) => count.uncertain))}::integer[]
    )
    ON CONFLICT (line_id, minute, camera_id, job_id, product_id, batch_id, model_version_id, defect_class) DO UPDATE SET
      pass_count = inspection_minute.pass_count + excluded.pass_count,
      reject_count = inspection_minute.reject_count + excluded.reject_count,
      uncertain_count = inspection_minute.uncertain_count + excluded.uncertain_count
  `.execute(trx);
  const [first] = moved;
  const times = moved.map(({ minuteMs }) => minuteMs);
  await sql`
    DELETE FROM inspection_minute
    WHERE line_id = ${first?.lineId} AND minute = ANY(${isoArray([...new Set(times)])}::timestamptz[])
      AND pass_count = 0 AND reject_count = 0 AND uncertain_count = 0
  `.execute(trx);
}

/** Ended jobs among these are to have their summary told again; as recording marks them, and before the minutes as there. */
export async function markJobs(trx: Trx, jobIds: readonly string[], at: Date): Promise<void> {
  await sql`
    INSERT INTO job_recount (job_id, since)
    SELECT id, ${at}::timestamptz FROM job WHERE id = ANY(${plainArray(jobIds)}::uuid[]) AND ended_at IS NOT NULL ORDER BY id
    ON CONFLICT (job_id) DO UPDATE SET since = job_recount.since
  `.execute(trx);
}

/** Takes the lock on the line's stream, then marks those of the minutes' hours that are rolled up. */
export async function markLateHours(trx: Trx, plantId: string, lineId: string, minutesMs: readonly number[]) {
  await sql`SELECT 1 FROM stream WHERE kind = 'inspection' AND id = ${lineId} FOR UPDATE`.execute(trx);
  await sql`
    INSERT INTO inspection_late (line_id, hour)
    SELECT DISTINCT s.id, lehr_hour(m.minute, p.time_zone)
    FROM stream s JOIN unnest(${isoArray([...new Set(minutesMs)])}::timestamptz[]) AS m (minute) ON m.minute < s.rolled_until
    JOIN plant p ON p.id = ${plantId}
    WHERE s.kind = 'inspection' AND s.id = ${lineId}
    ON CONFLICT DO NOTHING
  `.execute(trx);
}
