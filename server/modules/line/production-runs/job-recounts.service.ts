/** How other modules say that something has changed the summary of a job that may have ended. */
import type { Trx } from '../../../database/database.ts';
import { markForRecount, selectEndedJobs } from './job-recounts.queries.ts';

/** Has those of the jobs that have ended told of again. A job that nobody has begun is no matter. */
export async function markJobsForRecount(
  trx: Trx,
  jobs: readonly { line_id: string; code: string }[],
  since: Date,
): Promise<void> {
  if (jobs.length === 0) return;
  const ended = await selectEndedJobs(trx, jobs);
  if (ended.length > 0) await markForRecount(trx, ended, since);
}
