/** Corrections in the schema: names and shapes only; the rules are in `correct-production.ts`. */
import { builder } from '../../../kit/builder.ts';
import { InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { LineRef } from '../../plant/parts/plants.ref.ts';
import { CORRECTORS, type Corrected, correctProduction } from './correct-production.ts';

const correctors = { roles: CORRECTORS };

const CorrectProductionInput = builder.inputType('CorrectProductionInput', {
  description:
    'What was recorded of a line’s production and is wrong. A code that is left out stays; null takes it away.',
  fields: (t) => ({
    lineId: t.id({ required: true, description: 'The line.' }),
    from: t.field({ type: 'DateTime', required: true, description: 'Captured at this time or later.' }),
    to: t.field({ type: 'DateTime', required: true, description: 'Captured before this time.' }),
    jobCode: t.string({ description: 'The job, which the line must have had.' }),
    productCode: t.string({ description: 'The product; a new code becomes a product.' }),
    recipeCode: t.string({ description: 'The recipe; a new code becomes a recipe.' }),
    batchCode: t.string({ description: 'The material batch; a new code becomes a batch.' }),
    reason: t.string({ required: true, description: 'Why; goes into audit and event log.' }),
    dryRun: t.boolean({ description: 'Change nothing, only tell how many inspections would change.' }),
  }),
});

const CorrectProductionPayload = builder.objectRef<Corrected>('CorrectProductionPayload').implement({
  description: 'What was corrected, or would be.',
  authScopes: correctors,
  fields: (t) => ({
    line: t.expose('line', { type: LineRef, description: 'The line.' }),
    corrected: t.exposeInt('corrected', { description: 'Inspections that changed, or would change.' }),
    dryRun: t.exposeBoolean('dryRun', { description: 'Whether nothing was changed.' }),
  }),
});

builder.mutationField('correctProduction', (t) =>
  t.field({
    type: CorrectProductionPayload,
    description:
      'Corrects job, product, recipe or batch of what a line has recorded in a time, with every count of it, for quality engineers and administrators of the plant. Verdicts and measurements never change, and a result that is sent again is still a duplicate. Live readers are told by the event `inspections.corrected`.',
    authScopes: correctors,
    errors: { types: [InvalidInputError, NotFoundError] },
    args: { input: t.arg({ type: CorrectProductionInput, required: true, description: 'What is wrong.' }) },
    resolve: (_root, { input }, context) =>
      correctProduction(context, {
        ...input,
        lineId: keyOf('Line', input.lineId, 'input.lineId'),
        dryRun: input.dryRun ?? false,
      }),
  }),
);
