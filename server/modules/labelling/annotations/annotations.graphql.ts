/** What people say of images and what holds, in the schema: names and shapes only. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { PoolImageRef } from '../../images/pool/pool.ref.ts';
import { loadPoolImage } from '../../images/pool/pool.service.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { DefectBookRef } from '../defect-book/defect-book.ref.ts';
import { findDefectBook } from '../defect-book/defect-book.service.ts';
import { AnnotationOriginEnum, AnnotationRef, DecisionRuleEnum, LabelDecisionRef } from './annotations.ref.ts';
import { loadAnnotation } from './annotations.service.ts';
import { isBlind } from './blind-image.ts';
import { decisionsOf, findAnnotations, historyOf, standingDecisionOf, votesOf } from './label-history.service.ts';
import { RegionRef } from './regions.ref.ts';

const readers = { roles: READERS };

builder.node(AnnotationRef, {
  description: 'What one person said of one image. It never changes; what the person says next replaces it.',
  authScopes: readers,
  id: { resolve: (row) => row.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findAnnotations(context, ids),
  fields: (t) => ({
    image: t.field({
      type: PoolImageRef,
      description: 'The image.',
      resolve: async (row, _args, context) => {
        const image = await loadPoolImage(context, row.plant_id, row.image_sha256);
        if (!image) throw new Error(`the pool has no row of the image of annotation ${row.id}`);
        return image;
      },
    }),
    person: t.field({
      type: PersonRef,
      description: 'Who said so.',
      resolve: (row, _args, context) => loadPerson(context, row.person_id),
    }),
    number: t.exposeInt('number', { description: 'Counts what this person said of this image.' }),
    label: t.exposeString('label', { description: 'good, or the code of the gravest class.' }),
    regions: t.field({ type: [RegionRef], description: 'Where.', resolve: (row) => row.regions }),
    book: t.field({
      type: DefectBookRef,
      nullable: true,
      description: 'Under which definitions; null: the plant had no signed book.',
      resolve: (row, _args, context) => (row.book_id === null ? null : findDefectBook(context, row.book_id)),
    }),
    madeAt: t.expose('made_at', { type: 'DateTime', description: 'When it was said.' }),
    origin: t.expose('origin', { type: AnnotationOriginEnum, description: 'On what occasion.' }),
    elapsedMs: t.exposeInt('elapsed_ms', {
      nullable: true,
      description: 'From seeing the image to the answer, as the screen measured it.',
    }),
  }),
});

LabelDecisionRef.implement({
  description: 'What holds of an image because enough people said so. It never changes; the next one replaces it.',
  authScopes: readers,
  fields: (t) => ({
    label: t.exposeString('label', { description: 'good, or the code of the gravest class.' }),
    rule: t.expose('rule', { type: DecisionRuleEnum, description: 'How many people it took.' }),
    decidedAt: t.expose('decided_at', { type: 'DateTime', description: 'When the last of them said so.' }),
    annotation: t.field({
      type: AnnotationRef,
      description: 'Whose regions hold.',
      resolve: async (row, _args, context) => {
        const annotation = await loadAnnotation(context, row.annotation_id);
        if (!annotation) throw new Error(`annotation ${row.annotation_id} of a decision is gone`);
        return annotation;
      },
    }),
    regions: t.field({
      type: [RegionRef],
      description: 'Where.',
      resolve: async (row, _args, context) => (await loadAnnotation(context, row.annotation_id))?.regions ?? [],
    }),
    votes: t.field({
      type: [AnnotationRef],
      description: 'What was said for it, of each person one.',
      resolve: (row, _args, context) => votesOf(context, row.id),
    }),
  }),
});

builder.objectFields(PoolImageRef, (t) => ({
  annotations: t.field({
    type: [AnnotationRef],
    authScopes: readers,
    description: 'What people have said of it, oldest first; the newest ones only.',
    resolve: (row, _args, context) => (isBlind(row) ? [] : historyOf(context, row.plant_id, row.image_sha256)),
  }),
  decision: t.field({
    type: LabelDecisionRef,
    nullable: true,
    authScopes: readers,
    description: 'What holds of it; null while nobody has decided, or people disagree again.',
    resolve: (row, _args, context) =>
      isBlind(row) ? null : standingDecisionOf(context, row.plant_id, row.image_sha256),
  }),
  decisions: t.field({
    type: [LabelDecisionRef],
    authScopes: readers,
    description: 'Every decision about it, oldest first; the newest ones only.',
    resolve: (row, _args, context) => (isBlind(row) ? [] : decisionsOf(context, row.plant_id, row.image_sha256)),
  }),
}));
