/** Carries out what `succeed` decides, and says what the event log is to be told. */
import type { Trx } from '../../../database/database.ts';
import { ConflictError } from '../../../kit/errors.ts';
import { newId } from '../../../kit/ids.ts';
import { jobFacts } from './job-facts.service.ts';
import { markForRecount } from './job-recounts.queries.ts';
import { type JobWord, succeed } from './job-succession.ts';
import { insertJob, selectRuns, updateJob } from './production-runs.queries.ts';
import type { JobRow } from './production-runs.table.ts';
import { eventSummary } from './run-hooks.ts';

export interface ProductionIds {
  productId: string | null;
  recipeId: string | null;
  batchId: string | null;
}

/** A job that began, went on, ended, or is MES's or a person's from now on; what the event log is told. */
export interface JobChange {
  kind: 'job.started' | 'job.ended' | 'job.taken_over';
  lineId: string;
  occurredAt: Date;
  data: Record<string, unknown>;
}

/**
 * Lets the line's jobs follow what has been said; gives the job that was spoken of, if there is one. The line must be locked.
 * Throws `ConflictError` for a start inside the time of a job that has ended.
 */
export async function hearOfJob(
  trx: Trx,
  line: { plantId: string; lineId: string; now: Date } & ProductionIds,
  word: JobWord,
): Promise<{ job: JobRow | undefined; changes: JobChange[] }> {
  const runs = await selectRuns(trx, line.lineId, word.code, word.at);
  const { ends, resumes, begins, takesOver, inside } = succeed(runs, word);
  if (inside)
    throw new ConflictError(
      'input.startedAt',
      word.at.toISOString(),
      `job ${inside.code} ran on the line until ${inside.ended_at?.toISOString()}; give that time or a later one`,
    );

  const changes: JobChange[] = [];
  let job = runs.find((run) => run.code === word.code);
  const ended = async (run: JobRow) => {
    const endedAt = run.ended_at ?? new Date(Math.max(word.at.getTime(), run.started_at.getTime()));
    const changed = { ...run, ended_at: endedAt, ended_by: word.by };
    const summary = await eventSummary(trx, changed);
    const written = await updateJob(trx, run.id, {
      ended_at: endedAt,
      ended_by: word.by,
      told_summary: JSON.stringify(summary),
    });
    // Results under way were not counted: it is looked at again when they must have arrived.
    await markForRecount(trx, [run.id], line.now);
    changes.push(await jobChange(trx, 'job.ended', written, word, { summary }));
    return written;
  };

  if (ends) {
    const written = await ended(ends);
    if (ends.id === job?.id) job = written;
  }
  if (resumes) {
    job = await updateJob(trx, resumes.id, { ended_at: null, ended_by: null, told_summary: null });
    changes.push(await jobChange(trx, 'job.started', job, word));
  }
  if (begins && word.code !== null) {
    job = await insertJob(trx, newJob(line, word, word.code, begins));
    changes.push(await jobChange(trx, 'job.started', job, word));
    if (begins.endedAt) job = await ended(job);
  }
  if (takesOver) {
    job = await updateJob(trx, takesOver.id, takesOver.ended_at ? { ended_by: word.by } : { held_by: word.by });
    if (!takesOver.ended_at) changes.push(await jobChange(trx, 'job.taken_over', job, word));
  }
  return { job, changes };
}

function newJob(
  { plantId, lineId, productId, recipeId, batchId }: { plantId: string; lineId: string } & ProductionIds,
  { by }: JobWord,
  code: string,
  { startedAt, endedAt }: { startedAt: Date; endedAt: Date | null },
) {
  return {
    id: newId(),
    plant_id: plantId,
    line_id: lineId,
    code,
    product_id: productId,
    recipe_id: recipeId,
    batch_id: batchId,
    started_at: startedAt,
    ended_at: endedAt,
    origin: by,
    held_by: by,
    ended_by: endedAt ? by : null,
  };
}

/** A job that is resumed is said to have started when it went on. */
async function jobChange(
  trx: Trx,
  kind: JobChange['kind'],
  job: JobRow,
  { by, at }: JobWord,
  also: Record<string, unknown> = {},
): Promise<JobChange> {
  const occurredAt = kind === 'job.ended' && job.ended_at ? job.ended_at : at;
  return { kind, lineId: job.line_id, occurredAt, data: { ...(await jobFacts(trx, job)), origin: by, ...also } };
}
