/** What the modules above know of a production run. */
import type { Db } from '../../../database/database.ts';
import { defineHook } from '../../../kit/hook.ts';
import type { JobRow } from './production-runs.table.ts';

/** The quality summary of an ended job as events carry it. */
export const eventSummary = defineHook<[db: Db, job: JobRow], Promise<Record<string, unknown>>>('eventSummary');
