/** Every SQL statement that reads the minute rollup. */
import { sql } from 'kysely';
import type { Db } from '../../database/database.ts';

export type BucketName = 'minute' | 'hour' | 'day';

/** Counts of one bucket. */
export interface StatsRow {
  bucket: Date;
  pass: number;
  reject: number;
  uncertain: number;
}

export interface StatsSelection {
  lineId: string;
  stationId: string | null;
  cameraId: string | null;
  modelVersionId: string | null;
  /** Minutes that begin in [from, to). */
  from: Date;
  to: Date;
}

/** Counts by bucket, oldest first; empty buckets are absent. Hours and days begin by the clocks of the time zone. */
export async function selectStats(
  db: Db,
  selection: StatsSelection,
  bucket: BucketName,
  timeZone: string,
): Promise<StatsRow[]> {
  const { lineId, stationId, cameraId, modelVersionId, from, to } = selection;
  const begin = bucket === 'minute' ? sql`minute` : sql`date_trunc(${bucket}, minute, ${timeZone})`;
  const { rows } = await sql<StatsRow>`
    SELECT ${begin} AS bucket, sum(pass_count)::bigint AS pass, sum(reject_count)::bigint AS reject, sum(uncertain_count)::bigint AS uncertain
    FROM inspection_minute
    WHERE line_id = ${lineId} AND minute >= ${from} AND minute < ${to}
      ${stationId ? sql`AND station_id = ${stationId}` : sql``}
      ${cameraId ? sql`AND camera_id = ${cameraId}` : sql``}
      ${modelVersionId ? sql`AND model_version_id = ${modelVersionId}` : sql``}
    GROUP BY 1 ORDER BY 1
  `.execute(db);
  return rows;
}

/** Start of the newest minute of the line with a reject. */
export async function selectLastRejectMinute(db: Db, lineId: string): Promise<Date | undefined> {
  const { rows } = await sql<{ minute: Date }>`
    SELECT minute FROM inspection_minute WHERE line_id = ${lineId} AND reject_count > 0 ORDER BY minute DESC LIMIT 1
  `.execute(db);
  return rows[0]?.minute;
}
