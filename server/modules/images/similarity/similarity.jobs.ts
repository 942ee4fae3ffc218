/** Background work at images: measured when they come, held against the others, and all of them scored again now and then. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { defineJob } from '../../../kit/define-job.ts';
import { EMBEDDER } from './embedding-graph.ts';
import { resetOldEmbedder } from './similarity.queries.ts';
import { takeTurns } from './worker-turns.ts';

/** The queue's clock strikes once a minute; images should not wait that long. */
const turnMs = 50_000;
const pauseMs = 3000;
const resetRows = 1000;

export const poolMeasureJob = defineJob({
  name: 'pool-measure',
  payload: z.object({}),
  cron: '* * * * *',
  async run(services, _payload, signal) {
    const endMs = performance.now() + turnMs;
    await resetOldEmbedder(services.db, EMBEDDER, resetRows);
    const turns = takeTurns(services);
    try {
      while (!signal.aborted && performance.now() < endMs) {
        const isBusy = await turns.work(signal);
        if (!isBusy) await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      await turns.release();
    }
  },
});
