/** The product, recipe, batch and job that the items of a call name by their codes. */

import type { Db } from '../../../database/database.ts';
import { type ActScope, act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import {
  ensureProduction,
  heldJobs,
  type JobChange,
  joinJob,
  lockLinesForJobs,
  type ProductionCodes,
  type ProductionIds,
} from '../production-runs/production-runs.service.ts';
import { told } from '../signals/signals.ts';
import { type IngestCache, ingestCache } from './ingest-cache.ts';
import type { ReadItem } from './read-item.ts';

export interface Production extends ProductionIds {
  jobId: string | null;
}

type Item = Pick<ReadItem, 'capturedAtMs' | 'input'> & { place: { lineId: string } };

interface NamedProduction extends ProductionCodes {
  jobCode: string | null;
  plantId: string;
  lineId: string;
  at: Date;
}

/** In the order of the items; undefined when a code is not known to this process yet. */
export function knownProduction(db: Db, plantId: string, items: readonly Item[]): Production[] | undefined {
  const cache = ingestCache(db);
  const productions: Production[] = [];
  let last: { item: Item; production: Production } | undefined;
  for (const item of items) {
    if (!last || !isOfSameRun(last.item, item)) {
      const production = cachedProduction(cache, named(plantId, item));
      if (!production) return undefined;
      last = { item, production };
    }
    productions.push(last.production);
  }
  return productions;
}

/**
 * The same, making what is new in a transaction of its own: products, recipes and batches by their code, a job as begun
 * when the first of the items was captured. It is short, so that the plant's event log is not locked while results are written.
 */
export async function establishProduction(
  context: Context,
  plantId: string,
  items: readonly Item[],
): Promise<Production[]> {
  const { db } = context;
  const cache = ingestCache(db);
  const wanted = items.map((item) => named(plantId, item));
  const unknown = wanted
    .filter((each) => !cachedProduction(cache, each))
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  if (unknown.length > 0) {
    const codes = await act(context, (scope) => makeProduction(scope, context, plantId, unknown));
    // Only now, for before the commit others could not see the rows.
    for (const [key, id] of codes) cache.codes.set(key, id);
  }
  return wanted.map((each) => {
    const production = cachedProduction(cache, each);
    if (!production) throw new Error('A code that was just made is not known');
    return production;
  });
}

/**
 * Parts whose machine named no job belong to the one that MES or a person had running on the line when they were captured.
 * One statement, and none when every part has its job.
 */
export async function withHeldJobs(
  db: Db,
  items: readonly Item[],
  productions: readonly Production[],
): Promise<Production[]> {
  const without = items.filter((_item, index) => productions[index]?.jobId === null);
  if (without.length === 0) return [...productions];
  const times = without.map((item) => item.capturedAtMs);
  const lineIds = [...new Set(without.map((item) => item.place.lineId))];
  const [from, to] = [new Date(Math.min(...times)), new Date(Math.max(...times))];
  const jobs = Map.groupBy(await heldJobs(db, lineIds, from, to), (job) => job.line_id);
  return productions.map((production, index) => {
    const item = items[index];
    if (!item || production.jobId !== null) return production;
    const at = new Date(item.capturedAtMs);
    const ran = jobs
      .get(item.place.lineId)
      ?.find((job) => job.started_at <= at && (job.ended_at === null || at < job.ended_at));
    if (!ran) return production;
    // What the machine did not say, the job was planned with.
    const { productId, recipeId, batchId } = production;
    return {
      jobId: ran.id,
      productId: productId ?? ran.product_id,
      recipeId: recipeId ?? ran.recipe_id,
      batchId: batchId ?? ran.batch_id,
    };
  });
}

async function makeProduction(
  { trx, audit, event }: ActScope,
  context: Context,
  plantId: string,
  unknown: readonly NamedProduction[],
): Promise<Map<string, string>> {
  const codes = new Map<string, string>();
  const changes: JobChange[] = [];
  const ids = await ensureProduction(trx, plantId, unknown, context.now());
  const lineIds = new Set(unknown.filter((each) => each.jobCode !== null).map((each) => each.lineId));
  if (lineIds.size > 0) await lockLinesForJobs(trx, [...lineIds]);

  for (const [index, each] of unknown.entries()) {
    const { productId = null, recipeId = null, batchId = null } = ids[index] ?? {};
    if (each.productCode !== null && productId) codes.set(codeKey('product', plantId, each.productCode), productId);
    if (each.recipeCode !== null && recipeId) codes.set(codeKey('recipe', plantId, each.recipeCode), recipeId);
    if (each.batchCode !== null && batchId) codes.set(codeKey('batch', plantId, each.batchCode), batchId);
    if (each.jobCode === null) continue;
    const key = codeKey('job', each.lineId, each.jobCode);
    if (codes.has(key)) continue;
    const made = { productId, recipeId, batchId, now: context.now() };
    const joined = await joinJob(trx, { ...each, ...made, code: each.jobCode });
    codes.set(key, joined.jobId);
    changes.push(...joined.changes);
  }

  if (changes.length === 0) return codes;
  for (const change of changes) event(plantId, change);
  const subject = { plantId, subjectType: 'Plant', subjectId: plantId };
  audit('job.follow', subject, { changes: changes.map(({ kind, lineId, data }) => ({ kind, lineId, ...data })) });
  return codes;
}

function named(plantId: string, { capturedAtMs, input: { context }, place: { lineId } }: Item): NamedProduction {
  return {
    plantId,
    lineId,
    at: new Date(capturedAtMs),
    jobCode: told(context?.jobCode),
    productCode: told(context?.productCode),
    recipeCode: told(context?.recipeCode),
    batchCode: told(context?.batchCode),
  };
}

function cachedProduction({ codes }: IngestCache, each: NamedProduction): Production | undefined {
  const idOf = (kind: string, owner: string, code: string | null) =>
    code === null ? null : codes.get(codeKey(kind, owner, code));
  const productId = idOf('product', each.plantId, each.productCode);
  const recipeId = idOf('recipe', each.plantId, each.recipeCode);
  const batchId = idOf('batch', each.plantId, each.batchCode);
  const jobId = idOf('job', each.lineId, each.jobCode);
  if (productId === undefined || recipeId === undefined || batchId === undefined || jobId === undefined)
    return undefined;
  return { productId, recipeId, batchId, jobId };
}

/** The items of a call mostly are: then nothing has to be looked up. */
function isOfSameRun({ input: { context: a }, place }: Item, { input: { context: b }, place: other }: Item): boolean {
  return (
    place.lineId === other.lineId &&
    a?.jobCode === b?.jobCode &&
    a?.productCode === b?.productCode &&
    a?.recipeCode === b?.recipeCode &&
    a?.batchCode === b?.batchCode
  );
}

function codeKey(kind: string, ownerId: string, code: string): string {
  return `${kind} ${ownerId} ${code}`;
}
