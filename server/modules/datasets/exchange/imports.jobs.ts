/** The jobs that carry imports out and take away archives that nobody needs any more. */

import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { act } from '../../../kit/act.ts';
import type { Services } from '../../../kit/context.ts';
import { defineJob } from '../../../kit/define-job.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { importUploadPath } from '../../../kit/paths.ts';
import type { DatasetImportRow } from './exchange.table.ts';
import { deleteImportFiles, selectImport, updateOpenImport } from './import.queries.ts';
import { IMPORT_JOB } from './imports.service.ts';
import { ImportCancelledError, ImportEndedError, runImport } from './run-import.ts';

export const importJob = defineJob({
  name: IMPORT_JOB,
  payload: z.strictObject({ importId: z.uuid() }),
  expireS: 12 * 3600,
  retries: 5,
  async run(services, { importId }, signal) {
    const { db, now, config } = services;
    const found = await selectImport(db, importId);
    // a look begins anew: it has written nothing that would be done twice
    if (found?.is_dry_run) await deleteImportFiles(db, importId);
    const change = { state: 'running' as const, started_at: found?.started_at ?? now() };
    const fresh = found?.is_dry_run ? { counts: '{}' } : {};
    const row = found && (await updateOpenImport(db, importId, { ...change, ...fresh }));
    if (!row) return;
    try {
      const counts = await runImport(services, row, signal);
      await end(services, row, { state: 'succeeded', progress: 1, counts: JSON.stringify(counts) });
      if (!row.is_dry_run && row.source_kind === 'upload') {
        await rm(importUploadPath(config.home, row.plant_id, row.source), { force: true });
      }
    } catch (error) {
      // a server that stops is no failure of the import: the queue hands it out again, and it goes on
      if (signal.aborted) throw error;
      if (error instanceof ImportCancelledError) return;
      const isSaid = error instanceof ImportEndedError;
      if (!isSaid) services.log.error({ err: error, importId }, 'an import failed');
      const words = isSaid ? error.message : 'The import failed; the log of the server says why.';
      await end(services, row, { state: 'failed', error: words });
    }
  },
});

async function end(
  services: Services,
  { id, plant_id: plantId, is_dry_run: isDryRun }: DatasetImportRow,
  change: Parameters<typeof updateOpenImport>[2],
): Promise<void> {
  await act(services, async ({ trx, now, audit, event }) => {
    const ended = await updateOpenImport(trx, id, { ...change, finished_at: now });
    if (!ended || isDryRun) return;
    const { state, counts, error } = ended;
    const data = { importId: encodeGlobalId('DatasetImport', id), state: state.toUpperCase(), ...counts };
    event(plantId, { kind: 'dataset.imported', data });
    const subject = { plantId, subjectType: 'DatasetImport', subjectId: id };
    const detail = { state, counts, error };
    audit('import.finish', subject, detail);
  });
}

/** Archives that lie for as long as exports do, whole or in part, are taken away. */
export const importCleanUpJob = defineJob({
  name: 'import-clean-up',
  payload: z.object({}),
  cron: '41 * * * *',
  async run({ config, now }) {
    await removeOldUploads(config.home, new Date(now().getTime() - config.limits.exportMs));
  },
});

/** Gives how many were taken away. */
export async function removeOldUploads(home: string, before: Date): Promise<number> {
  const root = join(home, 'imports');
  let removed = 0;
  for (const plant of await readdir(root).catch(() => [])) {
    for (const name of await readdir(join(root, plant)).catch(() => [])) {
      const path = join(root, plant, name);
      const found = await stat(path).catch(() => undefined);
      if (!found || found.mtime >= before) continue;
      await rm(path, { force: true });
      removed += 1;
    }
  }
  return removed;
}
