/** Tags, what a selection is made of, and saved views: names and shapes only. */
import { askedWords } from '#schema/production-context.ts';
import { CURATORS, READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { personRoles } from '../../../kit/rights.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { PlantRef } from '../../plant/parts/plants.ref.ts';
import { loadPart } from '../../plant/parts/plants.service.ts';
import { PoolViewRef } from './pool.ref.ts';
import { PoolFilter } from './pool-filter.ref.ts';
import { readPoolFilter } from './read-filter.ts';
import type { FacetRow } from './tags.queries.ts';
import { poolFacets, tagImages } from './tags.service.ts';
import { findViews, listViews, removeView, saveView } from './views.service.ts';

const readers = { roles: READERS };
const people = { roles: personRoles };
const taggers = { roles: CURATORS };
const plantOf = (globalId: string, field: string) => ({ id: keyOf('Plant', globalId, field), globalId });

builder.node(PoolViewRef, {
  description: 'A filter of the pool with its order, by a name.',
  authScopes: people,
  id: { resolve: (row) => row.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findViews(context, ids),
  fields: (t) => ({
    plant: t.field({
      type: PlantRef,
      description: 'Whose pool it is of.',
      resolve: (row, _args, context) => loadPart(context, 'plant', row.plant_id),
    }),
    name: t.exposeString('name', { description: 'What the person calls it.' }),
    question: t.expose('question', { type: 'JSON', description: 'As it was saved: filter and sort of poolImages.' }),
    isShared: t.exposeBoolean('is_shared', { description: 'Whether everybody in the plant has it.' }),
    madeBy: t.field({
      type: PersonRef,
      description: 'Who saved it.',
      resolve: (row, _args, context) => loadPerson(context, row.made_by),
    }),
    madeAt: t.expose('made_at', { type: 'DateTime', description: 'When it was saved last.' }),
  }),
});

builder.queryField('poolViews', (t) =>
  t.field({
    type: [PoolViewRef],
    description: 'Saved views of a plant’s pool: one’s own and those that are shared, by name.',
    authScopes: people,
    args: { plantId: t.arg.id({ required: true, description: 'The plant.' }) },
    resolve: (_root, { plantId }, context) => listViews(context, plantOf(plantId, 'plantId')),
  }),
);

const PoolFacetRef = builder.objectRef<FacetRow>('PoolFacet').implement({
  description: 'How often a value occurs among images.',
  authScopes: readers,
  fields: (t) => ({
    field: t.exposeString('field', {
      description: `line, verdict, defectClass, labelState, label, captureReason, origin, ${askedWords.join(', ')} or tag.`,
    }),
    value: t.exposeString('value', { description: 'The value; of a line its global id.' }),
    count: t.exposeInt('count', { description: 'Images that have it.' }),
  }),
});

builder.queryField('poolFacets', (t) =>
  t.field({
    type: [PoolFacetRef],
    description:
      'What the selected images are made of, by field, the most frequent value first; of no more images than are counted.',
    authScopes: readers,
    args: {
      plantId: t.arg.id({ required: true, description: 'The plant.' }),
      filter: t.arg({ type: PoolFilter, description: 'Which images; all when left out.' }),
    },
    resolve: (_root, { plantId, filter }, context) =>
      poolFacets(context, plantOf(plantId, 'plantId'), readPoolFilter(context.config, filter)),
  }),
);

const TagPoolImagesInput = builder.inputType('TagPoolImagesInput', {
  description: 'Which images, and what to put on them; give the images or a filter.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: 'The plant.' }),
    imageSha256s: t.field({ type: ['Sha256'], description: 'These images.' }),
    filter: t.field({ type: PoolFilter, description: 'All images that this names.' }),
    add: t.stringList({ description: 'Tags to put on.' }),
    remove: t.stringList({ description: 'Tags to take off.' }),
  }),
});

const TagPoolImagesPayload = builder.objectRef<{ changed: number }>('TagPoolImagesPayload').implement({
  description: 'What was tagged.',
  authScopes: taggers,
  fields: (t) => ({ changed: t.exposeInt('changed', { description: 'Images whose tags are others now.' }) }),
});

const SavePoolViewInput = builder.inputType('SavePoolViewInput', {
  description: 'A view to save; one’s own view of the same name is replaced.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: 'The plant.' }),
    name: t.string({ required: true, description: '1 to 100 characters.' }),
    question: t.field({ type: 'JSON', required: true, description: 'An object: filter and sort of poolImages.' }),
    isShared: t.boolean({ description: 'For everybody in the plant; only for who may tag.' }),
  }),
});

const DeletePoolViewInput = builder.inputType('DeletePoolViewInput', {
  description: 'A view to delete.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: 'The plant.' }),
    name: t.string({ required: true, description: 'As it was saved.' }),
  }),
});

builder.mutationFields((t) => ({
  tagPoolImages: t.field({
    type: TagPoolImagesPayload,
    description:
      'Puts tags on images and takes them off. For quality engineers, ML engineers and administrators of the plant.',
    authScopes: taggers,
    errors: { types: [InvalidInputError, NotFoundError] },
    args: { input: t.arg({ type: TagPoolImagesInput, required: true, description: 'What to tag.' }) },
    resolve: async (_root, { input }, context) => {
      const { imageSha256s, filter } = input;
      if (!imageSha256s === !filter)
        throw new InvalidInputError('input.imageSha256s', null, 'give either imageSha256s or filter');
      const selection = imageSha256s
        ? readPoolFilter(context.config, { imageSha256s }, 'input')
        : readPoolFilter(context.config, filter, 'input.filter');
      const change = { selection, add: input.add ?? [], remove: input.remove ?? [] };
      return { changed: await tagImages(context, plantOf(input.plantId, 'input.plantId'), change) };
    },
  }),
  savePoolView: t.field({
    type: PoolViewRef,
    description: 'Saves a filter with its order by a name.',
    authScopes: people,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: SavePoolViewInput, required: true, description: 'The view.' }) },
    resolve: (_root, { input }, context) =>
      saveView(context, plantOf(input.plantId, 'input.plantId'), { ...input, isShared: input.isShared ?? false }),
  }),
  deletePoolView: t.field({
    type: PoolViewRef,
    description: 'Deletes a view that one saved. Gives what it was.',
    authScopes: people,
    errors: { types: [InvalidInputError, NotFoundError] },
    args: { input: t.arg({ type: DeletePoolViewInput, required: true, description: 'The view.' }) },
    resolve: (_root, { input }, context) => removeView(context, plantOf(input.plantId, 'input.plantId'), input.name),
  }),
}));
