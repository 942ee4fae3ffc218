/** The golden set in the schema. */
import { CURATORS, READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { ImageRef } from '../../images/store/images.ref.ts';
import { loadImage } from '../../images/store/images.service.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { PlantRef, ProductRef } from '../../plant/parts/plants.ref.ts';
import { loadPart } from '../../plant/parts/plants.service.ts';
import type { GoldenImageRow } from './dataset-checks.table.ts';
import { addGoldenImages, type GoldenSet, listGolden, removeGoldenImages } from './golden.service.ts';

const readers = { roles: READERS };
const curators = { roles: CURATORS };

const GoldenImageRef = builder.objectRef<GoldenImageRow>('GoldenImage');
GoldenImageRef.implement({
  description: 'An image that judges models; no dataset version trains on it.',
  authScopes: readers,
  fields: (t) => ({
    image: t.field({
      type: ImageRef,
      description: 'The image.',
      resolve: async (golden, _args, context) => {
        const image = await loadImage(context, golden.plant_id, golden.image_sha256);
        if (!image) throw new Error(`golden image ${golden.image_sha256.toString('hex')} is gone`);
        return image;
      },
    }),
    product: t.field({
      type: ProductRef,
      nullable: true,
      description: 'The product that it shows, where that is known.',
      resolve: (golden, _args, context) =>
        golden.product_id === null ? null : loadPart(context, 'product', golden.product_id),
    }),
    condition: t.exposeString('condition', {
      description: 'A word for the condition, such as amber; empty when there is only one.',
    }),
    addedAt: t.expose('added_at', { type: 'DateTime', description: 'When it became golden.' }),
    addedBy: t.field({
      type: PersonRef,
      description: 'Who decided that.',
      resolve: (golden, _args, context) => loadPerson(context, golden.added_by),
    }),
  }),
});

const GoldenSetRef = builder.objectRef<GoldenSet>('GoldenSetChange');
GoldenSetRef.implement({
  description: 'A change of the golden set of a plant.',
  authScopes: readers,
  fields: (t) => ({
    plant: t.field({
      type: PlantRef,
      description: 'The plant.',
      resolve: ({ plantId }, _args, context) => loadPart(context, 'plant', plantId),
    }),
    images: t.exposeInt('images', { description: 'How many images were named.' }),
  }),
});

builder.queryField('goldenImages', (t) =>
  t.connection({
    type: GoldenImageRef,
    description: 'The golden set of a plant, by hash.',
    authScopes: readers,
    args: {
      plantId: t.arg.id({ required: true, description: 'The plant.' }),
      productId: t.arg.id({ description: 'Only of this product.' }),
      condition: t.arg.string({ description: 'Only of this condition.' }),
    },
    resolve: (_root, args, context) => listGolden(context, args),
  }),
);

const AddGoldenImagesInput = builder.inputType('AddGoldenImagesInput', {
  description: 'Images that become golden.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: 'The plant.' }),
    imageSha256s: t.field({ type: ['Sha256'], required: true, description: 'Each once.' }),
    condition: t.string({ description: 'A word for the condition that they show, such as amber.' }),
  }),
});

const RemoveGoldenImagesInput = builder.inputType('RemoveGoldenImagesInput', {
  description: 'Images that are golden no more.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: 'The plant.' }),
    imageSha256s: t.field({ type: ['Sha256'], required: true, description: 'Each once.' }),
  }),
});

const refusals = [InvalidInputError, ConflictError, NotFoundError];

builder.mutationFields((t) => ({
  addGoldenImages: t.field({
    type: GoldenSetRef,
    description: 'Puts images into the golden set, all or none. What a frozen version trains on is refused.',
    authScopes: curators,
    errors: { types: refusals },
    args: { input: t.arg({ type: AddGoldenImagesInput, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => addGoldenImages(context, { ...input, condition: input.condition ?? '' }),
  }),
  removeGoldenImages: t.field({
    type: GoldenSetRef,
    description: 'Takes images out of the golden set, all or none. What a dataset version judges with is refused.',
    authScopes: curators,
    errors: { types: refusals },
    args: { input: t.arg({ type: RemoveGoldenImagesInput, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => removeGoldenImages(context, input),
  }),
}));
