/** Datasets in the schema: names and shapes only; the rules are in `datasets.service.ts`. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { optionalKeyOf } from '../../../kit/global-id.ts';
import { ImageRef } from '../../images/store/images.ref.ts';
import { loadImage } from '../../images/store/images.service.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { PlantRef } from '../../plant/parts/plants.ref.ts';
import { loadPart } from '../../plant/parts/plants.service.ts';
import { DatasetItemRef, DatasetRef, DatasetVersionRef, Split } from './datasets.ref.ts';
import {
  findDataset,
  findDatasetVersion,
  listDatasets,
  listDatasetVersions,
  listItems,
  loadDataset,
  loadItemCount,
  loadVersionsOf,
} from './datasets.service.ts';
import type { DatasetVersionStateName } from './datasets.table.ts';

const readers = { roles: READERS };

const DatasetVersionState = builder.enumType('DatasetVersionState', {
  description: 'Whether a dataset version can still change.',
  values: {
    DRAFT: { value: 'draft' as DatasetVersionStateName, description: 'People add and change decisions.' },
    FROZEN: { value: 'frozen' as DatasetVersionStateName, description: 'Immutable, with a content hash.' },
  },
});

builder.node(DatasetRef, {
  description: 'A collection of images for one purpose; its versions are what models are taught on.',
  authScopes: readers,
  id: { resolve: (dataset) => dataset.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => Promise.all(ids.map((id) => findDataset(context, id))),
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Unique in the plant.' }),
    name: t.exposeString('name', { description: 'What people call it.' }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When it was made.' }),
    plant: t.field({
      type: PlantRef,
      description: 'The plant it belongs to.',
      resolve: (dataset, _args, context) => loadPart(context, 'plant', dataset.plant_id),
    }),
    versions: t.field({
      type: [DatasetVersionRef],
      description: 'Its versions by number.',
      resolve: (dataset, _args, context) => loadVersionsOf(context, dataset.id),
    }),
  }),
});

builder.node(DatasetVersionRef, {
  description: 'One state of a dataset: a draft that people work on, or frozen for good.',
  authScopes: readers,
  id: { resolve: (version) => version.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => Promise.all(ids.map((id) => findDatasetVersion(context, id))),
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'Counts from 1 in its dataset.' }),
    state: t.expose('state', { type: DatasetVersionState, description: 'Draft or frozen.' }),
    contentHash: t.expose('content_hash', {
      type: 'Sha256',
      nullable: true,
      description: 'SHA-256 of its canonical manifest; null while it is a draft.',
    }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When it was opened.' }),
    frozenAt: t.expose('frozen_at', { type: 'DateTime', nullable: true, description: 'When it was frozen.' }),
    dataset: t.field({
      type: DatasetRef,
      description: 'The dataset it is a version of.',
      resolve: (version, _args, context) => loadDataset(context, version.dataset_id),
    }),
    itemCount: t.int({
      description: 'How many images it has.',
      resolve: (version, _args, context) => loadItemCount(context, version.id),
    }),
    createdBy: t.field({
      type: PersonRef,
      description: 'Who opened it.',
      resolve: (version, _args, context) => loadPerson(context, version.created_by),
    }),
    frozenBy: t.field({
      type: PersonRef,
      nullable: true,
      description: 'Who froze it.',
      resolve: (version, _args, context) =>
        version.frozen_by === null ? null : loadPerson(context, version.frozen_by),
    }),
    items: t.connection({
      type: DatasetItemRef,
      description: 'Its images by hash.',
      resolve: (version, args, context) => listItems(context, version.id, args),
    }),
  }),
});

DatasetItemRef.implement({
  description: 'A person’s decision that an image belongs to a dataset version, and as what.',
  authScopes: readers,
  fields: (t) => ({
    image: t.field({
      type: ImageRef,
      description: 'The image.',
      resolve: async (item, _args, context) => {
        const image = await loadImage(context, item.plant_id, item.image_sha256);
        if (!image) throw new Error(`image ${item.image_sha256.toString('hex')} of a dataset is gone`);
        return image;
      },
    }),
    label: t.exposeString('label', { description: 'The class that the person gave, such as good.' }),
    split: t.expose('split', { type: Split, description: 'What the image is for.' }),
    decidedAt: t.expose('decided_at', { type: 'DateTime', description: 'When the person decided.' }),
    decidedBy: t.field({
      type: PersonRef,
      description: 'Who decided.',
      resolve: (item, _args, context) => loadPerson(context, item.decided_by),
    }),
  }),
});

builder.queryFields((t) => ({
  datasets: t.connection({
    type: DatasetRef,
    description: 'Datasets in the order they were made.',
    authScopes: readers,
    args: { plantId: t.arg.id({ description: 'Only of this plant.' }) },
    resolve: (_root, args, context) => listDatasets(context, args, optionalKeyOf('Plant', args.plantId, 'plantId')),
  }),
  datasetVersions: t.connection({
    type: DatasetVersionRef,
    description: 'Dataset versions in the order they were opened.',
    authScopes: readers,
    args: { datasetId: t.arg.id({ description: 'Only of this dataset.' }) },
    resolve: (_root, args, context) =>
      listDatasetVersions(context, args, optionalKeyOf('Dataset', args.datasetId, 'datasetId')),
  }),
}));
