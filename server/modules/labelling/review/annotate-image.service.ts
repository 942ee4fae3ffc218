/** A person says what an image shows. */

import type { Region } from '../../../../schema/region.ts';
import { CURATORS, canSee, requireRole } from '../../../kit/access.ts';
import { type ActScope, act } from '../../../kit/act.ts';
import { canonicalJson } from '../../../kit/canonical-json.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { viewingPerson } from '../../../kit/viewing-person.ts';
import { loadImage } from '../../images/store/images.service.ts';
import {
  loadAnnotation,
  loadDecisions,
  newestOf,
  recordAnnotations,
  recordCheck,
} from '../annotations/annotations.service.ts';
import type { AnnotationOrigin, AnnotationRow } from '../annotations/annotations.table.ts';
import { labelOf } from '../annotations/gravest-label.ts';
import { type RegionInput, readRegions } from '../annotations/region-input.ts';
import { checkLabel, type SignedBook, signedBook } from '../defect-book/defect-book.service.ts';
import { GOOD } from '../defect-book/good-label.ts';
import { closeCheck, lockItem } from './review.queries.ts';

export interface AnnotateImage {
  plantId: string;
  imageSha256: string;
  reviewItemId?: string | null | undefined;
  label?: string | null | undefined;
  regions?: readonly RegionInput[] | null | undefined;
  elapsedMs?: number | null | undefined;
}

interface Answer {
  plantId: string;
  sha256: string;
  label: string;
  regions: Region[];
  origin: AnnotationOrigin;
  bookId: string | null;
  elapsedMs: number | null;
}

/** Records the answer and what follows from it. Sending the same answer twice records it once. */
export async function annotateImage(context: Context, input: AnnotateImage): Promise<AnnotationRow> {
  const plantId = keyOf('Plant', input.plantId, 'input.plantId');
  requireRole(context, plantId, CURATORS, { field: 'input.plantId', value: input.plantId });
  const { imageSha256: sha256, elapsedMs = null } = input;
  if (elapsedMs !== null && elapsedMs < 0)
    throw new InvalidInputError('input.elapsedMs', elapsedMs, 'give 0 or more, or leave it out');
  const image = await loadImage(context, plantId, Buffer.from(sha256, 'hex'));
  if (!image) throw new NotFoundError('input.imageSha256', sha256);
  const regions = readRegions(input.regions ?? [], image, context.config.limits.labelRegions, 'input.regions');
  const book = await signedBook(context.db, plantId);
  const label = checkedLabel(book, input.label?.trim() ?? null, regions);
  const itemId = input.reviewItemId ? keyOf('ReviewItem', input.reviewItemId, 'input.reviewItemId') : null;
  const origin = itemId ? ('review' as const) : ('direct' as const);
  const answer: Answer = { plantId, sha256, label, regions, origin, bookId: book?.id ?? null, elapsedMs };
  return act(context, (scope) => record(scope, context, answer, itemId, input.reviewItemId));
}

/** Says again what an annotation says, whoever made it: the viewer's own word, under the definitions of today. */
export async function restoreAnnotation(context: Context, annotationId: string): Promise<AnnotationRow> {
  const field = 'input.annotationId';
  const old = await loadAnnotation(context, keyOf('Annotation', annotationId, field));
  if (!old || !canSee(context, old.plant_id)) throw new NotFoundError(field, annotationId);
  requireRole(context, old.plant_id, CURATORS, { field, value: annotationId });
  const book = await signedBook(context.db, old.plant_id);
  for (const code of [old.label, ...old.regions.map((region) => region.classCode)]) checkLabel(book, field, code);
  const { label, regions } = old;
  const answer: Answer = {
    ...{ plantId: old.plant_id, sha256: old.image_sha256.toString('hex'), label, regions },
    ...{ origin: 'restore', bookId: book?.id ?? null, elapsedMs: null },
  };
  return act(context, (scope) => record(scope, context, answer, null, null));
}

/** Good, or the gravest class. Throws `InvalidInputError` when nothing is said, or what the book does not know. */
function checkedLabel(book: SignedBook | null, given: string | null, regions: readonly Region[]): string {
  const codes = regions.map(({ classCode }) => classCode);
  if (given !== null && (given === '' || given.length > 100 || given.includes('\0')))
    throw new InvalidInputError('input.label', given, `give ${GOOD} or the code of a class`);
  if (given === GOOD && codes.length > 0)
    throw new InvalidInputError('input.label', given, 'regions show a defect; leave the label out or the regions');
  if (given !== null) checkLabel(book, 'input.label', given);
  for (const [index, code] of codes.entries()) {
    const field = `input.regions[${index}].classCode`;
    if (code === GOOD || code.length > 100) throw new InvalidInputError(field, code, 'give the code of a defect class');
    checkLabel(book, field, code);
  }
  const label = labelOf(given, codes, book?.classes ?? []);
  if (label === undefined)
    throw new InvalidInputError('input.label', null, `say ${GOOD}, name a class or draw what is wrong`);
  return label;
}

async function record(
  { trx, now, audit }: ActScope,
  context: Context,
  answer: Answer,
  itemId: string | null,
  itemGlobalId: string | null | undefined,
): Promise<AnnotationRow> {
  const who = { personId: viewingPerson(context), at: now };
  const item = itemId === null ? undefined : await lockItem(trx, itemId);
  const field = 'input.reviewItemId';
  const isMine = item?.claimed_by === who.personId;
  if (itemId !== null) {
    const isOfImage = item?.plant_id === answer.plantId && item.image_sha256.toString('hex') === answer.sha256;
    // an answer that was not heard of is sent again: its item is closed, or a second person is asked by now
    const before = isOfImage || !item ? await newestOf(trx, answer.plantId, answer.sha256, who.personId) : undefined;
    if (
      before &&
      isSame(before, answer) &&
      (!item?.since || before.made_at > item.since) &&
      !(item?.is_check && !item.closed_at)
    )
      return before;
    if (!item || !isOfImage || (item.is_check && !isMine)) throw new NotFoundError(field, itemGlobalId);
    if (item.closed_at) throw new ConflictError(field, itemGlobalId, 'it has been answered; look at the next image');
    if (!isMine && item.claimed_until !== null && item.claimed_until > who.at)
      throw new ConflictError(field, itemGlobalId, 'somebody else has it now; look at the next image');
  }
  const { plantId, sha256 } = answer;
  const before = (await loadDecisions(trx, plantId, [sha256])).get(sha256)?.label ?? null;
  let annotation: AnnotationRow | undefined;
  let after = before;
  if (item?.is_check) {
    annotation = await recordCheck(trx, who, answer);
    await closeCheck(trx, item.id, who.at);
  } else {
    const [recorded] = await recordAnnotations(trx, who, [answer]);
    annotation = recorded?.annotation;
    after = recorded?.decision?.label ?? null;
  }
  if (!annotation) throw new NotFoundError('input.imageSha256', sha256);
  const said = { imageSha256: sha256, label: answer.label, regions: answer.regions.length, origin: answer.origin };
  const subject = { subjectType: 'Annotation', subjectId: annotation.id, plantId };
  // what holds for the image: one word of two that must agree leaves it as it was
  audit('label.say', subject, { ...said, before: { label: before }, after: { label: after } });
  return annotation;
}

function isSame(row: AnnotationRow, answer: Answer): boolean {
  return row.label === answer.label && canonicalJson(row.regions) === canonicalJson(answer.regions);
}
