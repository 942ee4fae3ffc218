/** The jobs that carry exports of dataset versions out and take away archives that were kept long enough. */

import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { act } from '../../../kit/act.ts';
import type { Services } from '../../../kit/context.ts';
import { defineJob } from '../../../kit/define-job.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { exportFolder } from '../../../kit/paths.ts';
import type { DatasetExportRow } from './exchange.table.ts';
import {
  selectOldSetExports,
  selectSetExport,
  updateOpenSetExport,
  updateSetExportsToExpired,
} from './export.queries.ts';
import { runSetExport, SetExportCancelledError } from './run-set-export.ts';
import { SET_EXPORT_JOB } from './set-exports.service.ts';

/** Exports whose archives one turn takes away. */
const CLEANED_AT_ONCE = 100;

export const setExportJob = defineJob({
  name: SET_EXPORT_JOB,
  payload: z.strictObject({ exportId: z.uuid() }),
  expireS: 6 * 3600,
  retries: 5,
  async run(services, { exportId }, signal) {
    const { db, now, config } = services;
    const found = await selectSetExport(db, exportId);
    const change = { state: 'running' as const, started_at: found?.started_at ?? now() };
    const row = found && (await updateOpenSetExport(db, exportId, change));
    const remove = () => rm(exportFolder(config.home, exportId), { recursive: true, force: true });
    if (!row) return found?.state === 'succeeded' ? undefined : remove();
    try {
      const { images, regions, lost, leftOut, sizeBytes, sha256 } = await runSetExport(services, row, signal);
      await end(services, row, {
        state: 'succeeded',
        progress: 1,
        counts: JSON.stringify({ images, regions, lost }),
        left_out: JSON.stringify(leftOut),
        size_bytes: sizeBytes,
        sha256: Buffer.from(sha256, 'hex'),
      });
    } catch (error) {
      // a server that stops is no failure of the export: the queue hands it out again
      if (signal.aborted) throw error;
      await remove();
      if (error instanceof SetExportCancelledError) return;
      services.log.error({ err: error, exportId }, 'an export of a dataset failed');
      await end(services, row, { state: 'failed', error: 'The export failed; the log of the server says why.' });
    }
  },
});

async function end(
  services: Services,
  { id, plant_id: plantId }: DatasetExportRow,
  change: Parameters<typeof updateOpenSetExport>[2],
): Promise<void> {
  await act(services, async ({ trx, now, audit, event }) => {
    const ended = await updateOpenSetExport(trx, id, { ...change, finished_at: now });
    if (!ended) return;
    const { state, counts, error } = ended;
    const data = { exportId: encodeGlobalId('DatasetExport', id), state: state.toUpperCase(), ...counts };
    event(plantId, { kind: 'dataset.exported', data });
    const subject = { plantId, subjectType: 'DatasetExport', subjectId: id };
    const detail = { state, counts, error };
    audit('dataset-export.finish', subject, detail);
  });
}

export const setExportCleanUpJob = defineJob({
  name: 'dataset-export-clean-up',
  payload: z.object({}),
  cron: '29 * * * *',
  async run({ db, now, config }) {
    const old = await selectOldSetExports(db, new Date(now().getTime() - config.limits.exportMs), CLEANED_AT_ONCE);
    for (const id of old) await rm(exportFolder(config.home, id), { recursive: true, force: true });
    await updateSetExportsToExpired(db, old);
  },
});
