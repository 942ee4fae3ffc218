/** The counts of a run's parts by name, so that other modules can point to them. */
import { builder } from '../../../kit/builder.ts';
import type { JobPartCounts } from './part-counts.service.ts';

export const JobPartCountsRef = builder.objectRef<JobPartCounts>('JobPartCounts');
