/** The quality summary of jobs: for a query, and as it stands in the event log. */
import type { Db } from '../../../database/database.ts';
import type { Context } from '../../../kit/context.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { countJobs } from '../inspections/job-counts.service.ts';
import { countParts, type JobPartCounts } from '../part-counts/part-counts.service.ts';
import type { JobRow } from '../production-runs/production-runs.table.ts';
import { type JobQuality, jobQuality } from './job-quality.ts';

export interface JobSummary extends JobQuality {
  firstPartAt: Date | null;
  lastPartAt: Date | null;
  /** From begin to end, or until now. */
  durationS: number;
  /** null when no node has counted. */
  partCounts: JobPartCounts | null;
}

/** In the order of the jobs. */
export async function summarizeJobs(db: Db, jobs: readonly JobRow[], now: Date): Promise<JobSummary[]> {
  const counts = await countJobs(db, jobs);
  const parts = await countParts(db, jobs);
  return jobs.map((job, index) => {
    const { rows = [], firstPartAt = null, lastPartAt = null } = counts.get(job.id) ?? {};
    const durationS = ((job.ended_at ?? now).getTime() - job.started_at.getTime()) / 1000;
    const partCounts = parts[index] ?? null;
    return { ...jobQuality(rows), firstPartAt, lastPartAt, durationS: Math.max(0, durationS), partCounts };
  });
}

/** Statements of an execution are shared by all jobs that it asks about. */
export function loadJobSummary(context: Context, job: JobRow): Promise<JobSummary> {
  const loader = context.loader<JobRow, JobSummary>('job summaries', (jobs) =>
    summarizeJobs(context.db, jobs, context.now()),
  );
  return loader.load(job);
}

/** The summary of an ended job as events carry it. */
export async function eventSummary(db: Db, job: JobRow): Promise<Record<string, unknown>> {
  const [summary] = await summarizeJobs(db, [job], job.ended_at ?? job.started_at);
  if (!summary) throw new Error(`job ${job.id} has no summary`);
  const { models, partCounts, ...rest } = summary;
  // Through JSON, so that it is the same as what is read back from the database.
  return JSON.parse(
    JSON.stringify({
      ...rest,
      ...(partCounts ? { partCounts: sumsOf(partCounts) } : {}),
      models: models.map(({ modelVersionId, ...use }) => ({
        modelVersionId: encodeGlobalId('ModelVersion', modelVersionId),
        ...use,
      })),
    }),
  );
}

function sumsOf({ stations: _rows, ...sums }: JobPartCounts): Record<string, number> {
  return sums;
}
