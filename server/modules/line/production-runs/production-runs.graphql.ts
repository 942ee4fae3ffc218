/** What runs on a line, in the schema: names and shapes only; the rules are in `production-runs.service.ts`. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { optionalKeyOf } from '../../../kit/global-id.ts';
import { LineRef, MaterialBatchRef, ProductRef, RecipeRef } from '../../plant/parts/plants.ref.ts';
import { loadOptionalPart, loadPart } from '../../plant/parts/plants.service.ts';
import type { JobOrigin } from './job-succession.ts';
import { JobRef } from './production-runs.ref.ts';
import { findProduction, listJobs, loadOpenJob, loadProduction } from './production-runs.service.ts';

const readers = { roles: READERS };

builder.node(RecipeRef, {
  description: 'A set of parameters that a machine runs with.',
  authScopes: readers,
  id: { resolve: (recipe) => recipe.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findProduction(context, 'recipe', ids),
  fields: (t) => ({
    code: t.exposeString('code', { description: 'As the machine names it; unique in the plant.' }),
  }),
});

builder.node(MaterialBatchRef, {
  description: 'A batch of material.',
  authScopes: readers,
  id: { resolve: (batch) => batch.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findProduction(context, 'material_batch', ids),
  fields: (t) => ({
    code: t.exposeString('code', { description: 'As the machine or the MES names it; unique in the plant.' }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When it was first heard of.' }),
  }),
});

const JobOriginEnum = builder.enumType('JobOrigin', {
  description: 'Who speaks of a job.',
  values: {
    MACHINE: { value: 'machine' as JobOrigin, description: 'The line’s machine, over OPC UA.' },
    MES: { value: 'mes' as JobOrigin, description: 'The MES, by mutation.' },
    PERSON: { value: 'person' as JobOrigin, description: 'A person, by mutation.' },
  },
});

builder.node(JobRef, {
  description:
    'One run of a product, recipe and batch on a line; a line runs one at a time. The last to speak of a new job is believed, be it the machine, MES or a person. A job of MES or a person stays until they end it or the machine names another code; what they ended stays ended while the machine goes on naming it. A job that the machine ended goes on when it names it again.',
  authScopes: readers,
  id: { resolve: (job) => job.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findProduction(context, 'job', ids),
  fields: (t) => ({
    code: t.exposeString('code', { description: 'As the machine or the MES names it; unique on the line.' }),
    startedAt: t.expose('started_at', { type: 'DateTime', description: 'When it began.' }),
    endedAt: t.expose('ended_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended; null while it runs.',
    }),
    origin: t.expose('origin', { type: JobOriginEnum, description: 'Who began it.' }),
    heldBy: t.expose('held_by', {
      type: JobOriginEnum,
      description: 'Whose word it stays by: the MES’s or a person’s when they have started it, too.',
    }),
    endedBy: t.expose('ended_by', {
      type: JobOriginEnum,
      nullable: true,
      description: 'Who ended it, or began the job that followed; null while it runs.',
    }),
    line: t.field({
      type: LineRef,
      description: 'The line it runs on.',
      resolve: (job, _args, context) => loadPart(context, 'line', job.line_id),
    }),
    product: t.field({
      type: ProductRef,
      nullable: true,
      description: 'What is made.',
      resolve: (job, _args, context) => loadOptionalPart(context, 'product', job.product_id),
    }),
    recipe: t.field({
      type: RecipeRef,
      nullable: true,
      description: 'What the machine runs with.',
      resolve: (job, _args, context) => loadProduction(context, 'recipe', job.recipe_id),
    }),
    batch: t.field({
      type: MaterialBatchRef,
      nullable: true,
      description: 'What it is made from.',
      resolve: (job, _args, context) => loadProduction(context, 'material_batch', job.batch_id),
    }),
  }),
});

builder.objectField(LineRef, 'currentJob', (t) =>
  t.field({
    type: JobRef,
    nullable: true,
    authScopes: readers,
    description: 'The job that runs now.',
    resolve: (line, _args, context) => loadOpenJob(context, line.id),
  }),
);

const JobFilter = builder.inputType('JobFilter', {
  description: 'Which jobs; all of what is given must hold.',
  fields: (t) => ({
    plantId: t.id({ description: 'Of this plant.' }),
    lineId: t.id({ description: 'Of this line.' }),
    code: t.string({ description: 'With this code.' }),
    origin: t.field({ type: JobOriginEnum, description: 'That the machine, MES or a person began.' }),
    productCode: t.string({ description: 'That make this product.' }),
    batchCode: t.string({ description: 'From this batch.' }),
    open: t.boolean({ description: 'That still run, or have ended.' }),
    from: t.field({ type: 'DateTime', description: 'That ran at this time or later.' }),
    to: t.field({ type: 'DateTime', description: 'That began before this time.' }),
  }),
});

builder.queryField('jobs', (t) =>
  t.connection({
    type: JobRef,
    description: 'Jobs, newest start first.',
    authScopes: readers,
    args: { filter: t.arg({ type: JobFilter, description: 'Which jobs; all when left out.' }) },
    resolve: (_root, { filter, ...page }, context) =>
      listJobs(
        context,
        {
          plantId: optionalKeyOf('Plant', filter?.plantId, 'filter.plantId'),
          lineId: optionalKeyOf('Line', filter?.lineId, 'filter.lineId'),
          code: filter?.code ?? null,
          origin: filter?.origin ?? null,
          productCode: filter?.productCode ?? null,
          batchCode: filter?.batchCode ?? null,
          isOpen: filter?.open ?? null,
          from: filter?.from ?? null,
          to: filter?.to ?? null,
        },
        page,
      ),
  }),
);
