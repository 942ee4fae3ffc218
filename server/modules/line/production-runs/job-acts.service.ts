/** Jobs that MES or a person starts and ends. Both acts may be sent again: the second time changes nothing. */

import type { Trx } from '../../../database/database.ts';
import { requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import { checkText } from '../../../kit/check-values.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import type { Role } from '../../../kit/rights.ts';
import { findPart } from '../../plant/parts/plants.service.ts';
import { hearOfJob, type JobChange } from './job-changes.service.ts';
import {
  type JobCodes,
  lockLines,
  selectJob,
  selectJobByCode,
  selectJobCodes,
  updateJob,
} from './production-runs.queries.ts';
import { ensureProduction } from './production-runs.service.ts';
import type { JobRow } from './production-runs.table.ts';

export const JOB_KEEPERS: readonly Role[] = ['mes', 'operator', 'quality_engineer', 'administrator'];

type Maybe<T> = T | null | undefined;

export interface StartJob {
  lineId: string;
  code: string;
  productCode: string;
  recipeCode?: Maybe<string>;
  batchCode?: Maybe<string>;
  startedAt?: Maybe<Date>;
}

export interface EndJob {
  jobId?: Maybe<string>;
  lineId?: Maybe<string>;
  code?: Maybe<string>;
  endedAt?: Maybe<Date>;
}

/**
 * Begins the line's next job and ends the one before. A code that the line has already is that job: what it lacks is filled in,
 * and a machine's job is the caller's from then on. Throws `ConflictError` when the job is of another product, recipe or batch.
 */
export async function startJob(context: Context, input: StartJob): Promise<JobRow> {
  const { line, code } = await placeOf(context, input.lineId, input.code);
  if (line.retired_at) throw new ConflictError('input.lineId', input.lineId, 'the line is retired; reinstate it first');
  const codes: JobCodes = {
    productCode: checkJobText('input.productCode', input.productCode),
    recipeCode: optional('input.recipeCode', input.recipeCode),
    batchCode: optional('input.batchCode', input.batchCode),
  };
  const at = checkTime(context, 'input.startedAt', input.startedAt);

  return changeJob(context, line, 'job.start', async (trx, by) => {
    const [ids] = await ensureProduction(trx, line.plant_id, [codes], context.now());
    if (!ids) throw new Error('no codes');
    await lockLines(trx, [line.id]);
    const known = await selectJobByCode(trx, line.id, code);
    if (known) {
      await fillIn(trx, known, codes, ids);
      if (input.startedAt && known.origin !== 'machine' && known.started_at.getTime() !== at.getTime())
        throw otherContent('startedAt', at.toISOString(), known.started_at.toISOString());
    }
    const word = { by, act: 'start' as const, code, at };
    const of = { plantId: line.plant_id, lineId: line.id, now: context.now(), ...ids };
    return { before: known, ...(await hearOfJob(trx, of, word)) };
  });
}

/** Ends a job; one that has ended stays as it is, and its machine can no longer resume it. */
export async function endJob(context: Context, input: EndJob): Promise<JobRow> {
  const at = checkTime(context, 'input.endedAt', input.endedAt);
  const job = await namedJob(context, input);
  if (input.endedAt && at < job.started_at)
    throw new InvalidInputError(
      'input.endedAt',
      at.toISOString(),
      `give a time from the job's start (${job.started_at.toISOString()}) on`,
    );
  const { plant_id: plantId, line_id: lineId, code } = job;
  return changeJob(context, { id: lineId, plant_id: plantId }, 'job.end', async (trx, by) => {
    await lockLines(trx, [lineId]);
    const none = { productId: null, recipeId: null, batchId: null };
    const before = await selectJobByCode(trx, lineId, code);
    const of = { plantId, lineId, now: context.now(), ...none };
    return { before, ...(await hearOfJob(trx, of, { by, act: 'end', code, at })) };
  });
}

interface Line {
  id: string;
  plant_id: string;
}

interface HeardOf {
  before: JobRow | undefined;
  job: JobRow | undefined;
  changes: JobChange[];
}

/** One act on a job of the line, with what the log and the audit are told. */
async function changeJob(
  context: Context,
  line: Line,
  action: string,
  perform: (trx: Trx, by: 'mes' | 'person') => Promise<HeardOf>,
): Promise<JobRow> {
  return act(context, async ({ trx, audit, event, touch }) => {
    const { before, job, changes } = await perform(trx, context.viewer.kind === 'person' ? 'person' : 'mes');
    if (!job) throw new Error('The job was neither found nor made');
    for (const change of changes) event(line.plant_id, change);
    const told = changes.map(({ kind, data }) => ({ kind, jobCode: data.jobCode }));
    const subject = { plantId: line.plant_id, subjectType: 'Job', subjectId: job.id };
    const change = { before: before ? jobState(before) : null, after: jobState(job) };
    audit(action, subject, { code: job.code, changes: told, ...change });
    if (changes.length > 0) touch(`line:${line.id}`);
    return job;
  });
}

function jobState(job: JobRow) {
  return {
    productId: job.product_id,
    recipeId: job.recipe_id,
    batchId: job.batch_id,
    startedAt: job.started_at,
    endedAt: job.ended_at,
    heldBy: job.held_by,
    endedBy: job.ended_by,
  };
}

async function placeOf(context: Context, lineId: string, code: string) {
  const line = await findPart(context, 'line', keyOf('Line', lineId, 'input.lineId'));
  if (!line) throw new NotFoundError('input.lineId', lineId);
  requireRole(context, line.plant_id, JOB_KEEPERS, { field: 'input.lineId', value: lineId });
  return { line, code: checkJobText('input.code', code) };
}

/** By its id, or by line and code. */
async function namedJob(context: Context, { jobId, lineId, code }: EndJob): Promise<JobRow> {
  if (jobId) {
    if (lineId || code) throw new InvalidInputError('input.jobId', jobId, 'give jobId, or lineId and code, not both');
    const job = await selectJob(context.db, keyOf('Job', jobId, 'input.jobId'));
    if (!job) throw new NotFoundError('input.jobId', jobId);
    requireRole(context, job.plant_id, JOB_KEEPERS, { field: 'input.jobId', value: jobId });
    return job;
  }
  if (!lineId || !code) throw new InvalidInputError('input.jobId', null, 'give jobId, or both lineId and code');
  const place = await placeOf(context, lineId, code);
  const job = await selectJobByCode(context.db, place.line.id, place.code);
  if (!job) throw new NotFoundError('input.code', code);
  return job;
}

/** What the job lacks is filled in. Throws when it has something else. */
async function fillIn(
  trx: Trx,
  job: JobRow,
  wanted: JobCodes,
  ids: { productId: string | null; recipeId: string | null; batchId: string | null },
): Promise<void> {
  const has = (await selectJobCodes(trx, [job.id])).get(job.id) ?? lost();
  for (const key of ['productCode', 'recipeCode', 'batchCode'] as const)
    if (wanted[key] !== null && has[key] !== null && wanted[key] !== has[key])
      throw otherContent(key, wanted[key], has[key]);
  const lacking = {
    ...(has.productCode === null && ids.productId ? { product_id: ids.productId } : {}),
    ...(has.recipeCode === null && ids.recipeId ? { recipe_id: ids.recipeId } : {}),
    ...(has.batchCode === null && ids.batchId ? { batch_id: ids.batchId } : {}),
  };
  if (Object.keys(lacking).length > 0) await updateJob(trx, job.id, lacking);
}

function otherContent(key: string, value: string, has: string): ConflictError {
  const remedy = `the line has a job of this code with ${key} ${has}; send that, or give the new job a code of its own`;
  return new ConflictError(`input.${key}`, value, remedy);
}

function checkJobText(field: string, text: string): string {
  if (text.trim() === '') throw new InvalidInputError(field, text, 'give a text that is not blank');
  const refusal = checkText(field, text);
  if (refusal) throw new InvalidInputError(refusal.field, refusal.value, refusal.reason);
  return text;
}

function optional(field: string, text: Maybe<string>): string | null {
  return text === null || text === undefined ? null : checkJobText(field, text);
}

/** Now when it is left out. Refuses what is later than a clock may be ahead, and what is older than results may be. */
function checkTime({ now, config }: Context, field: string, time: Maybe<Date>): Date {
  const nowMs = now().getTime();
  if (!time) return new Date(nowMs);
  const { skewMs, lateMs } = config.limits;
  const [earliest, latest] = [new Date(nowMs - lateMs), new Date(nowMs + skewMs)];
  if (time >= earliest && time <= latest) return time;
  throw new InvalidInputError(
    field,
    Number.isNaN(time.getTime()) ? null : time.toISOString(),
    `give a time from ${earliest.toISOString()} to ${latest.toISOString()}`,
  );
}

function lost(): never {
  throw new Error('The job was neither found nor made');
}
