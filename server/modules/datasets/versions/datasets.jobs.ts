/** The job that checks a draft. */
import { z } from 'zod';
import { defineJob } from '../../../kit/define-job.ts';
import { CHECK_EXPIRES_S, CHECK_JOB } from './check-version.service.ts';
import { beginCheck, failCheck, selectVersion } from './checks.queries.ts';
import { runCheck } from './run-check.ts';

export const datasetCheckJob = defineJob({
  name: CHECK_JOB,
  payload: z.strictObject({ datasetVersionId: z.uuid() }),
  expireS: CHECK_EXPIRES_S,
  retries: 2,
  async run(services, { datasetVersionId }, signal) {
    const version = await selectVersion(services.db, datasetVersionId);
    if (!version || !(await beginCheck(services.db, datasetVersionId))) return;
    try {
      await runCheck(services, version, signal);
    } catch (error) {
      // a server that stops is no failure of the check: the queue hands it out again
      if (signal.aborted) throw error;
      services.log.error({ err: error, datasetVersionId }, 'a check of a dataset version failed');
      const words = 'The check failed; the log of the server says why. Start it again.';
      await failCheck(services.db, datasetVersionId, words, services.now());
    }
  },
});
