/** Removes sessions that ended long ago; the audit remembers them. */
import { z } from 'zod';
import { defineJob } from '../../../kit/define-job.ts';
import { deleteEndedSessions } from './access.queries.ts';

const keepMs = 7 * 86_400_000;

export const sessionCleanUpJob = defineJob({
  name: 'session-clean-up',
  payload: z.object({}),
  cron: '17 3 * * *',
  run: ({ db, now }) => deleteEndedSessions(db, new Date(now().getTime() - keepMs)),
});
