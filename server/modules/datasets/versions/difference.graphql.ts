/** What has changed between two versions, in the schema. Each part is read only when it is asked for. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { toConnection } from '../../../kit/page.ts';
import { ImageRef } from '../../images/store/images.ref.ts';
import { loadImage } from '../../images/store/images.service.ts';
import { DatasetVersionRef, Split } from './datasets.ref.ts';
import { findDatasetVersion } from './datasets.service.ts';
import type { DatasetVersionRow } from './datasets.table.ts';
import {
  type ChangeCounts,
  type ChangeKind,
  type ChangeRow,
  countChanges,
  type MixFactor,
  type MixRow,
  selectChanges,
  selectMix,
} from './difference.queries.ts';
import { parseHashPage } from './hash-page.ts';

const readers = { roles: READERS };
/** Values of each condition that are told; the rarest are left out. */
const mixValues = 50;

interface Difference {
  version: DatasetVersionRow;
  other: DatasetVersionRow;
}

const DatasetChangeKind = builder.enumType('DatasetChangeKind', {
  description: 'What is different about an image.',
  values: {
    ADDED: { value: 'added' as ChangeKind, description: 'Only this version has it.' },
    REMOVED: { value: 'removed' as ChangeKind, description: 'Only the other version has it.' },
    LABEL: { value: 'label' as ChangeKind, description: 'It has another label.' },
    REGIONS: { value: 'regions' as ChangeKind, description: 'Its regions are others.' },
    SPLIT: { value: 'split' as ChangeKind, description: 'It is on another side.' },
  },
});

const DatasetChangeRef = builder.objectRef<ChangeRow>('DatasetChange');
DatasetChangeRef.implement({
  description: 'An image that two versions do not have alike.',
  authScopes: readers,
  fields: (t) => ({
    kind: t.expose('kind', { type: DatasetChangeKind, description: 'What is different; of several things the first.' }),
    imageSha256: t.expose('image_sha256', { type: 'Sha256', description: 'The image.' }),
    image: t.field({
      type: ImageRef,
      nullable: true,
      description: 'The image.',
      resolve: (change, _args, context) => loadImage(context, change.plant_id, change.image_sha256),
    }),
    label: t.exposeString('label', { nullable: true, description: 'Label in this version.' }),
    split: t.expose('split', { type: Split, nullable: true, description: 'Side in this version.' }),
    otherLabel: t.exposeString('other_label', { nullable: true, description: 'Label in the other.' }),
    otherSplit: t.expose('other_split', { type: Split, nullable: true, description: 'Side in the other.' }),
  }),
});

const DatasetChangeCountsRef = builder.objectRef<ChangeCounts>('DatasetChangeCounts');
DatasetChangeCountsRef.implement({
  description: 'How many images differ in what; one that has moved and has another label counts in both.',
  authScopes: readers,
  fields: (t) => ({
    added: t.exposeInt('added', { description: 'Only in this version.' }),
    removed: t.exposeInt('removed', { description: 'Only in the other.' }),
    relabelled: t.exposeInt('relabelled', { description: 'With another label.' }),
    redrawn: t.exposeInt('redrawn', { description: 'With other regions.' }),
    moved: t.exposeInt('moved', { description: 'On another side.' }),
    same: t.exposeInt('same', { description: 'Alike in both.' }),
  }),
});

const MixFactorEnum = builder.enumType('DatasetMixFactor', {
  description: 'A condition of production.',
  values: {
    PRODUCT: { value: 'product' as MixFactor, description: 'Code of the product.' },
    LINE: { value: 'line' as MixFactor, description: 'Code of the line.' },
    CAMERA: { value: 'camera' as MixFactor, description: 'Code of the camera.' },
    BATCH: { value: 'batch' as MixFactor, description: 'Code of the material batch.' },
    MONTH: { value: 'month' as MixFactor, description: 'Year and month of the capture, by the plant’s clock.' },
    HOUR: { value: 'hour' as MixFactor, description: 'Hour of the day of the capture, by the plant’s clock.' },
  },
});

const DatasetMixRef = builder.objectRef<MixRow>('DatasetMix');
DatasetMixRef.implement({
  description: 'How many images of one condition two versions have.',
  authScopes: readers,
  fields: (t) => ({
    factor: t.expose('factor', { type: MixFactorEnum, description: 'The condition.' }),
    value: t.exposeString('value', { nullable: true, description: 'Its value; null: not known, such as of imports.' }),
    images: t.exposeInt('images', { description: 'In this version.' }),
    otherImages: t.exposeInt('other_images', { description: 'In the other.' }),
  }),
});

const DatasetDifferenceRef = builder.objectRef<Difference>('DatasetDifference');
DatasetDifferenceRef.implement({
  description: 'What has changed from another version to this one.',
  authScopes: readers,
  fields: (t) => ({
    other: t.field({ type: DatasetVersionRef, description: 'The other version.', resolve: ({ other }) => other }),
    counts: t.field({
      type: DatasetChangeCountsRef,
      description: 'How many images differ.',
      resolve: ({ version, other }, _args, context) => countChanges(context.db, version.id, other.id),
    }),
    mix: t.field({
      type: [DatasetMixRef],
      description: 'The conditions of production in both, the commonest of each first.',
      resolve: ({ version, other }, _args, context) => selectMix(context.db, version.id, other.id, mixValues),
    }),
    changes: t.connection({
      type: DatasetChangeRef,
      description: 'The images that differ, by hash.',
      args: { kind: t.arg({ type: DatasetChangeKind, description: 'Only those that differ in this.' }) },
      resolve: async ({ version, other }, { kind, ...args }, context) => {
        const { page, keys } = parseHashPage(args, context.config.limits);
        const rows = await selectChanges(context.db, version.id, other.id, kind ?? null, { ...page, ...keys });
        return toConnection(rows, page, (row) => [row.image_sha256.toString('hex')]);
      },
    }),
  }),
});

builder.objectField(DatasetVersionRef, 'difference', (t) =>
  t.field({
    type: DatasetDifferenceRef,
    nullable: true,
    description: 'What has changed from another version to this one; null where the plant has no such version.',
    authScopes: readers,
    args: {
      otherId: t.arg.id({ required: true, description: 'The other one, such as the one that it goes on from.' }),
    },
    resolve: async (version, { otherId }, context): Promise<Difference | null> => {
      const other = await findDatasetVersion(context, keyOf('DatasetVersion', otherId, 'otherId'));
      return other?.plant_id === version.plant_id ? { version, other } : null;
    },
  }),
);
