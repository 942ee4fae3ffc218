/** What a line's picture needs of the minute rollup; every other question of counts is the statistics module's. */
import { sql } from 'kysely';
import type { Db } from '../../../database/database.ts';
import type { ShiftRow } from '../../plant/parts/shifts.table.ts';

/** Counts of one bucket, and of one group where the question has groups: a key that was not asked for is absent. */
export interface StatsRow {
  bucket: Date;
  pass: number;
  reject: number;
  uncertain: number;
  line_id?: string;
  station_id?: string;
  camera_id?: string;
  defect_class?: string | null;
  batch_id?: string | null;
  product_id?: string | null;
  job_id?: string | null;
  model_version_id?: string;
  shift?: ShiftRow | null;
}

/** Counts by minute of the minutes that begin in [from, to), oldest first; empty ones are absent. */
export async function selectMinuteStats(db: Db, lineId: string, from: Date, to: Date): Promise<StatsRow[]> {
  const { rows } = await sql<StatsRow>`
    SELECT minute AS bucket, sum(pass_count)::bigint AS pass, sum(reject_count)::bigint AS reject, sum(uncertain_count)::bigint AS uncertain
    FROM inspection_minute
    WHERE line_id = ${lineId} AND minute >= ${from} AND minute < ${to}
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
