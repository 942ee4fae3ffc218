/** The type of a production run by name, so that other modules can point to it. */
import { builder } from '../../../kit/builder.ts';
import type { JobRow } from './production-runs.table.ts';

export const JobRef = builder.objectRef<JobRow>('Job');
