/** One worker's turns at the plants' images: each plant is one worker's at a time, so that no image is measured twice. */
import type { Services } from '../../../kit/context.ts';
import { newId } from '../../../kit/ids.ts';
import { compareImages } from './compare-images.ts';
import { saveIndex } from './follow-index.ts';
import { measureImages } from './measure-images.ts';
import { beginScoring, scorePage } from './score-images.ts';
import { selectPlantsWithWork, takeTurn, updateTurn } from './similarity.queries.ts';

/** A worker that is silent for so long has lost its process; a batch takes seconds. */
const leaseMs = 120_000;

export interface WorkerTurns {
  /** Every plant a batch of each kind. True when there may be more to do. */
  work(signal?: AbortSignal): Promise<boolean>;
  /** Saves the indexes and lets other workers have the plants. */
  release(): Promise<void>;
}

export function takeTurns(services: Services): WorkerTurns {
  const worker = newId();
  const taken = new Set<string>();
  return {
    async work(signal) {
      let isBusy = false;
      for (const plantId of await selectPlantsWithWork(services.db)) {
        if (signal?.aborted) return false;
        const now = services.now();
        const until = new Date(now.getTime() + leaseMs);
        const turn = await takeTurn(services.db, { plantId, by: worker, now, until });
        if (!turn) continue;
        taken.add(plantId);
        const hasMore = await measureImages(services, plantId);
        const hasUncompared = await compareImages(services, plantId, signal);
        isBusy ||= hasMore || hasUncompared;
        if (hasMore || hasUncompared) continue;
        if (turn.scoring_from === null) await beginScoring(services.db, plantId, turn.scored_images);
        else isBusy = (await scorePage(services, plantId, turn.scoring_from)) !== null || isBusy;
      }
      return isBusy;
    },
    async release() {
      for (const plantId of taken) {
        await saveIndex(services, plantId).catch((error: unknown) =>
          services.log.warn({ err: error, plantId }, 'an index was not saved'),
        );
        await updateTurn(services.db, plantId, { taken_until: services.now() });
      }
      taken.clear();
    },
  };
}
