/** Changing a draft of the defect book: its classes and their boundary examples. */
import { act } from '../../../kit/act.ts';
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
import { bookSubject, editableBook, lockDraft } from './defect-book.service.ts';
import type { DefectBookRow, DefectClassRow, DefectExampleRow } from './defect-book.table.ts';

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
  await act(context, async ({ trx, audit }) => {
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
    const change = { before: before ? classFacts(before) : null, after: classFacts(row) };
    audit('book.class', bookSubject(book), { code: row.code, ...change });
  });
  return book;
}

/** Takes a class out of the draft that was never signed. Others are retired, because labels name them. */
export async function removeDefectClass(
  context: Context,
  input: { defectBookId: string; code: string },
): Promise<DefectBookRow> {
  const book = await editableBook(context, input.defectBookId, field);
  await act(context, async ({ trx, audit }) => {
    await lockDraft(trx, book.id, field, input.defectBookId);
    if (await selectSignedClass(trx, book.plant_id, input.code))
      throw new ConflictError(
        'input.code',
        input.code,
        'labels may name it, for it has been signed; retire it with putDefectClass instead',
      );
    const before = (await selectClasses(trx, [book.id])).find(({ code }) => code === input.code);
    if (!before || !(await deleteClass(trx, book.id, input.code))) throw new NotFoundError('input.code', input.code);
    audit('book.class-removed', bookSubject(book), { code: input.code, before: classFacts(before), after: null });
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
  await act(context, async ({ trx, audit }) => {
    await lockDraft(trx, book.id, field, input.defectBookId);
    const classes = await selectClasses(trx, [book.id]);
    if (!classes.some(({ code }) => code === input.code)) throw new NotFoundError('input.code', input.code);
    const examples = (await selectExamples(trx, [book.id])).filter(({ code }) => code === input.code);
    const before = examples.find(({ image_sha256 }) => image_sha256.toString('hex') === input.imageSha256);
    if (!before && examples.length >= most)
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
    const change = { before: before ? exampleFacts(before) : null, after: exampleFacts(row) };
    audit('book.example', bookSubject(book), { code: input.code, imageSha256: input.imageSha256, ...change });
  });
  return book;
}

export async function removeDefectExample(
  context: Context,
  input: { defectBookId: string; code: string; imageSha256: string },
): Promise<DefectBookRow> {
  const book = await editableBook(context, input.defectBookId, field);
  const { code, imageSha256 } = input;
  await act(context, async ({ trx, audit }) => {
    await lockDraft(trx, book.id, field, input.defectBookId);
    const sha256 = Buffer.from(imageSha256, 'hex');
    const examples = await selectExamples(trx, [book.id]);
    const before = examples.find((each) => each.code === code && each.image_sha256.equals(sha256));
    if (!before || !(await deleteExample(trx, book.id, code, sha256)))
      throw new NotFoundError('input.imageSha256', imageSha256);
    const change = { before: exampleFacts(before), after: null };
    audit('book.example-removed', bookSubject(book), { code, imageSha256, ...change });
  });
  return book;
}

function classFacts({ book_id: _book, plant_id: _plant, ...facts }: DefectClassRow) {
  return facts;
}

function exampleFacts({ is_defect: isDefect, note }: Pick<DefectExampleRow, 'is_defect' | 'note'>) {
  return { isDefect, note };
}
