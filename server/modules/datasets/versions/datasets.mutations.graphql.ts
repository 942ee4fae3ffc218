/** What people do with datasets, in the schema; the rules are in the services. */
import { CURATORS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { PoolFilter } from '../../images/pool/pool-filter.ref.ts';
import { DatasetLeakError } from './datasets.errors.ts';
import { DatasetRef, DatasetVersionRef, Split } from './datasets.ref.ts';
import { createDataset } from './datasets.service.ts';
import { addDatasetItems, addDatasetItemsByFilter, removeDatasetItems } from './draft-items.service.ts';
import { freezeDatasetVersion } from './freeze-version.service.ts';
import { createDatasetVersion } from './open-version.service.ts';

const curators = { roles: CURATORS };

const CreateDatasetInput = builder.inputType('CreateDatasetInput', {
  description: 'A new dataset of a plant.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: 'The plant it belongs to.' }),
    code: t.string({ required: true, description: 'Unique in the plant: a-z, 0-9 and -.' }),
    name: t.string({ required: true, description: 'What people call it.' }),
  }),
});

const DatasetItemInput = builder.inputType('DatasetItemInput', {
  description: 'The caller’s decision on one image.',
  fields: (t) => ({
    imageSha256: t.field({ type: 'Sha256', required: true, description: 'An image that the plant has.' }),
    label: t.string({
      description:
        'What the caller says that it shows, such as good; absent: what people have decided about it. Refused where the plant asks two people.',
    }),
    split: t.field({ type: Split, required: true, description: 'What it is for.' }),
  }),
});

const AddDatasetItemsInput = builder.inputType('AddDatasetItemsInput', {
  description: 'Decisions on images for a draft.',
  fields: (t) => ({
    datasetVersionId: t.id({ required: true, description: 'The draft.' }),
    items: t.field({ type: [DatasetItemInput], required: true, description: 'Each image once.' }),
  }),
});

const RemoveDatasetItemsInput = builder.inputType('RemoveDatasetItemsInput', {
  description: 'Images that leave a draft.',
  fields: (t) => ({
    datasetVersionId: t.id({ required: true, description: 'The draft.' }),
    imageSha256s: t.field({ type: ['Sha256'], required: true, description: 'Images that are in it.' }),
  }),
});

const AddDatasetItemsByFilterInput = builder.inputType('AddDatasetItemsByFilterInput', {
  description: 'Images of the pool for a draft.',
  fields: (t) => ({
    datasetVersionId: t.id({ required: true, description: 'The draft.' }),
    filter: t.field({
      type: PoolFilter,
      required: true,
      description: 'Which; only those that people have decided on.',
    }),
    split: t.field({
      type: Split,
      description: 'Side of those that are new and not golden; TRAIN unless told. GOLDEN takes addGoldenImages first.',
    }),
  }),
});

builder.mutationFields((t) => ({
  createDataset: t.field({
    type: DatasetRef,
    description: 'Makes a dataset.',
    authScopes: curators,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: CreateDatasetInput, required: true, description: 'What to make.' }) },
    resolve: (_root, { input }, context) => createDataset(context, input),
  }),
  createDatasetVersion: t.field({
    type: DatasetVersionRef,
    description: 'Opens a new draft: empty, or with the images of the version that it goes on from.',
    authScopes: curators,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: {
      datasetId: t.arg.id({ required: true, description: 'The dataset.' }),
      basedOnId: t.arg.id({ description: 'A version of the same plant whose images it begins with.' }),
    },
    resolve: (_root, { datasetId, basedOnId }, context) => createDatasetVersion(context, datasetId, basedOnId),
  }),
  addDatasetItems: t.field({
    type: DatasetVersionRef,
    description:
      'Records the caller’s decisions on images, all or none; a later decision on the same image replaces the former.',
    authScopes: curators,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: AddDatasetItemsInput, required: true, description: 'The decisions.' }) },
    resolve: (_root, { input }, context) => addDatasetItems(context, input),
  }),
  addDatasetItemsByFilter: t.field({
    type: DatasetVersionRef,
    description: 'Adds all images that a filter of the pool names and people have decided on, with the label decided.',
    authScopes: curators,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: AddDatasetItemsByFilterInput, required: true, description: 'Which, and where to.' }) },
    resolve: (_root, { input }, context) =>
      addDatasetItemsByFilter(context, { ...input, split: input.split ?? 'train' }),
  }),
  removeDatasetItems: t.field({
    type: DatasetVersionRef,
    description: 'Takes images out of a draft, all or none; what people said of them stays.',
    authScopes: curators,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: RemoveDatasetItemsInput, required: true, description: 'The images.' }) },
    resolve: (_root, { input }, context) => removeDatasetItems(context, input),
  }),
  freezeDatasetVersion: t.field({
    type: DatasetVersionRef,
    description:
      'Freezes a draft for good. A draft with several splits has to be checked first, and leaks are refused always.',
    authScopes: curators,
    errors: { types: [InvalidInputError, ConflictError, NotFoundError, DatasetLeakError] },
    args: { datasetVersionId: t.arg.id({ required: true, description: 'The draft.' }) },
    resolve: (_root, { datasetVersionId }, context) => freezeDatasetVersion(context, datasetVersionId),
  }),
}));
