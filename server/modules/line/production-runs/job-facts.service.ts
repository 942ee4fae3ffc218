/** What the event log is told of a job. */
import type { Db } from '../../../database/database.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { selectJobCodes } from './production-runs.queries.ts';
import type { JobRow } from './production-runs.table.ts';

/** What every event about the job says of it. */
export async function jobFacts(db: Db, job: JobRow): Promise<Record<string, unknown>> {
  const codes = (await selectJobCodes(db, [job.id])).get(job.id);
  return {
    jobId: encodeGlobalId('Job', job.id),
    jobCode: job.code,
    ...codes,
    startedAt: job.started_at.toISOString(),
    ...(job.ended_at ? { endedAt: job.ended_at.toISOString() } : {}),
  };
}
