/** What runs on a line: jobs follow each other, codes of products, recipes and batches are taken up as the plant uses them. */
import type { Db, Trx } from '../../../database/database.ts';
import type { Context } from '../../../kit/context.ts';
import { loadById } from '../../../kit/load-rows.ts';
import { type Connection, type PageArgs, toConnection } from '../../../kit/page.ts';
import { parseTimePage, timeCursor } from '../../../kit/time-page.ts';
import { hearOfJob, type JobChange, type ProductionIds } from './job-changes.service.ts';
import {
  type CodedTable,
  ensureCodes,
  type JobCodes,
  type JobSelection,
  lockLines,
  type ProductionRows,
  selectHeldJobs,
  selectJobByCode,
  selectJobPage,
  selectOpenJobs,
  selectProduction,
} from './production-runs.queries.ts';
import type { JobRow } from './production-runs.table.ts';

export type { JobChange, ProductionIds } from './job-changes.service.ts';
export type { JobCodes as ProductionCodes } from './production-runs.queries.ts';

/** Ids of the codes, made where they are new, one statement a table; in the order given. */
export async function ensureProduction(
  trx: Trx,
  plantId: string,
  wanted: readonly JobCodes[],
  now: Date,
): Promise<ProductionIds[]> {
  const ids = async (table: CodedTable, codes: (string | null)[]) => {
    const distinct = [...new Set(codes.filter((code) => code !== null))];
    return distinct.length === 0 ? new Map<string, string>() : ensureCodes(trx, table, plantId, distinct, now);
  };
  const products = await ids(
    'product',
    wanted.map((codes) => codes.productCode),
  );
  const recipes = await ids(
    'recipe',
    wanted.map((codes) => codes.recipeCode),
  );
  const batches = await ids(
    'material_batch',
    wanted.map((codes) => codes.batchCode),
  );
  const idOf = (found: Map<string, string>, code: string | null) => (code === null ? null : (found.get(code) ?? null));
  return wanted.map(({ productCode, recipeCode, batchCode }) => ({
    productId: idOf(products, productCode),
    recipeId: idOf(recipes, recipeCode),
    batchId: idOf(batches, batchCode),
  }));
}

/**
 * The job with this code, which something was made in at `at`; begun if the line has none of that code. A job that has
 * ended stays so: a late result joins it. The line must be locked.
 */
export async function joinJob(
  trx: Trx,
  wanted: { plantId: string; lineId: string; code: string; at: Date; now: Date } & ProductionIds,
): Promise<{ jobId: string; changes: JobChange[] }> {
  const { code, at } = wanted;
  const { job, changes } = await hearOfJob(trx, wanted, { by: 'machine', act: 'make', code, at });
  if (!job) throw new Error(`The job ${code} was neither found nor made`);
  return { jobId: job.id, changes };
}

/**
 * Makes the line's job the one that its machine names at `at` (null: none), as `succeed` has it. The line must be locked.
 */
export async function followJob(
  trx: Trx,
  named: { plantId: string; lineId: string; code: string | null; at: Date; now: Date } & ProductionIds,
): Promise<JobChange[]> {
  const { code, at } = named;
  return (await hearOfJob(trx, named, { by: 'machine', act: 'name', code, at })).changes;
}

/** Holds the lines until the transaction ends; call it once with all lines, before `joinJob` and `followJob`. */
export function lockLinesForJobs(trx: Trx, lineIds: readonly string[]): Promise<void> {
  return lockLines(trx, lineIds);
}

/** The line's job with this code, running or ended. */
export function findJobByCode(db: Db, lineId: string, code: string): Promise<JobRow | undefined> {
  return selectJobByCode(db, lineId, code);
}

/** The open job of each line that has one. */
export function openJobs(db: Db, lineIds: readonly string[]): Promise<JobRow[]> {
  return selectOpenJobs(db, lineIds);
}

/** Jobs that MES or people hold and that ran on the lines at some time in [from, to], the latest start first. */
export function heldJobs(db: Db, lineIds: readonly string[], from: Date, to: Date): Promise<JobRow[]> {
  return selectHeldJobs(db, lineIds, from, to);
}

/** The row of the table, one statement for all of an execution; null for no id. */
export function loadProduction<T extends keyof ProductionRows>(
  context: Context,
  table: T,
  id: string | null,
): Promise<ProductionRows[T] | null> {
  if (id === null) return Promise.resolve(null);
  return loadById(context, table, id, (ids) => selectProduction(context.db, table, ids));
}

/** The rows with these ids in plants that the caller may see; null for the others. */
export async function findProduction<T extends keyof ProductionRows>(
  context: Context,
  table: T,
  ids: readonly string[],
): Promise<(ProductionRows[T] | null)[]> {
  const rows = await Promise.all(ids.map((id) => loadProduction(context, table, id)));
  return rows.map((row) => (row && context.rights.plantIds.includes(row.plant_id) ? row : null));
}

/** The line's job that runs now. */
export function loadOpenJob(context: Context, lineId: string): Promise<JobRow | null> {
  const loader = context.loader<string, JobRow | null>('open jobs', async (lineIds) => {
    const byLine = new Map((await selectOpenJobs(context.db, lineIds)).map((job) => [job.line_id, job]));
    return lineIds.map((each) => byLine.get(each) ?? null);
  });
  return loader.load(lineId);
}

/** A page of jobs that the caller may see, newest start first. */
export async function listJobs(
  context: Context,
  selection: Omit<JobSelection, 'plantIds'> & { plantId: string | null },
  args: PageArgs,
): Promise<Connection<JobRow>> {
  const time = parseTimePage(args, context.config.limits);
  const { plantId } = selection;
  const plantIds = context.rights.plantIds.filter((id) => plantId === null || id === plantId);
  const rows = await selectJobPage(context.db, { ...selection, plantIds }, time);
  return toConnection(rows, time.page, (job) => timeCursor({ at: job.started_at, id: job.id }));
}
