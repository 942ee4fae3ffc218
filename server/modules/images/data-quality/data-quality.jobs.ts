/** Background work of data quality: labels that are probably wrong, and the maps. */

import { z } from 'zod';
import { act } from '../../../kit/act.ts';
import type { Services } from '../../../kit/context.ts';
import { defineJob } from '../../../kit/define-job.ts';
import type { Slot } from '../../../kit/memory.ts';
import { countNewDecisions, selectPlantIds } from './data-quality.queries.ts';
import { JUDGE_LABELS_JOB } from './data-quality.service.ts';
import { judgeLabels } from './judge-labels.ts';
import { keepMap } from './lay-out-map.ts';

/** When each plant's labels were last judged by this process. */
const judgedSlot: Slot<Map<string, Date>> = { make: () => new Map() };
/** In the night, by UTC, one new decision is enough. */
const NIGHT_HOUR = 2;

/** A person asked for it, or enough decisions are new. */
export const judgeLabelsJob = defineJob({
  name: JUDGE_LABELS_JOB,
  payload: z.strictObject({ plantId: z.uuid() }),
  expireS: 3600,
  retries: 1,
  async run(services, { plantId }, signal) {
    const at = services.now();
    const found = await judgeLabels(services, plantId, signal);
    services.memory.of(judgedSlot).set(plantId, at);
    await act(services, async ({ event }) => event(plantId, { kind: 'labels.judged', data: { ...found } }));
  },
});

export const judgeLabelsDueJob = defineJob({
  name: 'judge-labels-due',
  payload: z.object({}),
  cron: '*/15 * * * *',
  async run(services) {
    for (const plantId of await selectPlantIds(services.db)) {
      if (!(await isDue(services, plantId))) continue;
      services.memory.of(judgedSlot).set(plantId, services.now());
      await services.jobs.send(services.db, JUDGE_LABELS_JOB, { plantId });
    }
  },
});

async function isDue({ db, config, memory, now }: Services, plantId: string): Promise<boolean> {
  const isNight = now().getUTCHours() === NIGHT_HOUR;
  const needed = isNight ? 1 : config.limits.judgeAfter;
  return (await countNewDecisions(db, plantId, memory.of(judgedSlot).get(plantId) ?? null, needed)) >= needed;
}

export const poolMapJob = defineJob({
  name: 'pool-map',
  payload: z.object({}),
  cron: '*/2 * * * *',
  expireS: 3600,
  async run(services, _payload, signal) {
    for (const plantId of await selectPlantIds(services.db)) {
      signal.throwIfAborted();
      const turn = await keepMap(services, plantId, signal);
      if (turn === 'laid out') services.log.info({ plantId }, 'the map of images is laid out anew');
    }
  },
});
