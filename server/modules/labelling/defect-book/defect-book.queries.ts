/** Every SQL statement of the defect book: rows in, rows out, no rules. */
import { sql } from 'kysely';
import { plainArray, textArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { PoolImageRow } from '../../images/pool/pool.table.ts';
import type { DefectBookRow, DefectClassRow, DefectExampleRow } from './defect-book.table.ts';

/** The newest book of each plant in the state. */
export async function selectNewestBooks(
  db: Db,
  plantIds: readonly string[],
  state: DefectBookRow['state'],
): Promise<DefectBookRow[]> {
  const { rows } = await sql<DefectBookRow>`
    SELECT DISTINCT ON (plant_id) * FROM defect_book
    WHERE plant_id = any(${plainArray(plantIds)}::uuid[]) AND state = ${state}
    ORDER BY plant_id, number DESC
  `.execute(db);
  return rows;
}

/** Classes of books in the order of the book. */
export async function selectClasses(db: Db, bookIds: readonly string[]): Promise<DefectClassRow[]> {
  const { rows } = await sql<DefectClassRow>`
    SELECT * FROM defect_class WHERE book_id = any(${plainArray(bookIds)}::uuid[]) ORDER BY book_id, ordinal, code
  `.execute(db);
  return rows;
}

export async function selectExamples(db: Db, bookIds: readonly string[]): Promise<DefectExampleRow[]> {
  const { rows } = await sql<DefectExampleRow>`
    SELECT * FROM defect_example WHERE book_id = any(${plainArray(bookIds)}::uuid[])
    ORDER BY book_id, code, is_defect, image_sha256
  `.execute(db);
  return rows;
}

/** Holds the book until the transaction ends, so that nothing is changed in it while it is signed. */
export function lockBook(trx: Trx, id: string): Promise<DefectBookRow | undefined> {
  return trx.selectFrom('defect_book').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

/** The plant's books come one after the other. */
export async function lockPlantForBook(trx: Trx, plantId: string): Promise<number> {
  await sql`SELECT id FROM plant WHERE id = ${plantId}::uuid FOR NO KEY UPDATE`.execute(trx);
  const row = await trx
    .selectFrom('defect_book')
    .select((expression) => expression.fn.max('number').as('last'))
    .where('plant_id', '=', plantId)
    .executeTakeFirst();
  return row?.last ?? 0;
}

export async function insertBook(trx: Trx, row: DefectBookRow): Promise<void> {
  await trx.insertInto('defect_book').values(row).execute();
}

export async function insertClasses(trx: Trx, rows: readonly DefectClassRow[]): Promise<void> {
  if (rows.length === 0) return;
  await trx
    .insertInto('defect_class')
    .values(
      rows.map((row) => ({
        ...row,
        limits: JSON.stringify(row.limits),
        translations: JSON.stringify(row.translations),
      })),
    )
    .execute();
}

export async function copyExamples(trx: Trx, fromId: string, toId: string): Promise<void> {
  await sql`
    INSERT INTO defect_example (book_id, plant_id, code, image_sha256, is_defect, note)
    SELECT ${toId}::uuid, plant_id, code, image_sha256, is_defect, note FROM defect_example WHERE book_id = ${fromId}::uuid
  `.execute(trx);
}

export async function upsertClass(trx: Trx, row: DefectClassRow): Promise<void> {
  const values = { ...row, limits: JSON.stringify(row.limits), translations: JSON.stringify(row.translations) };
  const { book_id: _book, code: _code, ...rest } = values;
  await trx
    .insertInto('defect_class')
    .values(values)
    .onConflict((conflict) => conflict.columns(['book_id', 'code']).doUpdateSet(rest))
    .execute();
}

export async function deleteClass(trx: Trx, bookId: string, code: string): Promise<boolean> {
  const result = await trx
    .deleteFrom('defect_class')
    .where('book_id', '=', bookId)
    .where('code', '=', code)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** The class as it was last signed, in whatever version. */
export async function selectSignedClass(db: Db, plantId: string, code: string): Promise<DefectClassRow | undefined> {
  const { rows } = await sql<DefectClassRow>`
    SELECT c.* FROM defect_class c JOIN defect_book b ON b.id = c.book_id
    WHERE b.plant_id = ${plantId}::uuid AND b.state = 'signed' AND c.code = ${code}
    ORDER BY b.number DESC LIMIT 1
  `.execute(db);
  return rows[0];
}

/** False when the plant has no such image. */
export async function upsertExample(trx: Trx, row: DefectExampleRow): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO defect_example (book_id, plant_id, code, image_sha256, is_defect, note)
    SELECT ${row.book_id}::uuid, plant_id, ${row.code}, sha256, ${row.is_defect}, ${row.note}
    FROM image WHERE plant_id = ${row.plant_id}::uuid AND sha256 = ${row.image_sha256}
    ON CONFLICT (book_id, code, image_sha256) DO UPDATE SET is_defect = excluded.is_defect, note = excluded.note
    RETURNING code
  `.execute(trx);
  return rows.length === 1;
}

export async function deleteExample(trx: Trx, bookId: string, code: string, sha256: Buffer): Promise<boolean> {
  const result = await trx
    .deleteFrom('defect_example')
    .where('book_id', '=', bookId)
    .where('code', '=', code)
    .where('image_sha256', '=', sha256)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

export function signBook(
  trx: Trx,
  id: string,
  signature: { personId: string; at: Date; meaning: string; contentHash: Buffer },
): Promise<DefectBookRow> {
  return trx
    .updateTable('defect_book')
    .set({
      state: 'signed',
      signed_by: signature.personId,
      signed_at: signature.at,
      meaning: signature.meaning,
      content_hash: signature.contentHash,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A draft is given up with all that is in it. */
export async function deleteBook(trx: Trx, id: string): Promise<void> {
  await trx.deleteFrom('defect_class').where('book_id', '=', id).execute();
  await trx.deleteFrom('defect_book').where('id', '=', id).execute();
}

/**
 * Of the books `b`: labels that hold and name a class which the book defines otherwise than the book they were made under, or has retired.
 * A label names the classes of its regions, too.
 */
const touchedLabels = sql`
  SELECT p.image_sha256, c.code, c.is_retired
  FROM pool_image p
  CROSS JOIN LATERAL (
    SELECT annotation_id FROM label_decision d
    WHERE d.plant_id = p.plant_id AND d.image_sha256 = p.image_sha256 ORDER BY d.decided_at DESC, d.id DESC LIMIT 1
  ) d
  JOIN annotation a ON a.id = d.annotation_id
  JOIN defect_class c ON c.book_id = b.id
    AND (c.code = a.label OR a.regions @> jsonb_build_array(jsonb_build_object('classCode', c.code)))
  LEFT JOIN defect_class made ON made.book_id = a.book_id AND made.code = c.code
  WHERE p.plant_id = b.plant_id AND p.label_state = 'labelled'
    AND (c.is_retired OR coalesce(made.revision, 0) < c.revision)`;

export interface TouchedCount {
  bookId: string;
  code: string;
  isRetired: boolean;
  labels: number;
}

export async function countTouched(db: Db, bookIds: readonly string[]): Promise<TouchedCount[]> {
  const { rows } = await sql<TouchedCount>`
    SELECT b.id AS "bookId", touched.code, touched.is_retired AS "isRetired", count(*)::int AS labels
    FROM defect_book b CROSS JOIN LATERAL (${touchedLabels}) AS touched
    WHERE b.id = any(${plainArray(bookIds)}::uuid[])
    GROUP BY b.id, touched.code, touched.is_retired ORDER BY b.id, touched.code
  `.execute(db);
  return rows;
}

export type TouchedRow = PoolImageRow & { bookId: string };

/** Touched images of each book by hash; of some classes, or of all. */
export async function selectTouched(
  db: Db,
  bookIds: readonly string[],
  question: {
    codes: readonly string[] | null;
    after: Buffer | null;
    before: Buffer | null;
    backward: boolean;
    limit: number;
    /** Only those that do not wait in the queue. */
    notWaiting?: boolean;
  },
): Promise<TouchedRow[]> {
  const { codes, after, before, backward, limit, notWaiting = false } = question;
  const direction = backward ? sql`DESC` : sql`ASC`;
  const waits = sql`SELECT 1 FROM review_item item WHERE item.plant_id = b.plant_id
    AND item.image_sha256 = touched.image_sha256 AND item.closed_at IS NULL AND NOT item.is_check`;
  const { rows } = await sql<TouchedRow>`
    SELECT b.id AS "bookId", p.*
    FROM defect_book b
    CROSS JOIN LATERAL (
      SELECT DISTINCT image_sha256 FROM (${touchedLabels}) AS touched
      WHERE true
        ${codes ? sql`AND code = any(${textArray(codes)}::text[])` : sql``}
        ${after ? sql`AND image_sha256 > ${after}` : sql``}
        ${before ? sql`AND image_sha256 < ${before}` : sql``}
        ${notWaiting ? sql`AND NOT EXISTS (${waits})` : sql``}
      ORDER BY 1 ${direction} LIMIT ${limit}
    ) AS page
    JOIN pool_image p ON p.plant_id = b.plant_id AND p.image_sha256 = page.image_sha256
    WHERE b.id = any(${plainArray(bookIds)}::uuid[])
    ORDER BY b.id, p.image_sha256 ${direction}
  `.execute(db);
  return rows;
}
