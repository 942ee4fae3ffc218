/** Background work of the pool. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { defineJob } from '../../../kit/define-job.ts';
import { forgetAwaited, placeImages } from './place-images.ts';

/** The queue's clock strikes once a minute; images should not wait that long for their context. */
const turnMs = 50_000;
const pauseMs = 5000;

export const poolContextJob = defineJob({
  name: 'pool-context',
  payload: z.object({}),
  cron: '* * * * *',
  async run(services, _payload, signal) {
    const endMs = performance.now() + turnMs;
    await forgetAwaited(services);
    while (!signal.aborted && performance.now() < endMs) {
      const beganMs = performance.now();
      const hasMore = await placeImages(services, signal);
      // recording goes first: with a backlog, half of the time is left to it
      const restMs = hasMore ? performance.now() - beganMs : pauseMs;
      await sleep(restMs, undefined, { signal }).catch(() => undefined);
    }
  },
});
