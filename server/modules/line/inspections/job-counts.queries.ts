/** Every SQL statement that counts what jobs made. */
import { sql } from 'kysely';
import { plainArray } from '../../../database/array-literal.ts';
import type { Db } from '../../../database/database.ts';

/** Counts of one job, defect class and model version. */
export interface JobCountRow {
  job_id: string;
  defect_class: string | null;
  model_version_id: string;
  pass: number;
  reject: number;
  uncertain: number;
  first_minute: Date;
  last_minute: Date;
}

/** From the minute rollup, which is written in the transaction that records the rows. */
export async function selectJobCounts(db: Db, jobIds: readonly string[]): Promise<JobCountRow[]> {
  const { rows } = await sql<JobCountRow>`
    SELECT job_id, defect_class, model_version_id, sum(pass_count)::bigint AS pass, sum(reject_count)::bigint AS reject,
      sum(uncertain_count)::bigint AS uncertain, min(minute) AS first_minute, max(minute) AS last_minute
    FROM inspection_minute
    WHERE job_id = ANY(${plainArray([...jobIds])}::uuid[])
    GROUP BY job_id, defect_class, model_version_id
    HAVING sum(pass_count + reject_count + uncertain_count) > 0
  `.execute(db);
  return rows;
}

/** The minutes in which a job's first and last parts were captured. */
export interface JobEnds {
  jobId: string;
  lineId: string;
  firstMinute: Date;
  lastMinute: Date;
}

/** First and last capture of each job, looked for in these minutes only. */
export async function selectEndsOfJobs(
  db: Db,
  jobs: readonly JobEnds[],
): Promise<{ job_id: string; first_at: Date | null; last_at: Date | null }[]> {
  const times = (pick: (job: JobEnds) => Date) => plainArray(jobs.map((job) => pick(job).toISOString()));
  const { rows } = await sql<{ job_id: string; first_at: Date | null; last_at: Date | null }>`
    SELECT w.job_id, f.at AS first_at, l.at AS last_at
    FROM unnest(
      ${plainArray(jobs.map((job) => job.jobId))}::uuid[], ${plainArray(jobs.map((job) => job.lineId))}::uuid[],
      ${times((job) => job.firstMinute)}::timestamptz[], ${times((job) => job.lastMinute)}::timestamptz[]
    ) AS w (job_id, line_id, first_minute, last_minute)
    CROSS JOIN LATERAL (
      SELECT min(i.captured_at) AS at FROM inspection i
      WHERE i.line_id = w.line_id AND i.job_id = w.job_id
        AND i.captured_at >= w.first_minute AND i.captured_at < w.first_minute + interval '1 minute'
    ) f
    CROSS JOIN LATERAL (
      SELECT max(i.captured_at) AS at FROM inspection i
      WHERE i.line_id = w.line_id AND i.job_id = w.job_id
        AND i.captured_at >= w.last_minute AND i.captured_at < w.last_minute + interval '1 minute'
    ) l
  `.execute(db);
  return rows;
}
