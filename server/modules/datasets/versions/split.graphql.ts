/** Splits in the schema; the rules are in `plan-split.ts` and `split-version.service.ts`. */
import { CURATORS, READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { loadByParent } from '../../../kit/load-rows.ts';
import { DatasetVersionRef, Split } from './datasets.ref.ts';
import type { SplitProblem, SplitProblemCode } from './plan-split.ts';
import { type CountRow, selectCounts } from './split.queries.ts';
import { type SplitPolicy, STANDARD_POLICY } from './split-policy.ts';
import { type SplitOutcome, splitDatasetVersion } from './split-version.service.ts';

const readers = { roles: READERS };
const words = {
  validationShare: 'Share of each class that is chosen and calibrated with, 0 to 0.5.',
  goldenShare: 'Share of each class that becomes golden, 0 to 0.5; golden images that exist count.',
  seed: 'The same seed divides the same images in the same way.',
  neighbourMs: 'Images of one camera that were taken no further apart stay on one side; 0: time says nothing.',
  keepBatches: 'Whether the images of one material batch stay on one side.',
};

const SplitPolicyRef = builder.objectRef<SplitPolicy>('SplitPolicy');
SplitPolicyRef.implement({
  description: 'How the images of a version are divided.',
  authScopes: readers,
  fields: (t) => ({
    validationShare: t.exposeFloat('validationShare', { description: words.validationShare }),
    goldenShare: t.exposeFloat('goldenShare', { description: words.goldenShare }),
    seed: t.exposeInt('seed', { description: words.seed }),
    neighbourMs: t.exposeInt('neighbourMs', { description: words.neighbourMs }),
    keepBatches: t.exposeBoolean('keepBatches', { description: words.keepBatches }),
  }),
});

const SplitPolicyInput = builder.inputType('SplitPolicyInput', {
  description: 'How to divide the images of a version. Near duplicates stay on one side always.',
  fields: (t) => ({
    validationShare: t.float({
      defaultValue: STANDARD_POLICY.validationShare,
      required: true,
      description: words.validationShare,
    }),
    goldenShare: t.float({ defaultValue: STANDARD_POLICY.goldenShare, required: true, description: words.goldenShare }),
    seed: t.int({ defaultValue: STANDARD_POLICY.seed, required: true, description: words.seed }),
    neighbourMs: t.int({ defaultValue: STANDARD_POLICY.neighbourMs, required: true, description: words.neighbourMs }),
    keepBatches: t.boolean({
      defaultValue: STANDARD_POLICY.keepBatches,
      required: true,
      description: words.keepBatches,
    }),
  }),
});

const DatasetCountRef = builder.objectRef<Omit<CountRow, 'dataset_version_id'>>('DatasetCount');
DatasetCountRef.implement({
  description: 'Images of one class on one side.',
  authScopes: readers,
  fields: (t) => ({
    label: t.exposeString('label', { description: 'The class.' }),
    split: t.expose('split', { type: Split, description: 'The side.' }),
    images: t.exposeInt('images', { description: 'How many.' }),
  }),
});

builder.objectFields(DatasetVersionRef, (t) => ({
  splitPolicy: t.expose('split_policy', {
    type: SplitPolicyRef,
    nullable: true,
    description: 'How its images were divided last; null: by hand.',
  }),
  counts: t.field({
    type: [DatasetCountRef],
    description: 'Its images by class and side.',
    resolve: (version, _args, context) =>
      loadByParent(
        context,
        'dataset counts',
        version.id,
        (ids) => selectCounts(context.db, ids),
        (row) => row.dataset_version_id,
      ),
  }),
}));

const SplitProblemCodeEnum = builder.enumType('SplitProblemCode', {
  description: 'What a split cannot do.',
  values: {
    GOLDEN_MEETS_TRAIN: {
      value: 'GOLDEN_MEETS_TRAIN' as SplitProblemCode,
      description:
        'Images that a frozen version trains on resemble golden ones: they leak wherever they are; take them out.',
    },
    LARGE_UNIT: {
      value: 'LARGE_UNIT' as SplitProblemCode,
      description: 'So many images belong together that no small side has room for them.',
    },
    MISSING_CLASS: {
      value: 'MISSING_CLASS' as SplitProblemCode,
      description: 'A side has no image of the class.',
    },
  },
});

const SplitProblemRef = builder.objectRef<SplitProblem>('SplitProblem');
SplitProblemRef.implement({
  description: 'What stands in the way of a good split.',
  authScopes: readers,
  fields: (t) => ({
    code: t.expose('code', { type: SplitProblemCodeEnum, description: 'What it is.' }),
    images: t.exposeInt('images', { description: 'How many images it is about.' }),
    imageSha256: t.expose('imageSha256', { type: 'Sha256', nullable: true, description: 'One of them.' }),
    label: t.exposeString('label', { nullable: true, description: 'The class that it is about.' }),
    split: t.expose('split', { type: Split, nullable: true, description: 'The side that it is about.' }),
  }),
});

const DatasetSplitRef = builder.objectRef<SplitOutcome>('DatasetSplit');
DatasetSplitRef.implement({
  description: 'How a version is divided, or would be.',
  authScopes: readers,
  fields: (t) => ({
    datasetVersion: t.field({ type: DatasetVersionRef, description: 'The draft.', resolve: ({ version }) => version }),
    dryRun: t.exposeBoolean('dryRun', { description: 'Whether nothing was changed.' }),
    policy: t.expose('policy', { type: SplitPolicyRef, description: 'By what.' }),
    counts: t.expose('counts', { type: [DatasetCountRef], description: 'Images by class and side.' }),
    moved: t.exposeInt('moved', { description: 'Images that change sides.' }),
    newGolden: t.exposeInt('newGolden', {
      description: 'Images that enter the golden set of the plant, and are never trained on from then on.',
    }),
    units: t.int({ description: 'Groups of images that stay together.', resolve: ({ plan }) => plan.units }),
    largestUnit: t.int({ description: 'Images in the largest of them.', resolve: ({ plan }) => plan.largestUnit }),
    problems: t.field({
      type: [SplitProblemRef],
      description: 'What the split cannot do, the largest first.',
      resolve: ({ plan }) => plan.problems,
    }),
  }),
});

const SplitDatasetVersionInput = builder.inputType('SplitDatasetVersionInput', {
  description: 'A draft and how to divide it.',
  fields: (t) => ({
    datasetVersionId: t.id({ required: true, description: 'The draft.' }),
    policy: t.field({ type: SplitPolicyInput, required: true, description: 'How.' }),
    dryRun: t.boolean({ description: 'Change nothing, only tell what it would come to.' }),
  }),
});

builder.mutationField('splitDatasetVersion', (t) =>
  t.field({
    type: DatasetSplitRef,
    description:
      'Divides a draft so that near duplicates, neighbours in time and, if asked, batches stay on one side; what was trained on in the version before stays in train.',
    authScopes: { roles: CURATORS },
    errors: { types: [InvalidInputError, ConflictError, NotFoundError] },
    args: { input: t.arg({ type: SplitDatasetVersionInput, required: true, description: 'What to divide, and how.' }) },
    resolve: (_root, { input }, context) => splitDatasetVersion(context, { ...input, dryRun: input.dryRun ?? false }),
  }),
);
