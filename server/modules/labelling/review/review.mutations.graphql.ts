/** Acts of reviewers: shapes only. */
import { CURATORS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { PoolFilter } from '../../images/pool/pool-filter.ref.ts';
import { AnnotationRef, ReviewItemRef } from '../annotations/annotations.ref.ts';
import type { ReviewItemRow, ReviewPurpose } from '../annotations/annotations.table.ts';
import { RegionInputRef } from '../annotations/regions.ref.ts';
import { annotateImage, restoreAnnotation } from './annotate-image.service.ts';
import { claimReviewItems, releaseReviewItems, renewReviewClaims } from './claim-items.service.ts';
import { openReview, saveReviewSketch } from './queue.service.ts';
import { openRecheck } from './recheck.service.ts';
import { ReviewPurposeEnum } from './review.ref.ts';

const curators = { roles: CURATORS };
const plantId = { required: true as const, description: 'The plant.' };
const imageSha256 = { type: 'Sha256' as const, required: true as const, description: 'The image.' };

const AnnotateImageInput = builder.inputType('AnnotateImageInput', {
  description: 'What the caller sees on an image.',
  fields: (t) => ({
    plantId: t.id(plantId),
    imageSha256: t.field(imageSha256),
    reviewItemId: t.id({ description: 'The item of the queue that asked; left out: said without being asked.' }),
    label: t.string({ description: 'good, or the code of a class of the whole image; the gravest of all is kept.' }),
    regions: t.field({ type: [RegionInputRef], description: 'What is wrong where.' }),
    elapsedMs: t.int({ description: 'From seeing the image to the answer.' }),
  }),
});

const RestoreAnnotationInput = builder.inputType('RestoreAnnotationInput', {
  description: 'What is to be said again.',
  fields: (t) => ({ annotationId: t.id({ required: true, description: 'The annotation.' }) }),
});

const ClaimReviewItemsInput = builder.inputType('ClaimReviewItemsInput', {
  description: 'How many images to have on the screen.',
  fields: (t) => ({
    plantId: t.id(plantId),
    count: t.int({ required: true, description: 'With those that the caller holds already.' }),
    purposes: t.field({ type: [ReviewPurposeEnum], description: 'Only for these; for every purpose when left out.' }),
    filter: t.field({ type: PoolFilter, description: 'Only of these images.' }),
  }),
});

const SaveReviewSketchInput = builder.inputType('SaveReviewSketchInput', {
  description: 'What the caller has on the screen.',
  fields: (t) => ({
    plantId: t.id(plantId),
    imageSha256: t.field(imageSha256),
    document: t.field({ type: 'JSON', description: 'As the screen writes it; nothing when left out.' }),
  }),
});

const OpenReviewPurposeEnum = builder.enumType('OpenReviewPurpose', {
  description: 'Why a person sends images to the queue.',
  values: {
    LABEL: { value: 'label' as Extract<ReviewPurpose, 'label' | 'doubt'>, description: 'To have them labelled.' },
    DOUBT: {
      value: 'doubt' as Extract<ReviewPurpose, 'label' | 'doubt'>,
      description: 'To have them looked at again.',
    },
  },
});

const OpenReviewInput = builder.inputType('OpenReviewInput', {
  description: 'Images that are to be looked at: those named, those of the filter, or those of both.',
  fields: (t) => ({
    plantId: t.id(plantId),
    imageSha256s: t.field({ type: ['Sha256'], description: 'These images.' }),
    filter: t.field({ type: PoolFilter, description: 'Images that the filter names.' }),
    purpose: t.field({
      type: OpenReviewPurposeEnum,
      required: true,
      defaultValue: 'label',
      description: 'Why; what is labelled is always looked at again.',
    }),
  }),
});

const OpenRecheckInput = builder.inputType('OpenRecheckInput', {
  description: 'Labels that a version of the book touches.',
  fields: (t) => ({ defectBookId: t.id({ required: true, description: 'The signed version.' }) }),
});

/** Classes, so that a result's union knows them apart from a refusal. */
class ReviewItemsPayload {
  readonly items: readonly ReviewItemRow[];
  constructor(items: readonly ReviewItemRow[]) {
    this.items = items;
  }
}
class OpenedReviewPayload {
  readonly opened: number;
  readonly already: number;
  constructor(counts: { opened: number; already: number }) {
    this.opened = counts.opened;
    this.already = counts.already;
  }
}
class ReleasedReviewPayload {
  readonly released: number;
  constructor(released: number) {
    this.released = released;
  }
}
class SavedSketchPayload {
  readonly savedAt: Date | null;
  constructor(savedAt: Date | null) {
    this.savedAt = savedAt;
  }
}

const ReviewItemsPayloadRef = builder.objectType(ReviewItemsPayload, {
  name: 'ReviewItemsPayload',
  description: 'What the caller holds.',
  authScopes: curators,
  fields: (t) => ({
    items: t.field({ type: [ReviewItemRef], description: 'The best first.', resolve: ({ items }) => [...items] }),
  }),
});

const OpenedReviewPayloadRef = builder.objectType(OpenedReviewPayload, {
  name: 'OpenedReviewPayload',
  description: 'What became of images that were sent to the queue.',
  authScopes: curators,
  fields: (t) => ({
    opened: t.exposeInt('opened', { description: 'Wait from now on.' }),
    already: t.exposeInt('already', { description: 'Waited already.' }),
  }),
});

const ReleasedReviewPayloadRef = builder.objectType(ReleasedReviewPayload, {
  name: 'ReleasedReviewPayload',
  description: 'What was given back.',
  authScopes: curators,
  fields: (t) => ({ released: t.exposeInt('released', { description: 'Items that others may have now.' }) }),
});

const SavedSketchPayloadRef = builder.objectType(SavedSketchPayload, {
  name: 'SavedSketchPayload',
  description: 'A sketch as it is kept.',
  authScopes: curators,
  fields: (t) => ({
    savedAt: t.expose('savedAt', { type: 'DateTime', nullable: true, description: 'When; null: nothing is kept.' }),
  }),
});

const all = { types: [InvalidInputError, ConflictError, NotFoundError] };
const some = { types: [InvalidInputError, NotFoundError] };
const itemIds = { required: true as const, description: 'Items of one plant.' };

builder.mutationFields((t) => ({
  annotateImage: t.field({
    type: AnnotationRef,
    description: 'Says what an image shows. Sending the same answer to an item twice records it once.',
    authScopes: curators,
    errors: all,
    args: { input: t.arg({ type: AnnotateImageInput, required: true, description: 'The answer.' }) },
    resolve: (_root, { input }, context) => annotateImage(context, input),
  }),
  restoreAnnotation: t.field({
    type: AnnotationRef,
    description: 'Says again, as the caller’s own word, what an annotation says.',
    authScopes: curators,
    errors: some,
    args: { input: t.arg({ type: RestoreAnnotationInput, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => restoreAnnotation(context, input.annotationId),
  }),
  claimReviewItems: t.field({
    type: ReviewItemsPayloadRef,
    description:
      'Sees to it that the caller holds so many images: those held already, then the best that nobody holds. Nobody else gets them for a while.',
    authScopes: curators,
    errors: some,
    args: { input: t.arg({ type: ClaimReviewItemsInput, required: true, description: 'How many, of what.' }) },
    resolve: async (_root, { input }, context) => new ReviewItemsPayload(await claimReviewItems(context, input)),
  }),
  renewReviewClaims: t.field({
    type: ReviewItemsPayloadRef,
    description: 'Keeps items for longer; those that the caller no longer holds are left out of the answer.',
    authScopes: curators,
    errors: some,
    args: { itemIds: t.arg.idList(itemIds) },
    resolve: async (_root, args, context) => new ReviewItemsPayload(await renewReviewClaims(context, args.itemIds)),
  }),
  releaseReviewItems: t.field({
    type: ReleasedReviewPayloadRef,
    description: 'Gives items back that the caller holds.',
    authScopes: curators,
    errors: some,
    args: { itemIds: t.arg.idList(itemIds) },
    resolve: async (_root, args, context) => new ReleasedReviewPayload(await releaseReviewItems(context, args.itemIds)),
  }),
  saveReviewSketch: t.field({
    type: SavedSketchPayloadRef,
    description: 'Keeps what the caller has on the screen of an image and has not said yet.',
    authScopes: curators,
    errors: some,
    args: { input: t.arg({ type: SaveReviewSketchInput, required: true, description: 'The sketch.' }) },
    resolve: async (_root, { input }, context) =>
      new SavedSketchPayload((await saveReviewSketch(context, input))?.saved_at ?? null),
  }),
  openReview: t.field({
    type: OpenedReviewPayloadRef,
    description: 'Sends images to the queue.',
    authScopes: curators,
    errors: some,
    args: { input: t.arg({ type: OpenReviewInput, required: true, description: 'Which, and why.' }) },
    resolve: async (_root, { input }, context) => new OpenedReviewPayload(await openReview(context, input)),
  }),
  openRecheck: t.field({
    type: OpenedReviewPayloadRef,
    description: 'Sends images to the queue whose labels a version of the defect book touches.',
    authScopes: curators,
    errors: all,
    args: { input: t.arg({ type: OpenRecheckInput, required: true, description: 'Which version.' }) },
    resolve: async (_root, { input }, context) => new OpenedReviewPayload(await openRecheck(context, input)),
  }),
}));
