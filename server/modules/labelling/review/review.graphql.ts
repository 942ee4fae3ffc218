/** The queue in the schema: names and shapes only. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { PoolImageRef } from '../../images/pool/pool.ref.ts';
import { loadPoolImage } from '../../images/pool/pool.service.ts';
import type { SimilarImage } from '../../images/similarity/similarity.service.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { ReviewItemRef } from '../annotations/annotations.ref.ts';
import type { AnnotationRow, ReviewReason } from '../annotations/annotations.table.ts';
import { blindImage } from '../annotations/blind-image.ts';
import { RegionRef } from '../annotations/regions.ref.ts';
import { neighboursOf, opinionsOf, proposalsOf } from './item-context.service.ts';
import { findReviewItems, listQueue, loadSketch, type ReviewSummary, reviewSummary } from './queue.service.ts';
import type { HolderRow, WaitingRow } from './review.queries.ts';
import { ReviewPurposeEnum } from './review.ref.ts';
import { similarLabelledOf } from './similar-labelled.service.ts';

const readers = { roles: READERS };

const ReviewReasonRef = builder.objectRef<ReviewReason>('ReviewReason').implement({
  description: 'Why an image waits where it does; screens put it into one line.',
  authScopes: readers,
  fields: (t) => ({
    code: t.string({
      description:
        'uncertain, near_threshold, unjudged, novel, rare, represents, twin, agree, settle, recheck, operator, sent or doubt.',
      resolve: ({ code }) => code,
    }),
    params: t.field({
      type: 'JSON',
      description: 'The numbers and words it speaks of, by name.',
      resolve: ({ code: _code, ...params }) => params,
    }),
  }),
});

const ReviewOpinionRef = builder.objectRef<AnnotationRow>('ReviewOpinion').implement({
  description: 'What somebody said of the image, without saying who.',
  authScopes: readers,
  fields: (t) => ({
    label: t.exposeString('label', { description: 'good, or the code of the gravest class.' }),
    regions: t.field({ type: [RegionRef], description: 'Where.', resolve: (row) => row.regions }),
    madeAt: t.expose('made_at', { type: 'DateTime', description: 'When it was said.' }),
  }),
});

const SimilarLabelledRef = builder.objectRef<SimilarImage>('SimilarLabelled').implement({
  description: 'A labelled image that looks like it.',
  authScopes: readers,
  fields: (t) => ({
    poolImage: t.field({ type: PoolImageRef, description: 'The image.', resolve: ({ poolImage }) => poolImage }),
    likeness: t.exposeFloat('likeness', { description: 'Cosine of the two embeddings, at most 1.' }),
  }),
});

builder.node(ReviewItemRef, {
  description: 'An image that waits for a person, or did.',
  authScopes: readers,
  id: { resolve: (row) => row.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findReviewItems(context, ids),
  fields: (t) => ({
    poolImage: t.field({
      type: PoolImageRef,
      description: 'The image. Where a person is to judge for himself, what others said of it is left out.',
      resolve: async (item, _args, context) => {
        const image = await loadPoolImage(context, item.plant_id, item.image_sha256);
        if (!image) throw new Error(`the pool has no row of item ${item.id}`);
        return item.purpose === 'label' || item.purpose === 'agree' ? blindImage(image) : image;
      },
    }),
    purpose: t.expose('purpose', { type: ReviewPurposeEnum, description: 'What is to be known.' }),
    worth: t.exposeFloat('worth', { description: 'What a decision is worth; the highest comes first.' }),
    reason: t.field({ type: ReviewReasonRef, description: 'Why it waits.', resolve: (item) => item.reason }),
    openedAt: t.expose('opened_at', { type: 'DateTime', description: 'Since when.' }),
    closedAt: t.expose('closed_at', { type: 'DateTime', nullable: true, description: 'When it was answered.' }),
    claimedBy: t.field({
      type: PersonRef,
      nullable: true,
      description: 'Who has it on the screen, or had; see claimedUntil.',
      resolve: (item, _args, context) => (item.claimed_by === null ? null : loadPerson(context, item.claimed_by)),
    }),
    claimedUntil: t.expose('claimed_until', {
      type: 'DateTime',
      nullable: true,
      description: 'Nobody else gets it before.',
    }),
    sketch: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What the caller had on the screen and has not said yet.',
      resolve: async (item, _args, context) =>
        (await loadSketch(context, item.plant_id, item.image_sha256))?.document ?? null,
    }),
    proposals: t.field({
      type: [RegionRef],
      description: 'What the model drew. A person accepts, changes or refuses it; it is never saved by itself.',
      resolve: (item, _args, context) => proposalsOf(context, item),
    }),
    opinions: t.field({
      type: [ReviewOpinionRef],
      description: 'Of what is to be settled or looked at again: what people said, oldest first.',
      resolve: (item, _args, context) => opinionsOf(context, item),
    }),
    neighboursInTime: t.field({
      type: [PoolImageRef],
      description: 'Images of the same camera right before and after, in the order of time.',
      resolve: (item, _args, context) => neighboursOf(context, item),
    }),
    similarLabelled: t.field({
      type: [SimilarLabelledRef],
      description: 'Labelled images that look most like it; only of what the caller holds.',
      resolve: (item, _args, context) => similarLabelledOf(context, item),
    }),
  }),
});

const WaitingPurposeRef = builder.objectRef<WaitingRow>('WaitingPurpose').implement({
  description: 'What waits for one purpose.',
  authScopes: readers,
  fields: (t) => ({
    purpose: t.expose('purpose', { type: ReviewPurposeEnum, description: 'The purpose.' }),
    waiting: t.exposeInt('waiting', { description: 'Images.' }),
    claimed: t.exposeInt('claimed', { description: 'Of them on somebody’s screen.' }),
  }),
});

const ReviewHolderRef = builder.objectRef<HolderRow>('ReviewHolder').implement({
  description: 'Who has what.',
  authScopes: readers,
  fields: (t) => ({
    person: t.field({
      type: PersonRef,
      description: 'The person.',
      resolve: (row, _args, context) => loadPerson(context, row.personId),
    }),
    items: t.exposeInt('items', { description: 'Images on the screen.' }),
    until: t.expose('until', { type: 'DateTime', description: 'When the last of them is free again.' }),
  }),
});

const ReviewSummaryRef = builder.objectRef<ReviewSummary>('ReviewSummary').implement({
  description: 'The queue of a plant at a glance.',
  authScopes: readers,
  fields: (t) => ({
    waiting: t.field({
      type: [WaitingPurposeRef],
      description: 'By purpose; purposes for which nothing waits are left out.',
      resolve: (row) => row.waiting,
    }),
    holders: t.field({ type: [ReviewHolderRef], description: 'Who has what.', resolve: (row) => row.holders }),
    answered: t.int({ description: 'Answers of the last 24 hours.', resolve: ({ answers }) => answers.all }),
    answeredByMe: t.int({ description: 'Of them the caller’s.', resolve: ({ answers }) => answers.own }),
  }),
});

const plantArgument = { required: true as const, description: 'The plant.' };

builder.queryFields((t) => ({
  reviewQueue: t.connection({
    type: ReviewItemRef,
    description: 'What waits for a person, the most valuable first.',
    authScopes: readers,
    args: { plantId: t.arg.id(plantArgument) },
    resolve: (_root, { plantId, ...args }, context) =>
      listQueue(context, { id: keyOf('Plant', plantId, 'plantId'), globalId: plantId }, args),
  }),
  reviewSummary: t.field({
    type: ReviewSummaryRef,
    description: 'What waits, who has what and what has been done.',
    authScopes: readers,
    args: { plantId: t.arg.id(plantArgument) },
    resolve: (_root, { plantId }, context) =>
      reviewSummary(context, { id: keyOf('Plant', plantId, 'plantId'), globalId: plantId }),
  }),
}));
