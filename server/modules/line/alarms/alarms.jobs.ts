/** Looks at reject rates and image statistics once a minute. */
import { z } from 'zod';
import { defineJob } from '../../../kit/define-job.ts';
import { evaluateAlarms } from './evaluate-alarms.service.ts';

export const alarmEvaluationJob = defineJob({
  name: 'alarm-evaluation',
  payload: z.object({}),
  cron: '* * * * *',
  run: (services) => evaluateAlarms(services),
});
