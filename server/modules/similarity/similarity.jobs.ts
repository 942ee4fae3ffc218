/** Background work at images: measured when they come, held against the others, and all of them scored again now and then. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Services } from '../../kit/context.ts';
import { defineJob } from '../../kit/define-job.ts';
import { newId } from '../../kit/ids.ts';
import { compareImages } from './compare-images.ts';
import { EMBEDDER } from './embedding-graph.ts';
import { saveIndex } from './follow-index.ts';
import { measureImages } from './measure-images.ts';
import { beginScoring, scorePage } from './score-images.ts';
import { resetOldEmbedder, selectPlantsWithWork, takeTurn, updateTurn } from './similarity.queries.ts';

/** The queue's clock strikes once a minute; images should not wait that long. */
const turnMs = 50_000;
const pauseMs = 3000;
/** A worker that is silent for so long has lost its process; a batch takes seconds. */
const leaseMs = 120_000;
const resetRows = 1000;

export const poolMeasureJob = defineJob({
  name: 'pool-measure',
  payload: z.object({}),
  cron: '* * * * *',
  async run(services, _payload, signal) {
    const endMs = performance.now() + turnMs;
    const worker = newId();
    await resetOldEmbedder(services.db, EMBEDDER, resetRows);
    const taken = new Set<string>();
    try {
      while (!signal.aborted && performance.now() < endMs) {
        const isBusy = await workOnce(services, worker, taken, signal);
        if (!isBusy) await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      for (const plantId of taken) {
        await saveIndex(services, plantId).catch(() => undefined);
        await updateTurn(services.db, plantId, { taken_until: services.now() });
      }
    }
  },
});

/** Every plant a batch of each kind. True when there was anything to do. */
export async function workOnce(
  services: Services,
  worker: string,
  taken: Set<string>,
  signal?: AbortSignal,
): Promise<boolean> {
  let isBusy = false;
  for (const plantId of await selectPlantsWithWork(services.db)) {
    if (signal?.aborted) return false;
    const now = services.now();
    const turn = await takeTurn(services.db, {
      plantId,
      by: worker,
      now,
      until: new Date(now.getTime() + leaseMs),
    });
    if (!turn) continue;
    taken.add(plantId);
    const hasMore = await measureImages(services, plantId);
    const hasCompared = await compareImages(services, plantId, signal);
    isBusy ||= hasMore || hasCompared;
    if (hasMore || hasCompared) continue;
    if (turn.scoring_from === null) await beginScoring(services.db, plantId, turn.scored_images);
    else isBusy ||= (await scorePage(services, plantId, turn.scoring_from)) !== null;
  }
  return isBusy;
}
