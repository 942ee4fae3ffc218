/** The job that lists what is due, or deletes what was listed: in small steps that can be cut short anywhere and gone on with. */

import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { act } from '../../../kit/act.ts';
import type { Services } from '../../../kit/context.ts';
import { defineJob } from '../../../kit/define-job.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { imagePath, sketchPath, thumbnailPath, thumbnailWidths } from '../../../kit/paths.ts';
import {
  countList,
  deleteList,
  deleteNext,
  listDue,
  lockDeleted,
  selectRun,
  updateOpenRun,
  updateRemoved,
} from './retention.queries.ts';
import { RETENTION_JOB } from './retention.service.ts';
import type { RetentionCounts, RetentionRunRow } from './retention.table.ts';

/** Rows looked at in one statement, and images deleted in one transaction. */
const LOOKED_AT = 5000;
const DELETED_AT_ONCE = 200;

export const retentionJob = defineJob({
  name: RETENTION_JOB,
  payload: z.strictObject({ runId: z.uuid() }),
  expireS: 6 * 3600,
  retries: 5,
  async run(services, { runId }, signal) {
    const found = await selectRun(services.db, runId);
    if (found) await performRetention(services, found, signal);
  },
});

/** Carries the run out to its end, or throws when it was cut short. */
export async function performRetention(
  services: Services,
  found: RetentionRunRow,
  signal?: AbortSignal,
): Promise<void> {
  const run = await updateOpenRun(services.db, found.id, { state: 'running' });
  if (!run) return;
  try {
    if (run.dry_run_id === null) await makeList(services, run, signal);
    else await carryOut(services, run, run.dry_run_id, signal);
  } catch (error) {
    if (signal?.aborted) throw error;
    services.log.error({ err: error, runId: run.id }, 'a run of retention failed');
    await end(services, run, { state: 'failed', error: 'The run failed; the log of the server says why.' });
    return;
  }
  await end(services, run, { state: 'succeeded' });
}

async function makeList(services: Services, run: RetentionRunRow, signal?: AbortSignal): Promise<void> {
  const { db, now, config } = services;
  await deleteList(db, run.id);
  let after: Buffer | null = null;
  for (let listed = 0; listed < config.limits.retentionImages; ) {
    signal?.throwIfAborted();
    const most = Math.min(LOOKED_AT, config.limits.retentionImages - listed);
    const step = await listDue(db, { id: run.id, plantId: run.plant_id, rules: run.rules }, after, most, now());
    if (step.last === null) return;
    after = step.last;
    listed += step.listed;
  }
}

async function carryOut(services: Services, run: RetentionRunRow, listId: string, signal?: AbortSignal): Promise<void> {
  const list = { id: listId, plantId: run.plant_id, rules: run.rules };
  for (;;) {
    signal?.throwIfAborted();
    const looked = await act(services, ({ trx, now }) => deleteNext(trx, list, DELETED_AT_ONCE, now));
    const removed = await removeFiles(services, list);
    if (looked === 0 && removed === 0) return;
  }
}

/** The rows say already that the files are gone; who asks for one meanwhile is told so. */
function removeFiles(services: Services, list: { id: string; plantId: string }): Promise<number> {
  const { home } = services.config;
  return act(services, async ({ trx }) => {
    for (const sha256 of await lockDeleted(trx, list, DELETED_AT_ONCE)) {
      await rm(imagePath(home, list.plantId, sha256), { force: true });
      await rm(sketchPath(home, list.plantId, sha256), { force: true });
      for (const width of thumbnailWidths) await rm(thumbnailPath(home, list.plantId, sha256, width), { force: true });
    }
    return updateRemoved(trx, list.id, DELETED_AT_ONCE);
  });
}

async function end(
  services: Services,
  run: RetentionRunRow,
  change: Pick<RetentionRunRow, 'state'> & { error?: string },
): Promise<void> {
  await act(services, async ({ trx, now, audit, event }) => {
    const sums = await countList(trx, run.dry_run_id ?? run.id, !run.is_dry);
    const counts: RetentionCounts = Object.fromEntries(
      sums.map(({ kind, images, bytes }) => [kind, { images, bytes }]),
    );
    const ended = await updateOpenRun(trx, run.id, { ...change, counts: JSON.stringify(counts), finished_at: now });
    if (!ended || run.is_dry) return;
    const data = { runId: encodeGlobalId('RetentionRun', run.id), state: change.state.toUpperCase(), counts };
    event(run.plant_id, { kind: 'retention.finished', data });
    const subject = { plantId: run.plant_id, subjectType: 'RetentionRun', subjectId: run.id };
    const { dry_run_id: dryRunId, requested_by: requestedBy } = run;
    audit('retention.finish', subject, { state: change.state, counts, dryRunId, requestedBy });
  });
}
