/** The jobs that carry exports out and take away their files when they were kept long enough. */

import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { act } from '../../../kit/act.ts';
import type { Services } from '../../../kit/context.ts';
import { defineJob } from '../../../kit/define-job.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { exportFolder } from '../../../kit/paths.ts';
import {
  deleteFiles,
  selectExport,
  selectOldExports,
  updateOpenExport,
  updateToExpired,
} from './result-exports.queries.ts';
import { EXPORT_JOB } from './result-exports.service.ts';
import type { InspectionExportRow } from './result-exports.table.ts';
import { ExportCancelledError, ExportEndedError, runExport } from './run-export.ts';

/** Exports whose files one turn takes away. */
const CLEANED_AT_ONCE = 100;

export const exportJob = defineJob({
  name: EXPORT_JOB,
  payload: z.strictObject({ exportId: z.uuid() }),
  expireS: 6 * 3600,
  retries: 5,
  async run(services, { exportId }, signal) {
    const { db, now } = services;
    const found = await selectExport(db, exportId);
    const row =
      found && (await updateOpenExport(db, exportId, { state: 'running', started_at: found.started_at ?? now() }));
    if (!row) return removeFiles(services, exportId);
    try {
      await runExport(services, row, signal);
    } catch (error) {
      // a server that stops is no failure of the export: the queue hands it out again, and it goes on
      if (signal.aborted) throw error;
      if (error instanceof ExportCancelledError) return removeFiles(services, exportId);
      if (!(error instanceof ExportEndedError)) {
        services.log.error({ err: error, exportId }, 'an export failed');
      }
      const words =
        error instanceof ExportEndedError ? error.message : 'The export failed; the log of the server says why.';
      await end(services, row, { state: 'failed', error: words });
      return removeFiles(services, exportId);
    }
    await end(services, row, { state: 'succeeded', progress: 1 });
  },
});

async function end(
  services: Services,
  { id, plant_id: plantId }: InspectionExportRow,
  change: Partial<Pick<InspectionExportRow, 'state' | 'progress' | 'error'>>,
): Promise<void> {
  await act(services, async ({ trx, now, audit, event }) => {
    const ended = await updateOpenExport(trx, id, { ...change, finished_at: now });
    if (!ended) return;
    const data = {
      exportId: encodeGlobalId('InspectionExport', id),
      state: ended.state.toUpperCase(),
      rows: ended.row_count,
    };
    event(plantId, { kind: 'export.finished', data });
    const subject = { plantId, subjectType: 'InspectionExport', subjectId: id };
    audit('export.finish', subject, { state: ended.state, rows: ended.row_count, error: ended.error });
  });
}

/** Files first: a row without its file is better than a file that no row names. */
async function removeFiles({ db, config }: Pick<Services, 'db' | 'config'>, exportId: string): Promise<void> {
  await rm(exportFolder(config.home, exportId), { recursive: true, force: true });
  await deleteFiles(db, exportId);
}

export const exportCleanUpJob = defineJob({
  name: 'export-clean-up',
  payload: z.object({}),
  cron: '23 * * * *',
  async run(services) {
    await removeOldExports(services);
  },
});

/** Gives how many exports lost their files. */
export async function removeOldExports(services: Pick<Services, 'db' | 'now' | 'config'>): Promise<number> {
  const { db, now, config } = services;
  const old = await selectOldExports(db, new Date(now().getTime() - config.limits.exportMs), CLEANED_AT_ONCE);
  for (const id of old) {
    await removeFiles(services, id);
    await updateToExpired(db, id);
  }
  return old.length;
}
