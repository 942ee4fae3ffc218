/** Rolls up hours and days by the clock. */
import { z } from 'zod';
import { defineJob } from '../../../kit/define-job.ts';
import { rollUp } from './roll-up.service.ts';

export const rollUpJob = defineJob({
  name: 'roll-up',
  payload: z.object({}),
  cron: '*/5 * * * *',
  async run({ db, now, config, log }, _payload, signal) {
    const { rollupHours, rollupSteps } = config.limits;
    const steps = await rollUp(db, { hoursPerStep: rollupHours, steps: rollupSteps, now: now(), signal });
    if (steps === rollupSteps) log.info({ steps }, 'rollups are behind; the next turn goes on');
  },
});
