/** What was inspected in a job, for the jobs module. */
import type { Db } from '../../../database/database.ts';
import { type JobCountRow, selectEndsOfJobs, selectJobCounts } from './job-counts.queries.ts';

export interface JobCounts {
  /** By defect class and model version. */
  rows: readonly JobCountRow[];
  firstPartAt: Date | null;
  lastPartAt: Date | null;
}

/** By job id, for jobs with parts. Two statements, however many jobs. */
export async function countJobs(
  db: Db,
  jobs: readonly { id: string; line_id: string }[],
): Promise<Map<string, JobCounts>> {
  if (jobs.length === 0) return new Map();
  const counted = Map.groupBy(
    await selectJobCounts(
      db,
      jobs.map((job) => job.id),
    ),
    (row) => row.job_id,
  );
  const ends = jobs.flatMap((job) => {
    const rows = counted.get(job.id);
    if (!rows) return [];
    const firstMinute = new Date(Math.min(...rows.map((row) => row.first_minute.getTime())));
    const lastMinute = new Date(Math.max(...rows.map((row) => row.last_minute.getTime())));
    return [{ jobId: job.id, lineId: job.line_id, firstMinute, lastMinute }];
  });
  const found = new Map((await selectEndsOfJobs(db, ends)).map((row) => [row.job_id, row]));
  return new Map(
    [...counted].map(([jobId, rows]) => {
      const { first_at: firstPartAt = null, last_at: lastPartAt = null } = found.get(jobId) ?? {};
      return [jobId, { rows, firstPartAt, lastPartAt }];
    }),
  );
}
