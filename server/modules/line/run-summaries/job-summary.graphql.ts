/** A job's quality, in the schema: names and shapes only; the counting is in `job-summary.service.ts`. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { JobPartCountsRef } from '../part-counts/part-counts.ref.ts';
import { JobRef } from '../production-runs/production-runs.ref.ts';
import { type ClassRejects, PARETO_CLASSES } from './job-quality.ts';
import { ModelUseRef } from './job-summary.ref.ts';
import { type JobSummary, loadJobSummary } from './job-summary.service.ts';

const readers = { roles: READERS };

const ClassRejectsRef = builder.objectRef<ClassRejects>('ClassRejects').implement({
  description: 'Rejects of one class of defect: a part counts for the class of its defect with the highest score.',
  authScopes: readers,
  fields: (t) => ({
    defectClass: t.exposeString('defectClass', {
      nullable: true,
      description: 'The class; null for rejects without a named defect.',
    }),
    count: t.exposeInt('count', { description: 'Rejects.' }),
    share: t.exposeFloat('share', { description: 'Of all rejects of the job.' }),
    cumulativeShare: t.exposeFloat('cumulativeShare', {
      description: 'Of this class and those with more rejects together.',
    }),
  }),
});

ModelUseRef.implement({
  description: 'A model version that judged parts of a job.',
  authScopes: readers,
  fields: (t) => ({
    total: t.exposeInt('total', { description: 'Inspections that it judged.' }),
    reject: t.exposeInt('reject', { description: 'Rejected among them.' }),
    firstMinute: t.expose('firstMinute', { type: 'DateTime', description: 'Begin of the first minute with one.' }),
    lastMinute: t.expose('lastMinute', { type: 'DateTime', description: 'Begin of the last minute with one.' }),
  }),
});

const JobSummaryRef = builder.objectRef<JobSummary>('JobSummary').implement({
  description:
    'The quality of what a job made, as far as results have arrived: always equal to the raw rows. Its last state is in the event `job.ended`, and in `job.summary_changed` when results came later.',
  authScopes: readers,
  fields: (t) => ({
    total: t.exposeInt('total', {
      description: 'Inspections; a part that several cameras look at counts for each of them.',
    }),
    pass: t.exposeInt('pass', { description: 'Passed.' }),
    reject: t.exposeInt('reject', { description: 'Rejected.' }),
    uncertain: t.exposeInt('uncertain', { description: 'Uncertain.' }),
    rejectRate: t.exposeFloat('rejectRate', {
      nullable: true,
      description: 'Share of rejects; null when nothing was inspected.',
    }),
    rejectRateLow: t.exposeFloat('rejectRateLow', {
      nullable: true,
      description: 'Lower end of the 95 % Wilson score interval of the reject rate.',
    }),
    rejectRateHigh: t.exposeFloat('rejectRateHigh', {
      nullable: true,
      description: 'Upper end of the 95 % Wilson score interval of the reject rate.',
    }),
    rejectsByClass: t.field({
      type: [ClassRejectsRef],
      description: `Rejects by class of defect, most first (Pareto); at most ${PARETO_CLASSES} classes.`,
      resolve: (summary) => summary.rejectsByClass,
    }),
    otherRejects: t.exposeInt('otherRejects', { description: 'Rejects of the classes beyond those.' }),
    models: t.field({
      type: [ModelUseRef],
      description: 'The model versions that judged its parts, in the order in which they came into use.',
      resolve: (summary) => summary.models,
    }),
    firstPartAt: t.expose('firstPartAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the first part was captured.',
    }),
    lastPartAt: t.expose('lastPartAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the last part was captured.',
    }),
    partCounts: t.expose('partCounts', {
      type: JobPartCountsRef,
      nullable: true,
      description: 'Where its parts have gone; null when no node has counted them.',
    }),
    durationS: t.exposeFloat('durationS', { description: 'Seconds from its begin to its end, or until now.' }),
  }),
});

builder.objectField(JobRef, 'summary', (t) =>
  t.field({
    type: JobSummaryRef,
    authScopes: readers,
    description: 'The quality of what it made.',
    resolve: (job, _args, context) => loadJobSummary(context, job),
  }),
);
