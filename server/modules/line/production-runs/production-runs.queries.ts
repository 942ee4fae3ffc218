/** Every SQL statement of the jobs module: rows in, rows out, no rules. */
import { type Insertable, sql, type Updateable } from 'kysely';
import { plainArray, textArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import { newId } from '../../../kit/ids.ts';
import type { TimePage } from '../../../kit/time-page.ts';
import type { MaterialBatchRow, RecipeRow } from '../../plant/parts/plants.table.ts';
import type { JobOrigin } from './job-succession.ts';
import type { JobRow, JobTable } from './production-runs.table.ts';

/** null: not known, or none. */
export interface JobCodes {
  productCode: string | null;
  recipeCode: string | null;
  batchCode: string | null;
}

export type CodedTable = 'product' | 'recipe' | 'material_batch';

/** Ids by code; those that were not there are made, a product with its code as its name. */
export async function ensureCodes(
  trx: Trx,
  table: CodedTable,
  plantId: string,
  codes: readonly string[],
  now: Date,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  // The second round sees what another transaction committed while the first one's insert waited for it.
  for (let round = 0; round < 2 && found.size < codes.length; round++) {
    const missing = codes.filter((code) => !found.has(code)).sort();
    const name = table === 'product' ? { column: sql`, name`, value: sql`, n.code` } : { column: sql``, value: sql`` };
    const { rows } = await sql<{ id: string; code: string }>`
      WITH n AS (
        SELECT * FROM unnest(${plainArray(missing.map(() => newId(now.getTime())))}::uuid[], ${textArray(missing)}::text[]) AS n (id, code)
      ), made AS (
        INSERT INTO ${sql.table(table)} (id, plant_id, code, created_at ${name.column})
        SELECT n.id, ${plantId}::uuid, n.code, ${now}::timestamptz ${name.value} FROM n
        ON CONFLICT (plant_id, code) DO NOTHING
        RETURNING id, code
      )
      SELECT id, code FROM made
      UNION ALL
      SELECT t.id, t.code FROM ${sql.table(table)} t WHERE t.plant_id = ${plantId} AND t.code IN (SELECT code FROM n)
    `.execute(trx);
    for (const row of rows) found.set(row.code, row.id);
  }
  return found;
}

/** Holds the lines until the transaction ends, so that their jobs change one after another; does not hinder writers of inspections. */
export async function lockLines(trx: Trx, lineIds: readonly string[]): Promise<void> {
  await sql`SELECT 1 FROM line WHERE id = ANY(${plainArray(lineIds)}::uuid[]) ORDER BY id FOR NO KEY UPDATE`.execute(
    trx,
  );
}

/** What `succeed` needs to know of a line: its open job, the one of the code, and all that ended after `at`. */
export function selectRuns(db: Db, lineId: string, code: string | null, at: Date): Promise<JobRow[]> {
  return db
    .selectFrom('job')
    .selectAll()
    .where('line_id', '=', lineId)
    .where((where) =>
      where.or([
        where('ended_at', 'is', null),
        where('ended_at', '>', at),
        ...(code === null ? [] : [where('code', '=', code)]),
      ]),
    )
    .execute();
}

export function selectJob(db: Db, jobId: string): Promise<JobRow | undefined> {
  return db.selectFrom('job').selectAll().where('id', '=', jobId).executeTakeFirst();
}

export function selectJobByCode(db: Db, lineId: string, code: string): Promise<JobRow | undefined> {
  return db.selectFrom('job').selectAll().where('line_id', '=', lineId).where('code', '=', code).executeTakeFirst();
}

export function insertJob(trx: Trx, job: Insertable<JobTable>): Promise<JobRow> {
  return trx.insertInto('job').values(job).returningAll().executeTakeFirstOrThrow();
}

/** Gives the job as it is then. */
export function updateJob(trx: Trx, jobId: string, changes: Updateable<JobTable>): Promise<JobRow> {
  return trx.updateTable('job').set(changes).where('id', '=', jobId).returningAll().executeTakeFirstOrThrow();
}

/** Jobs of MES or people that ran on the lines at some time in [from, to]. */
export function selectHeldJobs(db: Db, lineIds: readonly string[], from: Date, to: Date): Promise<JobRow[]> {
  return db
    .selectFrom('job')
    .selectAll()
    .where(inList('line_id', lineIds))
    .where('held_by', '<>', 'machine')
    .where((where) => where.or([where('ended_at', 'is', null), where('ended_at', '>', from)]))
    .where('started_at', '<=', to)
    .orderBy('started_at', 'desc')
    .execute();
}

/** Codes of what jobs make, with what and from what, by job. */
export async function selectJobCodes(db: Db, jobIds: readonly string[]): Promise<Map<string, JobCodes>> {
  const { rows } = await sql<JobCodes & { id: string }>`
    SELECT j.id, p.code AS "productCode", r.code AS "recipeCode", b.code AS "batchCode"
    FROM job j
    LEFT JOIN product p ON p.id = j.product_id
    LEFT JOIN recipe r ON r.id = j.recipe_id
    LEFT JOIN material_batch b ON b.id = j.batch_id
    WHERE ${inList('j.id', jobIds)}
  `.execute(db);
  return new Map(rows.map(({ id, ...codes }) => [id, codes]));
}

export function selectOpenJobs(db: Db, lineIds: readonly string[]): Promise<JobRow[]> {
  return db.selectFrom('job').selectAll().where(inList('line_id', lineIds)).where('ended_at', 'is', null).execute();
}

export interface ProductionRows {
  job: JobRow;
  recipe: RecipeRow;
  material_batch: MaterialBatchRow;
}

export async function selectProduction<T extends keyof ProductionRows>(
  db: Db,
  table: T,
  ids: readonly string[],
): Promise<ProductionRows[T][]> {
  const { rows } = await sql<ProductionRows[T]>`
    SELECT * FROM ${sql.table(table)} WHERE ${inList('id', ids)}
  `.execute(db);
  return rows;
}

export interface JobSelection {
  plantIds: readonly string[];
  lineId: string | null;
  code: string | null;
  origin: JobOrigin | null;
  productCode: string | null;
  batchCode: string | null;
  isOpen: boolean | null;
  /** Jobs that ran at some time in [from, to). */
  from: Date | null;
  to: Date | null;
}

/** Newest start first; one row more than the page, in reverse when it is a backward one. */
export function selectJobPage(db: Db, selection: JobSelection, { page, after, before }: TimePage): Promise<JobRow[]> {
  const { plantIds, lineId, code, origin, productCode, batchCode, isOpen, from, to } = selection;
  let query = db.selectFrom('job').selectAll().where(inList('plant_id', plantIds));
  if (lineId) query = query.where('line_id', '=', lineId);
  if (code !== null) query = query.where('code', '=', code);
  if (origin !== null) query = query.where('origin', '=', origin);
  if (productCode !== null) query = query.where(hasCode('product_id', 'product', plantIds, productCode));
  if (batchCode !== null) query = query.where(hasCode('batch_id', 'material_batch', plantIds, batchCode));
  if (isOpen !== null) query = query.where('ended_at', isOpen ? 'is' : 'is not', null);
  if (from) query = query.where((where) => where.or([where('ended_at', 'is', null), where('ended_at', '>=', from)]));
  if (to) query = query.where('started_at', '<', to);
  if (after) query = query.where(sql<boolean>`(started_at, id) < (${after.at}, ${after.id}::uuid)`);
  if (before) query = query.where(sql<boolean>`(started_at, id) > (${before.at}, ${before.id}::uuid)`);
  const direction = page.backward ? 'asc' : 'desc';
  return query
    .orderBy('started_at', direction)
    .orderBy('id', direction)
    .limit(page.limit + 1)
    .execute();
}

/** One parameter for a list of UUIDs, so that the statement's text does not change with its length. */
function inList(column: string, ids: readonly string[]) {
  return sql<boolean>`${sql.ref(column)} = ANY(${plainArray(ids)}::uuid[])`;
}

function hasCode(column: string, table: CodedTable, plantIds: readonly string[], code: string) {
  return sql<boolean>`${sql.ref(column)} IN (
    SELECT id FROM ${sql.table(table)} WHERE ${inList('plant_id', plantIds)} AND code = ${code}
  )`;
}
