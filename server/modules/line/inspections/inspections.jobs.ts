/** Makes the day partitions of the days to come, so that no ingest has to wait for one. */
import { z } from 'zod';
import type { Services } from '../../../kit/context.ts';
import { defineJob } from '../../../kit/define-job.ts';
import { ensurePartitions } from './partitions.ts';

const dayMs = 86_400_000;

/** From yesterday, for what is late by an hour, to the days ahead that the configuration names. */
export function ensureDaysAhead({ db, now, config }: Pick<Services, 'db' | 'now' | 'config'>): Promise<number> {
  const today = now().getTime();
  return ensurePartitions(db, new Date(today - dayMs), new Date(today + config.limits.partitionDaysAhead * dayMs));
}

export const partitionsAheadJob = defineJob({
  name: 'partitions-ahead',
  payload: z.object({}),
  cron: '7 */6 * * *',
  async run(services) {
    await ensureDaysAhead(services);
  },
});
