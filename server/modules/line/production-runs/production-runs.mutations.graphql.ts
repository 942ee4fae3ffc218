/** Starting and ending jobs: shapes only; the rules are in `job-acts.service.ts` and `job-succession.ts`. */
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { endJob, JOB_KEEPERS, startJob } from './job-acts.service.ts';
import { JobRef } from './production-runs.ref.ts';

const keepers = { roles: JOB_KEEPERS };

const StartJobInput = builder.inputType('StartJobInput', {
  description: 'A job that begins.',
  fields: (t) => ({
    lineId: t.id({ required: true, description: 'The line that it runs on.' }),
    code: t.string({ required: true, description: 'As MES names it; unique on the line.' }),
    productCode: t.string({ required: true, description: 'What is made; a new code becomes a product.' }),
    recipeCode: t.string({ description: 'What the machine is to run with.' }),
    batchCode: t.string({ description: 'What it is made from.' }),
    startedAt: t.field({ type: 'DateTime', description: 'When it began; now when left out.' }),
  }),
});

const EndJobInput = builder.inputType('EndJobInput', {
  description: 'A job that ends: its id, or its line and code.',
  fields: (t) => ({
    jobId: t.id({ description: 'The job.' }),
    lineId: t.id({ description: 'The line that it runs on.' }),
    code: t.string({ description: 'Its code on that line.' }),
    endedAt: t.field({ type: 'DateTime', description: 'When it ended; now when left out.' }),
  }),
});

builder.mutationFields((t) => ({
  startJob: t.field({
    type: JobRef,
    description:
      'Begins a job and ends the one that runs on the line. It stays until it is ended, or the machine names another job. Sent again it is the same job, running or ended; another product, recipe, batch or start for the same code is a conflict. A job that the machine began is taken over. Parts whose machine names no job count for it. For MES, operators, quality engineers and administrators of the plant.',
    authScopes: keepers,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: StartJobInput, required: true, description: 'What begins.' }) },
    resolve: (_root, { input }, context) => startJob(context, input),
  }),
  endJob: t.field({
    type: JobRef,
    description:
      'Ends a job; the event `job.ended` carries its summary. It stays ended even while its machine goes on naming it. One that has ended already keeps the time at which it did. For MES, operators, quality engineers and administrators of the plant.',
    authScopes: keepers,
    errors: { types: [InvalidInputError, NotFoundError] },
    args: { input: t.arg({ type: EndJobInput, required: true, description: 'What ends.' }) },
    resolve: (_root, { input }, context) => endJob(context, input),
  }),
}));
