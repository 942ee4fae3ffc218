/** Corrects what was recorded of production: the wrong batch typed at the machine. Verdicts and measurements never change. */

import type { Trx } from '../../../database/database.ts';
import { requireRole } from '../../../kit/access.ts';
import { type ActScope, act } from '../../../kit/act.ts';
import { checkText } from '../../../kit/check-values.ts';
import type { Context } from '../../../kit/context.ts';
import { InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import type { Role } from '../../../kit/rights.ts';
import { findPart } from '../../plant/parts/plants.service.ts';
import type { LineRow } from '../../plant/parts/plants.table.ts';
import { ensureProduction, findJobByCode, lockLinesForJobs } from '../production-runs/production-runs.service.ts';
import type { ProductionChange } from './batch-factors.ts';
import {
  type CorrectedCount,
  type CorrectedRange,
  countToCorrect,
  markJobs,
  markLateHours,
  moveMinuteCounts,
  updateProduction,
} from './corrections.queries.ts';
import { correctPooled } from './inspection-hooks.ts';
import { type MinuteCount, minuteKey } from './minute-counts.ts';

type Maybe<T> = T | null | undefined;

/** May correct what was made of what. */
export const CORRECTORS: readonly Role[] = ['quality_engineer', 'administrator'];
/** Groups that audit and event tell of, the largest first. */
const TOLD_GROUPS = 100;

/** A code that is absent stays as it is; null takes it away. */
export interface ProductionCorrection {
  lineId: string;
  from: Date;
  to: Date;
  jobCode?: Maybe<string>;
  productCode?: Maybe<string>;
  recipeCode?: Maybe<string>;
  batchCode?: Maybe<string>;
  reason: string;
  dryRun: boolean;
}

export interface Corrected {
  line: LineRow;
  corrected: number;
  dryRun: boolean;
}

/**
 * Changes the rows of the line that were captured in the range, and every count of them, in one transaction: the minutes at once,
 * and the hours and days by a mark that makes statistics read the minutes until they are rolled up again. What is recorded
 * meanwhile is not corrected. The content hash stays that of what was sent, so that a result sent again is still a duplicate.
 */
export async function correctProduction(context: Context, input: ProductionCorrection): Promise<Corrected> {
  const line = await findPart(context, 'line', input.lineId);
  if (!line) throw new NotFoundError('input.lineId', encodeGlobalId('Line', input.lineId));
  requireRole(context, line.plant_id, CORRECTORS, { field: 'input.lineId', value: encodeGlobalId('Line', line.id) });
  const codes = codesOf(input);
  if (input.from >= input.to)
    throw new InvalidInputError('input.to', input.to.toISOString(), 'give a time after input.from');
  const range: CorrectedRange = { lineId: line.id, from: input.from, to: input.to };

  const corrected = await act(context, async (scope) => {
    const { trx } = scope;
    // One correction of a line after another.
    await lockLinesForJobs(trx, [line.id]);
    const change = await changeOf(trx, context, line, codes);
    const most = context.config.limits.correctionRows;
    const count = await countToCorrect(trx, range, change, most + 1);
    if (count > most) {
      const value = `${input.from.toISOString()} to ${input.to.toISOString()}`;
      throw new InvalidInputError('input.to', value, `correct at most ${most} inspections at once: a shorter time`);
    }
    if (input.dryRun) throw new DryRun(count);
    if (count > 0) await write(scope, line, { range, change, codes, reason: input.reason });
    return count;
  }).catch((error) => {
    // Rolled back: codes that the dry run would have made are not there.
    if (error instanceof DryRun) return error.count;
    throw error;
  });
  return { line, corrected, dryRun: input.dryRun };
}

class DryRun extends Error {
  readonly count: number;
  constructor(count: number) {
    super('dry run');
    this.count = count;
  }
}

type Codes = Pick<ProductionCorrection, 'jobCode' | 'productCode' | 'recipeCode' | 'batchCode'>;

/** Those that were given. Throws `InvalidInputError` when none was, or one cannot be kept. */
function codesOf({ jobCode, productCode, recipeCode, batchCode, reason }: ProductionCorrection): Codes {
  const given = Object.entries({ jobCode, productCode, recipeCode, batchCode }).filter(
    ([, code]) => code !== undefined,
  );
  if (given.length === 0)
    throw new InvalidInputError('input', null, 'give what is to change: jobCode, productCode, recipeCode or batchCode');
  for (const [field, code] of given) {
    const refusal = code === '' ? { reason: 'is empty; give null to take it away' } : checkText(field, code);
    if (refusal) throw new InvalidInputError(`input.${field}`, code, refusal.reason);
  }
  if (reason.trim() === '' || reason.length > 500)
    throw new InvalidInputError('input.reason', reason, 'say in 1 to 500 characters why');
  return Object.fromEntries(given);
}

/** Products, recipes and batches are made when their code is new; a job must be there, for it has a beginning. */
async function changeOf(trx: Trx, context: Context, line: LineRow, codes: Codes): Promise<ProductionChange> {
  const { productCode = null, recipeCode = null, batchCode = null } = codes;
  const wanted = [{ productCode, recipeCode, batchCode }];
  const [ids] = await ensureProduction(trx, line.plant_id, wanted, context.now());
  const change: ProductionChange = {};
  if (codes.productCode !== undefined) change.product_id = ids?.productId ?? null;
  if (codes.recipeCode !== undefined) change.recipe_id = ids?.recipeId ?? null;
  if (codes.batchCode !== undefined) change.batch_id = ids?.batchId ?? null;
  if (codes.jobCode === null) change.job_id = null;
  else if (codes.jobCode !== undefined) {
    const job = await findJobByCode(trx, line.id, codes.jobCode);
    if (!job) throw new NotFoundError('input.jobCode', codes.jobCode);
    change.job_id = job.id;
  }
  return change;
}

interface Correction {
  range: CorrectedRange;
  change: ProductionChange;
  codes: Codes;
  reason: string;
}

async function write(scope: ActScope, line: LineRow, { range, change, codes, reason }: Correction): Promise<void> {
  const { trx, now, audit, event, touch } = scope;
  const before = await updateProduction(trx, range, change);
  await correctPooled(trx, range, change);
  const jobIds = [...before.map(({ jobId }) => jobId), change.job_id].filter((id) => typeof id === 'string');
  await markJobs(trx, [...new Set(jobIds)], now);
  const moved = movedCounts(before, change);
  await moveMinuteCounts(trx, line.plant_id, moved);
  await markLateHours(
    trx,
    line.plant_id,
    line.id,
    before.map(({ minute }) => minute.getTime()),
  );

  const corrected = before.reduce((sum, { pass, reject, uncertain }) => sum + pass + reject + uncertain, 0);
  const told = { corrected, from: range.from.toISOString(), to: range.to.toISOString(), changes: { ...codes }, reason };
  event(line.plant_id, { kind: 'inspections.corrected', lineId: line.id, data: told });
  const subject = { plantId: line.plant_id, subjectType: 'Line', subjectId: line.id };
  const after = { ...change, count: corrected };
  audit('inspections.correct', subject, { ...told, before: productionCounts(before), after });
  touch(`line:${line.id}`);
}

/** What to add to the minutes: less under the old production, as much more under the new; in the order in which recording locks them. */
export function movedCounts(before: readonly CorrectedCount[], change: ProductionChange): MinuteCount[] {
  const byKey = new Map<string, MinuteCount>();
  const add = (count: MinuteCount, sign: 1 | -1) => {
    const key = minuteKey(count);
    const known = byKey.get(key) ?? { ...count, pass: 0, reject: 0, uncertain: 0 };
    known.pass += sign * count.pass;
    known.reject += sign * count.reject;
    known.uncertain += sign * count.uncertain;
    byKey.set(key, known);
  };
  for (const { minute, recipeId: _, ...count } of before) {
    const old: MinuteCount = { ...count, minuteMs: minute.getTime() };
    add(old, -1);
    const {
      job_id: jobId = old.jobId,
      product_id: productId = old.productId,
      batch_id: batchId = old.batchId,
    } = change;
    add({ ...old, jobId, productId, batchId }, 1);
  }
  return [...byKey]
    .filter(([, { pass, reject, uncertain }]) => pass !== 0 || reject !== 0 || uncertain !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, count]) => count);
}

/** By what the rows were made of before, the largest groups first. */
function productionCounts(before: readonly CorrectedCount[]) {
  const groups = new Map<
    string,
    { jobId: string | null; productId: string | null; recipeId: string | null; batchId: string | null; count: number }
  >();
  for (const { jobId, productId, recipeId, batchId, pass, reject, uncertain } of before) {
    const key = `${jobId} ${productId} ${recipeId} ${batchId}`;
    const group = groups.get(key) ?? { jobId, productId, recipeId, batchId, count: 0 };
    group.count += pass + reject + uncertain;
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.count - a.count).slice(0, TOLD_GROUPS);
}
