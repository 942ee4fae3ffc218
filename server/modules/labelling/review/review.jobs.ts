/** Keeps the queue filled with what is worth a look, in small steps. */
import { z } from 'zod';
import { defineJob } from '../../../kit/define-job.ts';
import { weighQueue } from './weigh-queue.ts';

export const reviewWeighJob = defineJob({
  name: 'review-weigh',
  payload: z.object({}),
  cron: '*/2 * * * *',
  run: (services, _payload, signal) => weighQueue(services, signal),
});
