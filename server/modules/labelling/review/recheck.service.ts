/** Labels that a new version of the defect book touches come back into the queue. */

import { sql } from 'kysely';
import { byteaArray } from '../../../database/array-literal.ts';
import { CURATORS, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { TIERS } from '../annotations/review-tiers.ts';
import { findDefectBook, touchedImages } from '../defect-book/defect-book.service.ts';
import { type OpenedRow, openItems } from './review.queries.ts';

/** At most as many as one act may open; asking again brings the next ones. Their labels hold until somebody has looked. */
export async function openRecheck(context: Context, input: { defectBookId: string }): Promise<OpenedRow> {
  const field = 'input.defectBookId';
  const book = await findDefectBook(context, keyOf('DefectBook', input.defectBookId, field));
  if (!book) throw new NotFoundError(field, input.defectBookId);
  requireRole(context, book.plant_id, CURATORS, { field, value: input.defectBookId });
  if (book.state === 'draft')
    throw new ConflictError(field, input.defectBookId, 'a draft defines nothing yet; sign it first');
  const limit = context.config.limits.reviewOpen;
  const sha256s = await touchedImages(context, book, limit);
  return act(context, async ({ trx, now: at, audit }) => {
    const reason = { code: 'recheck', book: book.number };
    const condition = sql<boolean>`p.plant_id = ${book.plant_id}::uuid AND p.image_sha256 = any(${byteaArray(sha256s)}::bytea[])`;
    const opened = await openItems(trx, { purpose: 'recheck', tier: TIERS.recheck, reason, at, limit }, condition);
    const subject = { subjectType: 'DefectBook', subjectId: book.id, plantId: book.plant_id };
    const detail = { opened: opened.opened, already: opened.already };
    audit('review.recheck', subject, detail);
    return opened;
  });
}
