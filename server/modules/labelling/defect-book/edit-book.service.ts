/** Changing a draft of the defect book: its classes and their boundary examples. */
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { isSameMeaning } from './book-content.ts';
import { type ClassInput, checkClass, text } from './check-class.ts';
import {
  deleteClass,
  deleteExample,
  selectClasses,
  selectExamples,
  selectSignedClass,
  upsertClass,
  upsertExample,
} from './defect-book.queries.ts';
import { audit, editableBook, lockDraft } from './defect-book.service.ts';
import type { DefectBookRow, DefectClassRow } from './defect-book.table.ts';

const LONGEST_NOTE = 500;
const field = 'input.defectBookId';

export interface PutDefectClass extends ClassInput {
  defectBookId: string;
  ordinal?: number | null | undefined;
  isRetired?: boolean | null | undefined;
}

/** Writes a class as it is to be. Its revision is one more than when it was last signed, or the same when it means the same. */
export async function putDefectClass(context: Context, input: PutDefectClass): Promise<DefectBookRow> {
  const book = await editableBook(context, input.defectBookId, field);
  const checked = checkClass(input);
  const { ordinal, isRetired } = input;
  const most = context.config.limits.defectClasses;
  if (typeof ordinal === 'number' && (ordinal < 0 || ordinal >= most))
    throw new InvalidInputError('input.ordinal', ordinal, `give 0 to ${most - 1}`);
  await context.db.transaction().execute(async (trx) => {
    await lockDraft(trx, book.id, field, input.defectBookId);
    const classes = await selectClasses(trx, [book.id]);
    const before = classes.find(({ code }) => code === checked.code);
    if (!before && classes.length >= most)
      throw new InvalidInputError(
        'input.code',
        checked.code,
        `a book has at most ${most} classes (LEHR_LIMIT_DEFECT_CLASSES); remove one first`,
      );
    const signed = await selectSignedClass(trx, book.plant_id, checked.code);
    const row: DefectClassRow = {
      ...checked,
      ...{ book_id: book.id, plant_id: book.plant_id },
      revision: signed ? signed.revision + (isSameMeaning(signed, checked) ? 0 : 1) : 1,
      ordinal:
        ordinal ?? before?.ordinal ?? Math.min(most - 1, 1 + Math.max(-1, ...classes.map((each) => each.ordinal))),
      is_retired: isRetired ?? before?.is_retired ?? false,
    };
    await upsertClass(trx, row);
    const { book_id: _book, plant_id: _plant, ...told } = row;
    await audit(trx, context, book, 'book.class', told);
  });
  return book;
}

/** Takes a class out of the draft that was never signed. Others are retired, because labels name them. */
export async function removeDefectClass(
  context: Context,
  input: { defectBookId: string; code: string },
): Promise<DefectBookRow> {
  const book = await editableBook(context, input.defectBookId, field);
  await context.db.transaction().execute(async (trx) => {
    await lockDraft(trx, book.id, field, input.defectBookId);
    if (await selectSignedClass(trx, book.plant_id, input.code))
      throw new ConflictError(
        'input.code',
        input.code,
        'labels may name it, for it has been signed; retire it with putDefectClass instead',
      );
    if (!(await deleteClass(trx, book.id, input.code))) throw new NotFoundError('input.code', input.code);
    await audit(trx, context, book, 'book.class-removed', { code: input.code });
  });
  return book;
}

export interface PutDefectExample {
  defectBookId: string;
  code: string;
  imageSha256: string;
  isDefect: boolean;
  note?: string | null | undefined;
}

/** Shows where a class begins: an image that is just still good, or just bad enough. */
export async function putDefectExample(context: Context, input: PutDefectExample): Promise<DefectBookRow> {
  const book = await editableBook(context, input.defectBookId, field);
  const note = input.note?.trim() ? text('input.note', input.note, LONGEST_NOTE) : null;
  const most = context.config.limits.defectExamples;
  await context.db.transaction().execute(async (trx) => {
    await lockDraft(trx, book.id, field, input.defectBookId);
    const classes = await selectClasses(trx, [book.id]);
    if (!classes.some(({ code }) => code === input.code)) throw new NotFoundError('input.code', input.code);
    const examples = (await selectExamples(trx, [book.id])).filter(({ code }) => code === input.code);
    const isNew = !examples.some(({ image_sha256 }) => image_sha256.toString('hex') === input.imageSha256);
    if (isNew && examples.length >= most)
      throw new InvalidInputError(
        'input.imageSha256',
        input.imageSha256,
        `a class has at most ${most} examples (LEHR_LIMIT_DEFECT_EXAMPLES); remove one first`,
      );
    const row = {
      ...{ book_id: book.id, plant_id: book.plant_id, code: input.code },
      image_sha256: Buffer.from(input.imageSha256, 'hex'),
      ...{ is_defect: input.isDefect, note },
    };
    if (!(await upsertExample(trx, row))) throw new NotFoundError('input.imageSha256', input.imageSha256);
    const { code, imageSha256, isDefect } = input;
    await audit(trx, context, book, 'book.example', { code, imageSha256, isDefect, note });
  });
  return book;
}

export async function removeDefectExample(
  context: Context,
  input: { defectBookId: string; code: string; imageSha256: string },
): Promise<DefectBookRow> {
  const book = await editableBook(context, input.defectBookId, field);
  const { code, imageSha256 } = input;
  await context.db.transaction().execute(async (trx) => {
    await lockDraft(trx, book.id, field, input.defectBookId);
    if (!(await deleteExample(trx, book.id, code, Buffer.from(imageSha256, 'hex'))))
      throw new NotFoundError('input.imageSha256', imageSha256);
    await audit(trx, context, book, 'book.example-removed', { code, imageSha256 });
  });
  return book;
}
