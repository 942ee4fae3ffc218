/** The defect book: what counts as which defect, in versions that a person signs. */

import type { Db, Trx } from '../../../database/database.ts';
import { CURATORS, canSee, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { encodeGlobalId, keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { listVisible, ofParent } from '../../../kit/list-visible.ts';
import { loadById, loadByParent } from '../../../kit/load-rows.ts';
import { type Connection, type PageArgs, parsePage, toConnection } from '../../../kit/page.ts';
import { selectRowsIn } from '../../../kit/table-rows.ts';
import { viewingPerson } from '../../../kit/viewing-person.ts';
import type { PoolImageRow } from '../../images/pool/pool.table.ts';
import { WrongCredentialsError } from '../../people/access/access.errors.ts';
import { verifyPassword } from '../../people/access/passwords.service.ts';
import { findPart } from '../../plant/parts/plants.service.ts';
import { bookHash } from './book-content.ts';
import { text } from './check-class.ts';
import {
  copyExamples,
  countTouched,
  deleteBook,
  insertBook,
  insertClasses,
  lockBook,
  lockPlantForBook,
  selectClasses,
  selectExamples,
  selectNewestBooks,
  selectTouched,
  signBook,
  type TouchedCount,
} from './defect-book.queries.ts';
import type { DefectBookRow, DefectClassRow, DefectExampleRow } from './defect-book.table.ts';
import { GOOD } from './good-label.ts';
import { glassTemplate } from './template-glass.ts';
import { packagingTemplate } from './template-packaging.ts';
import { pharmaTemplate } from './template-pharma.ts';

const LONGEST_MEANING = 500;
const sha256Pattern = /^[0-9a-f]{64}$/;

export type BookTemplate = 'glass' | 'packaging' | 'pharma' | 'empty';

const templates = { glass: glassTemplate, packaging: packagingTemplate, pharma: pharmaTemplate, empty: [] };

/** The newest signed book and its classes; null: labels are free. */
export interface SignedBook {
  id: string;
  classes: DefectClassRow[];
}

/** What labels of the plant are made under now. Two statements; ask once for many labels. */
export async function signedBook(db: Db, plantId: string): Promise<SignedBook | null> {
  const [book] = await selectNewestBooks(db, [plantId], 'signed');
  return book ? { id: book.id, classes: await selectClasses(db, [book.id]) } : null;
}

/** Throws `InvalidInputError` for a label that no class of the book has, or one that is retired. Without a book every label is taken. */
export function checkLabel(book: SignedBook | null, field: string, label: string): void {
  if (label === GOOD || !book) return;
  const known = book.classes.find(({ code }) => code === label);
  const offered = book.classes.filter((each) => !each.is_retired).map(({ code }) => code);
  if (!known || known.is_retired)
    throw new InvalidInputError(
      field,
      label,
      `${known ? 'the defect book has retired this class' : 'the defect book has no such class'}; give ${GOOD} or one of: ${offered.join(', ')}`,
    );
}

/** Opens a draft: the newest signed book again, or a sector's template when there is none. */
export async function openDefectBook(
  context: Context,
  input: { plantId: string; template: BookTemplate },
): Promise<DefectBookRow> {
  const plant = await findPart(context, 'plant', keyOf('Plant', input.plantId, 'input.plantId'));
  if (!plant) throw new NotFoundError('input.plantId', input.plantId);
  requireRole(context, plant.id, CURATORS, { field: 'input.plantId', value: input.plantId });
  const personId = viewingPerson(context);
  return act(context, async ({ trx, now, audit }) => {
    const last = await lockPlantForBook(trx, plant.id);
    const [draft] = await selectNewestBooks(trx, [plant.id], 'draft');
    if (draft)
      throw new ConflictError('input.plantId', input.plantId, 'a draft is open; change, sign or discard that one');
    const row: DefectBookRow = {
      ...{ id: newId(), plant_id: plant.id, number: last + 1, state: 'draft', created_by: personId },
      ...{ created_at: now, signed_by: null, signed_at: null, meaning: null, content_hash: null },
    };
    await insertBook(trx, row);
    const [newest] = await selectNewestBooks(trx, [plant.id], 'signed');
    if (newest) {
      const classes = await selectClasses(trx, [newest.id]);
      await insertClasses(
        trx,
        classes.map((each) => ({ ...each, book_id: row.id })),
      );
      await copyExamples(trx, newest.id, row.id);
    } else {
      await insertClasses(trx, fromTemplate(row, input.template));
    }
    const after = { number: row.number, template: newest ? null : input.template, basedOn: newest?.number ?? null };
    audit('book.open', bookSubject(row), { before: null, after });
    return row;
  });
}

function fromTemplate(book: DefectBookRow, template: BookTemplate): DefectClassRow[] {
  return templates[template].map((each, ordinal) => ({
    ...each,
    limits: [...each.limits],
    ...{ book_id: book.id, plant_id: book.plant_id, revision: 1, ordinal, is_retired: false },
  }));
}

/** Signs a draft for good: labels are made under it from now on. The person has just given the password again. */
export async function signDefectBook(
  context: Context,
  input: { defectBookId: string; password: string; meaning: string },
): Promise<DefectBookRow> {
  const draft = await editableBook(context, input.defectBookId, 'input.defectBookId');
  const meaning = text('input.meaning', input.meaning, LONGEST_MEANING);
  const personId = viewingPerson(context);
  if (!(await verifyPassword(context, personId, input.password))) throw new WrongCredentialsError('The password is');
  return act(context, async ({ trx, now: at, audit, event }) => {
    await lockDraft(trx, draft.id, 'input.defectBookId', input.defectBookId);
    const classes = await selectClasses(trx, [draft.id]);
    if (!classes.some((each) => !each.is_retired))
      throw new ConflictError('input.defectBookId', input.defectBookId, 'the book has no class in use; add one first');
    const contentHash = bookHash(classes, await selectExamples(trx, [draft.id]));
    const [newest] = await selectNewestBooks(trx, [draft.plant_id], 'signed');
    if (newest?.content_hash?.equals(contentHash))
      throw new ConflictError(
        'input.defectBookId',
        input.defectBookId,
        `nothing has changed since version ${newest.number}; change something or discard the draft`,
      );
    const row = await signBook(trx, draft.id, { personId, at, meaning, contentHash });
    const data = { defectBookId: encodeGlobalId('DefectBook', row.id), number: row.number, meaning };
    event(row.plant_id, { kind: 'book.signed', data });
    const change = { before: { state: draft.state }, after: { state: row.state } };
    audit('book.sign', bookSubject(row), { meaning, contentHash: contentHash.toString('hex'), ...change });
    return row;
  });
}

/** Gives up a draft. What is signed stays. */
export async function discardDefectBook(context: Context, globalId: string): Promise<DefectBookRow> {
  const draft = await editableBook(context, globalId, 'defectBookId');
  await act(context, async ({ trx, audit }) => {
    await lockDraft(trx, draft.id, 'defectBookId', globalId);
    await deleteBook(trx, draft.id);
    audit('book.discard', bookSubject(draft), { before: { number: draft.number, state: draft.state }, after: null });
  });
  return draft;
}

/** The draft that the id names. Throws when it cannot be seen, may not be changed or is signed. */
export async function editableBook(context: Context, globalId: string, field: string): Promise<DefectBookRow> {
  const book = await findDefectBook(context, keyOf('DefectBook', globalId, field));
  if (!book) throw new NotFoundError(field, globalId);
  requireRole(context, book.plant_id, CURATORS, { field, value: globalId });
  if (book.state === 'signed') throw signedConflict(field, globalId);
  return book;
}

/** Holds the draft until the transaction ends. Throws when somebody has signed or discarded it meanwhile. */
export async function lockDraft(trx: Trx, id: string, field: string, globalId: string): Promise<void> {
  const locked = await lockBook(trx, id);
  if (!locked) throw new NotFoundError(field, globalId);
  if (locked.state === 'signed') throw signedConflict(field, globalId);
}

export function bookSubject(book: DefectBookRow) {
  return { plantId: book.plant_id, subjectType: 'DefectBook', subjectId: book.id };
}

export async function findDefectBook(context: Context, id: string): Promise<DefectBookRow | null> {
  const select = (ids: readonly string[]) => selectRowsIn(context.db, 'defect_book', 'id', ids, ['id']);
  const row = await loadById(context, 'defect book', id, select);
  return row && canSee(context, row.plant_id) ? row : null;
}

/** The newest signed book of a plant, or its draft. */
export async function loadBookOf(
  context: Context,
  plantId: string,
  state: DefectBookRow['state'],
): Promise<DefectBookRow | null> {
  const select = (ids: readonly string[]) => selectNewestBooks(context.db, ids, state);
  const rows = await loadByParent(context, `newest ${state} book`, plantId, select, (row) => row.plant_id);
  return rows[0] ?? null;
}

export function loadClasses(context: Context, bookId: string): Promise<DefectClassRow[]> {
  const select = (ids: readonly string[]) => selectClasses(context.db, ids);
  return loadByParent(context, 'defect classes', bookId, select, (row) => row.book_id);
}

export async function loadExamples(context: Context, bookId: string, code: string): Promise<DefectExampleRow[]> {
  const select = (ids: readonly string[]) => selectExamples(context.db, ids);
  const rows = await loadByParent(context, 'defect examples', bookId, select, (row) => row.book_id);
  return rows.filter((row) => row.code === code);
}

export function listDefectBooks(context: Context, plantId: string, args: PageArgs): Promise<Connection<DefectBookRow>> {
  return listVisible(context, 'defect_book', args, ofParent('plant_id', plantId));
}

/** How many labels each class of the book touches. */
export function touchedCounts(context: Context, book: DefectBookRow): Promise<TouchedCount[]> {
  const select = (ids: readonly string[]) => countTouched(context.db, ids);
  return loadByParent(context, 'touched classes', book.id, select, (row) => row.bookId);
}

/** Images whose labels the book touches, by hash. */
export async function listTouched(
  context: Context,
  book: DefectBookRow,
  codes: readonly string[] | null,
  args: PageArgs,
): Promise<Connection<PoolImageRow>> {
  const page = parsePage(args, context.config.limits, 1);
  const key = (field: 'after' | 'before'): Buffer | null => {
    const [part] = page[field] ?? [];
    if (part === undefined) return null;
    if (typeof part === 'string' && sha256Pattern.test(part)) return Buffer.from(part, 'hex');
    throw new InvalidInputError(field, args[field], 'give a cursor as this field returned it');
  };
  const question = {
    codes,
    after: key('after'),
    before: key('before'),
    backward: page.backward,
    limit: page.limit + 1,
  };
  // lists of versions ask for the same page of each
  const rows = await loadByParent(
    context,
    `touched ${JSON.stringify([page, codes])}`,
    book.id,
    (ids) => selectTouched(context.db, ids, question),
    (row) => row.bookId,
  );
  return toConnection(rows, page, (row) => [row.image_sha256.toString('hex')]);
}

/** Hashes (hexadecimal) of images whose labels the book touches and that do not wait in the queue, the first `limit`. */
export async function touchedImages(context: Context, book: DefectBookRow, limit: number): Promise<string[]> {
  const question = { codes: null, after: null, before: null, backward: false, limit, notWaiting: true };
  return (await selectTouched(context.db, [book.id], question)).map((row) => row.image_sha256.toString('hex'));
}

function signedConflict(field: string, globalId: string): ConflictError {
  return new ConflictError(field, globalId, 'this version is signed; open a new draft with openDefectBook');
}
