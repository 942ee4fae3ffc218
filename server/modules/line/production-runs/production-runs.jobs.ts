/** Tells the event log when results that came after a job's end have changed its summary: once a job and turn, however many came. */
import { z } from 'zod';
import { systemActor } from '../../../kit/audit.ts';
import { canonicalJson } from '../../../kit/canonical-json.ts';
import type { Services } from '../../../kit/context.ts';
import { defineJob } from '../../../kit/define-job.ts';
import { appendEvents } from '../../../kit/event-log.ts';
import { jobFacts } from './job-facts.service.ts';
import { deleteRecount, selectDueRecounts } from './job-recounts.queries.ts';
import { selectJob, updateJob } from './production-runs.queries.ts';
import { eventSummary } from './run-hooks.ts';

type Needed = Pick<Services, 'db' | 'now' | 'config' | 'hub'>;

/** Counts at most so many marked jobs again as the configuration allows for one turn; gives how many events came of it. */
export async function recountJobs({ db, now, config, hub }: Needed, signal?: AbortSignal): Promise<number> {
  const { jobRecounts, jobRecountDelayMs } = config.limits;
  const due = await selectDueRecounts(db, new Date(now().getTime() - jobRecountDelayMs), jobRecounts);
  let told = 0;
  for (const jobId of due) {
    if (signal?.aborted) break;
    const plantId = await recountJob(db, jobId, now());
    if (plantId === undefined) continue;
    hub.wake('event', plantId);
    told += 1;
  }
  return told;
}

/** The plant whose log was told, if it was. */
async function recountJob(db: Needed['db'], jobId: string, now: Date): Promise<string | undefined> {
  return db.transaction().execute(async (trx) => {
    // Waits for recorders that hold the mark: what they write is counted.
    if (!(await deleteRecount(trx, jobId))) return undefined;
    const job = await selectJob(trx, jobId);
    if (!job?.ended_at) return undefined;
    const summary = await eventSummary(trx, job);
    if (canonicalJson(summary) === canonicalJson(job.told_summary)) return undefined;
    await updateJob(trx, jobId, { told_summary: JSON.stringify(summary) });
    const data = { ...(await jobFacts(trx, job)), summary };
    const event = { kind: 'job.summary_changed', occurredAt: now, lineId: job.line_id, actor: systemActor, data };
    await appendEvents(trx, job.plant_id, [event]);
    return job.plant_id;
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
