/** Tells the event log when results that came after a job's end have changed its summary: once a job and turn, however many came. */

import { z } from 'zod';
import { act } from '../../../kit/act.ts';
import { canonicalJson } from '../../../kit/canonical-json.ts';
import type { Services } from '../../../kit/context.ts';
import { defineJob } from '../../../kit/define-job.ts';
import { jobFacts } from './job-facts.service.ts';
import { deleteRecount, selectDueRecounts } from './job-recounts.queries.ts';
import { selectJob, updateJob } from './production-runs.queries.ts';
import { eventSummary } from './run-hooks.ts';

type Needed = Pick<Services, 'db' | 'now' | 'config' | 'hub'>;

/** Counts at most so many marked jobs again as the configuration allows for one turn; gives how many events came of it. */
export async function recountJobs(services: Needed, signal?: AbortSignal): Promise<number> {
  const { db, now, config } = services;
  const { jobRecounts, jobRecountDelayMs } = config.limits;
  const due = await selectDueRecounts(db, new Date(now().getTime() - jobRecountDelayMs), jobRecounts);
  let told = 0;
  for (const jobId of due) {
    if (signal?.aborted) break;
    if (await recountJob(services, jobId)) told += 1;
  }
  return told;
}

/** Whether the plant's log was told. */
async function recountJob(services: Needed, jobId: string): Promise<boolean> {
  return act(services, async ({ trx, event }) => {
    // Waits for recorders that hold the mark: what they write is counted.
    if (!(await deleteRecount(trx, jobId))) return false;
    const job = await selectJob(trx, jobId);
    if (!job?.ended_at) return false;
    const summary = await eventSummary(trx, job);
    if (canonicalJson(summary) === canonicalJson(job.told_summary)) return false;
    await updateJob(trx, jobId, { told_summary: JSON.stringify(summary) });
    const data = { ...(await jobFacts(trx, job)), summary };
    event(job.plant_id, { kind: 'job.summary_changed', lineId: job.line_id, data });
    return true;
  });
}

export const jobRecountsJob = defineJob({
  name: 'job-recounts',
  payload: z.object({}),
  cron: '* * * * *',
  async run(services, _payload, signal) {
    await recountJobs(services, signal);
  },
});
