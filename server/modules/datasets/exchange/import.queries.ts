/** Every SQL statement about imports: rows in, rows out, no rules. */
import { type Insertable, sql, type Updateable } from 'kysely';
import { byteaArray, jsonTextArray, plainArray, textArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { Page } from '../../../kit/page.ts';
import type { Role } from '../../../kit/rights.ts';
import type { DatasetImportFileRow, DatasetImportRow, DatasetImportTable } from './exchange.table.ts';

/** Holds the plant's open imports, so that two asked for at once are counted one after the other. */
export async function countOpenImports(trx: Trx, plantId: string): Promise<number> {
  await sql`SELECT 1 FROM plant WHERE id = ${plantId} FOR NO KEY UPDATE`.execute(trx);
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::int AS count FROM dataset_import WHERE plant_id = ${plantId} AND state IN ('queued', 'running')
  `.execute(trx);
  return rows[0]?.count ?? 0;
}

export function insertImport(trx: Trx, row: Insertable<DatasetImportTable>): Promise<DatasetImportRow> {
  return trx.insertInto('dataset_import').values(row).returningAll().executeTakeFirstOrThrow();
}

export function selectImport(db: Db, id: string): Promise<DatasetImportRow | undefined> {
  return db.selectFrom('dataset_import').selectAll().where('id', '=', id).executeTakeFirst();
}

type Change = Pick<
  Updateable<DatasetImportTable>,
  'state' | 'progress' | 'format' | 'error' | 'started_at' | 'finished_at' | 'found' | 'counts'
>;

/** Changes an import that is still open; undefined when it is not. */
export function updateOpenImport(db: Db, id: string, change: Change): Promise<DatasetImportRow | undefined> {
  return db
    .updateTable('dataset_import')
    .set(change)
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returningAll()
    .executeTakeFirst();
}

export interface NewImportFile
  extends Pick<DatasetImportFileRow, 'path' | 'state' | 'reason' | 'split' | 'attributes'> {
  sha256: string | null;
}

/** Files by path; one that was noted before is noted anew. */
export async function upsertImportFiles(db: Db, importId: string, files: readonly NewImportFile[]): Promise<void> {
  if (files.length === 0) return;
  const byPath = [...new Map(files.map((file) => [file.path, file])).values()];
  await sql`
    INSERT INTO dataset_import_file (import_id, path, state, image_sha256, reason, split, attributes)
    SELECT ${importId}::uuid, f.path, f.state, f.sha256, f.reason, f.split, a.value
    FROM unnest(
      ${textArray(byPath.map(({ path }) => path))}::text[], ${plainArray(byPath.map(({ state }) => state))}::text[],
      ${byteaArray(byPath.map(({ sha256 }) => sha256))}::bytea[], ${textArray(byPath.map(({ reason }) => reason))}::text[],
      ${plainArray(byPath.map(({ split }) => split))}::text[]
    ) WITH ORDINALITY AS f (path, state, sha256, reason, split, place)
    JOIN jsonb_array_elements(
      ${jsonTextArray(byPath.map(({ attributes }) => (attributes === null ? null : JSON.stringify(attributes))))}::jsonb
    ) WITH ORDINALITY AS v (json, place) ON v.place = f.place
    CROSS JOIN LATERAL (SELECT CASE WHEN v.json = 'null'::jsonb THEN NULL ELSE v.json END AS value) AS a
    ON CONFLICT (import_id, path) DO UPDATE
      SET state = excluded.state, image_sha256 = excluded.image_sha256, reason = excluded.reason, split = excluded.split
  `.execute(db);
}

export async function deleteImportFiles(db: Db, importId: string): Promise<void> {
  await db.deleteFrom('dataset_import_file').where('import_id', '=', importId).execute();
}

/** Paths that a run before has dealt with. */
export async function selectDonePaths(db: Db, importId: string): Promise<string[]> {
  const rows = await db.selectFrom('dataset_import_file').select('path').where('import_id', '=', importId).execute();
  return rows.map(({ path }) => path);
}

/** Images that came in, by path, after one. */
export function selectTakenFiles(
  db: Db,
  importId: string,
  after: string,
  limit: number,
): Promise<DatasetImportFileRow[]> {
  return db
    .selectFrom('dataset_import_file')
    .selectAll()
    .where('import_id', '=', importId)
    .where('state', '!=', 'refused')
    .where('path', '>', after)
    .orderBy('path')
    .limit(limit)
    .execute();
}

/** The same page of each import's files that were refused, or of which something was; one row more than the page for each. */
export async function selectRefusedPages(
  db: Db,
  importIds: readonly string[],
  page: Page,
): Promise<DatasetImportFileRow[]> {
  const direction = page.backward ? sql`DESC` : sql`ASC`;
  const { rows } = await sql<DatasetImportFileRow>`
    SELECT f.* FROM unnest(${[...importIds]}::uuid[]) AS i (id)
    CROSS JOIN LATERAL (
      SELECT * FROM dataset_import_file
      WHERE import_id = i.id AND reason IS NOT NULL
        ${page.after ? sql`AND path > ${String(page.after[0])}` : sql``}
        ${page.before ? sql`AND path < ${String(page.before[0])}` : sql``}
      ORDER BY path ${direction}
      LIMIT ${page.limit + 1}
    ) AS f
    ORDER BY f.import_id, f.path ${direction}
  `.execute(db);
  return rows;
}

/** Where in the set images lay that were sent by themselves, and that no import has named before. */
export async function noteSources(
  trx: Trx,
  row: { id: string; plant_id: string },
  images: readonly { sha256: string; path: string }[],
): Promise<void> {
  if (images.length === 0) return;
  await sql`
    UPDATE pool_image p SET import_id = ${row.id}::uuid, source_path = g.path
    FROM unnest(
      ${byteaArray(images.map(({ sha256 }) => sha256))}::bytea[], ${textArray(images.map(({ path }) => path))}::text[]
    ) AS g (sha256, path)
    WHERE p.plant_id = ${row.plant_id}::uuid AND p.image_sha256 = g.sha256 AND p.origin = 'import' AND p.import_id IS NULL
  `.execute(trx);
}

/** Hashes (hexadecimal) of those that the plant has. */
export async function selectKnownImages(db: Db, plantId: string, sha256s: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ sha256: string }>`
    SELECT encode(sha256, 'hex') AS sha256 FROM image
    WHERE plant_id = ${plantId}::uuid AND sha256 = any(${byteaArray(sha256s)}::bytea[]) AND deleted_at IS NULL
  `.execute(db);
  return new Set(rows.map(({ sha256 }) => sha256));
}

export interface WorkingPerson {
  id: string;
  name: string;
  email: string;
  is_administrator: boolean;
  roles: Role[];
}

/** Who somebody is in a plant now; undefined when they may not sign in any more. */
export async function selectWorkingPerson(
  db: Db,
  personId: string,
  plantId: string,
): Promise<WorkingPerson | undefined> {
  const { rows } = await sql<WorkingPerson>`
    SELECT id, name, email, is_administrator,
      coalesce((SELECT jsonb_agg(role) FROM membership WHERE person_id = p.id AND plant_id = ${plantId}::uuid), '[]') AS roles
    FROM person p WHERE id = ${personId}::uuid AND disabled_at IS NULL
  `.execute(db);
  return rows[0];
}
