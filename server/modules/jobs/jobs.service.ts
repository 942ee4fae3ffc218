/** What runs on a line: jobs follow each other, codes of products, recipes and batches are taken up as the plant uses them. */
import type { Db, Trx } from '../../database/database.ts';
import type { Context } from '../../kit/context.ts';
import { encodeGlobalId } from '../../kit/global-id.ts';
import { newId } from '../../kit/ids.ts';
import { loadById } from '../../kit/load-rows.ts';
import { type Connection, type PageArgs, toConnection } from '../../kit/page.ts';
import { parseTimePage, timeCursor } from '../../kit/time-page.ts';
import { succeed } from './job-succession.ts';
import {
  type CodedTable,
  ensureCodes,
  insertJob,
  type JobSelection,
  lockLines,
  type ProductionRows,
  selectJobByCode,
  selectJobPage,
  selectOpenJobs,
  selectProduction,
  selectRunsFrom,
  updateJobEnd,
} from './jobs.queries.ts';
import type { JobRow } from './jobs.table.ts';

export interface ProductionCodes {
  productCode: string | null;
  recipeCode: string | null;
  batchCode: string | null;
}

export interface ProductionIds {
  productId: string | null;
  recipeId: string | null;
  batchId: string | null;
}

/** A job that began, was resumed or ended; what the event log is told. */
export interface JobChange {
  kind: 'job.started' | 'job.ended';
  lineId: string;
  occurredAt: Date;
  data: { jobId: string; jobCode: string };
}

/** Ids of the codes, made where they are new, one statement a table; in the order given. */
export async function ensureProduction(
  trx: Trx,
  plantId: string,
  wanted: readonly ProductionCodes[],
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
  wanted: { plantId: string; lineId: string; code: string; at: Date } & ProductionIds,
): Promise<{ jobId: string; changes: JobChange[] }> {
  const { plantId, lineId, code, at, productId, recipeId, batchId } = wanted;
  const known = await selectJobByCode(trx, lineId, code);
  if (known) return { jobId: known.id, changes: [] };

  const runs = await selectRunsFrom(trx, lineId, at);
  const { startedAt, endedAt, ends } = succeed(runs, at);
  const changes = ends ? [await endJob(trx, ends, at)] : [];
  const job: JobRow = {
    id: newId(),
    plant_id: plantId,
    line_id: lineId,
    code,
    product_id: productId,
    recipe_id: recipeId,
    batch_id: batchId,
    started_at: startedAt,
    ended_at: endedAt,
  };
  await insertJob(trx, job);
  changes.push(jobChange('job.started', job, startedAt));
  if (endedAt) changes.push(jobChange('job.ended', job, endedAt));
  return { jobId: job.id, changes };
}

/**
 * Makes the line's job the one that its machine names at `at` (null: none). What was known of a later time stays.
 * A job that is named again goes on. The line must be locked.
 */
export async function followJob(
  trx: Trx,
  named: { plantId: string; lineId: string; code: string | null; at: Date } & ProductionIds,
): Promise<JobChange[]> {
  const { lineId, code, at } = named;
  const [open] = await selectOpenJobs(trx, [lineId]);
  if ((open?.code ?? null) === code || (open && at.getTime() < open.started_at.getTime())) return [];
  if (code === null) return open ? [await endJob(trx, open, at)] : [];

  const known = await selectJobByCode(trx, lineId, code);
  if (!known) return (await joinJob(trx, { ...named, code })).changes;
  if (known.ended_at && at.getTime() < known.ended_at.getTime()) return [];
  const changes = open ? [await endJob(trx, open, at)] : [];
  await updateJobEnd(trx, known.id, null);
  changes.push(jobChange('job.started', known, at));
  return changes;
}

async function endJob(trx: Trx, job: JobRow, at: Date): Promise<JobChange> {
  const endedAt = at.getTime() < job.started_at.getTime() ? job.started_at : at;
  await updateJobEnd(trx, job.id, endedAt);
  return jobChange('job.ended', job, endedAt);
}

function jobChange(kind: JobChange['kind'], job: JobRow, occurredAt: Date): JobChange {
  return { kind, lineId: job.line_id, occurredAt, data: { jobId: encodeGlobalId('Job', job.id), jobCode: job.code } };
}

/** Holds the lines until the transaction ends; call it once with all lines, before `joinJob` and `followJob`. */
export function lockLinesForJobs(trx: Trx, lineIds: readonly string[]): Promise<void> {
  return lockLines(trx, lineIds);
}

/** The open job of each line that has one. */
export function openJobs(db: Db, lineIds: readonly string[]): Promise<JobRow[]> {
  return selectOpenJobs(db, lineIds);
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
