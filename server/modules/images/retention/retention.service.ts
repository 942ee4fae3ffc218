/** Retention: rules by kind, a dry run that lists, and a real one that carries a list out. */

import { ADMINISTRATORS, READERS, requireRole } from '../../../kit/access.ts';
import { type ActScope, act } from '../../../kit/act.ts';
import { canonicalJson } from '../../../kit/canonical-json.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { listVisible, ofParent } from '../../../kit/list-visible.ts';
import { type Connection, type PageArgs, parsePage, toConnection } from '../../../kit/page.ts';
import { selectRowsIn } from '../../../kit/table-rows.ts';
import { viewingPerson } from '../../../kit/viewing-person.ts';
import {
  hasOpenRun,
  insertRun,
  lockRun,
  replaceRules,
  runOfList,
  selectList,
  selectNewestRun,
  selectRules,
  selectRun,
} from './retention.queries.ts';
import type {
  RetentionDays,
  RetentionImageRow,
  RetentionKind,
  RetentionRuleRow,
  RetentionRunRow,
} from './retention.table.ts';

export const RETENTION_JOB = 'retention';
const LONGEST_DAYS = 36_500;
/** A list that is older is no longer what a person has in mind. */
const LIST_MS = 7 * 86_400_000;

export interface PlantArgument {
  id: string;
  globalId: string;
}

export function listRules(context: Context, plant: PlantArgument): Promise<RetentionRuleRow[]> {
  requireRole(context, plant.id, READERS, { field: 'plantId', value: plant.globalId });
  return selectRules(context.db, plant.id);
}

/** All rules of the plant; a kind that has none is kept for ever. */
export async function setRules(
  context: Context,
  plant: PlantArgument,
  given: readonly { kind: RetentionKind; keepDays: number }[],
): Promise<RetentionRuleRow[]> {
  requireRole(context, plant.id, ADMINISTRATORS, { field: 'input.plantId', value: plant.globalId });
  for (const [index, { kind, keepDays }] of given.entries()) {
    if (keepDays < 1 || keepDays > LONGEST_DAYS)
      throw new InvalidInputError(`input.rules[${index}].keepDays`, keepDays, `give 1 to ${LONGEST_DAYS} days`);
    if (given.findIndex((each) => each.kind === kind) !== index)
      throw new InvalidInputError(`input.rules[${index}].kind`, kind, 'give each kind once');
  }
  const at = context.now();
  const personId = viewingPerson(context);
  const rules = given.map(({ kind, keepDays }) => ({
    ...{ id: newId(), plant_id: plant.id, kind, keep_days: keepDays },
    ...{ changed_by: personId, changed_at: at },
  }));
  return act(context, async ({ trx, audit }) => {
    const before = daysOf(await selectRules(trx, plant.id));
    await replaceRules(trx, plant.id, rules);
    const subject = { plantId: plant.id, subjectType: 'Plant', subjectId: plant.id };
    audit('retention.set_rules', subject, { before, after: daysOf(rules) });
    return selectRules(trx, plant.id);
  });
}

/** Queues a look at what the rules would delete now. */
export function startDryRun(context: Context, plant: PlantArgument): Promise<RetentionRunRow> {
  requireRole(context, plant.id, ADMINISTRATORS, { field: 'input.plantId', value: plant.globalId });
  return act(context, async (scope) => {
    const { trx } = scope;
    const rules = daysOf(await selectRules(trx, plant.id));
    if (Object.keys(rules).length === 0)
      throw new ConflictError('input.plantId', plant.globalId, 'set a rule first: without one everything is kept');
    if (await hasOpenRun(trx, plant.id))
      throw new ConflictError('input.plantId', plant.globalId, 'a run of retention is not finished: wait for its end');
    return queue(scope, context, { plant_id: plant.id, is_dry: true, dry_run_id: null, rules });
  });
}

/** Queues the deletion of what a dry run has listed: once, soon after it, and under the same rules. */
export function startRun(context: Context, globalId: string): Promise<RetentionRunRow> {
  const field = 'input.dryRunId';
  return act(context, async (scope) => {
    const { trx } = scope;
    const list = await lockRun(trx, keyOf('RetentionRun', globalId, field));
    if (!list || context.rights.rolesIn(list.plant_id).size === 0) throw new NotFoundError(field, globalId);
    requireRole(context, list.plant_id, ADMINISTRATORS, { field, value: globalId });
    const refuse = (remedy: string) => new ConflictError(field, globalId, remedy);
    if (!list.is_dry || list.state !== 'succeeded') throw refuse('name a dry run that has succeeded');
    if ((await runOfList(trx, list.id)) !== undefined) throw refuse('its list was carried out: start another dry run');
    if ((list.finished_at?.getTime() ?? 0) < context.now().getTime() - LIST_MS)
      throw refuse('its list is older than a week: start another dry run');
    const rules = daysOf(await selectRules(trx, list.plant_id));
    if (canonicalJson(rules) !== canonicalJson(list.rules))
      throw refuse('the rules are others now: start another dry run and look at its list');
    if (await hasOpenRun(trx, list.plant_id)) throw refuse('a run of retention is not finished: wait for its end');
    return queue(scope, context, { plant_id: list.plant_id, is_dry: false, dry_run_id: list.id, rules });
  });
}

async function queue(
  { trx, now, audit }: ActScope,
  context: Context,
  run: Pick<RetentionRunRow, 'plant_id' | 'is_dry' | 'dry_run_id' | 'rules'>,
): Promise<RetentionRunRow> {
  const row = await insertRun(trx, { ...run, id: newId(), requested_by: viewingPerson(context), requested_at: now });
  await context.jobs.send(trx, RETENTION_JOB, { runId: row.id });
  const subject = { plantId: run.plant_id, subjectType: 'RetentionRun', subjectId: row.id };
  const action = run.is_dry ? 'retention.dry_run' : 'retention.run';
  audit(action, subject, { rules: run.rules, dryRunId: run.dry_run_id });
  return row;
}

export function daysOf(rules: readonly Pick<RetentionRuleRow, 'kind' | 'keep_days'>[]): RetentionDays {
  return Object.fromEntries(rules.map(({ kind, keep_days: days }) => [kind, days]));
}

export function listRuns(context: Context, plant: PlantArgument, page: PageArgs): Promise<Connection<RetentionRunRow>> {
  requireRole(context, plant.id, READERS, { field: 'plantId', value: plant.globalId });
  return listVisible(context, 'retention_run', page, ofParent('plant_id', plant.id));
}

/** The runs with these ids that the caller may see; null for the others. */
export async function findRuns(context: Context, ids: readonly string[]): Promise<(RetentionRunRow | null)[]> {
  const rows = new Map(
    (await selectRowsIn(context.db, 'retention_run', 'id', ids, ['id'])).map((row) => [row.id, row]),
  );
  return ids.map((id) => {
    const row = rows.get(id);
    return row && context.rights.rolesIn(row.plant_id).size > 0 ? row : null;
  });
}

/** The list of a run; of a real one that of its dry run, with what became of each image. */
export async function listRunImages(
  context: Context,
  plant: PlantArgument,
  runId: string | null,
  args: PageArgs,
): Promise<Connection<RetentionImageRow>> {
  requireRole(context, plant.id, READERS, { field: 'plantId', value: plant.globalId });
  const run =
    runId === null
      ? await selectNewestRun(context.db, plant.id)
      : await selectRun(context.db, keyOf('RetentionRun', runId, 'runId'));
  if (runId !== null && run?.plant_id !== plant.id) throw new NotFoundError('runId', runId);
  const page = parsePage(args, context.config.limits, 1);
  const hashOf = (parts: readonly (string | number)[] | null, field: string) => {
    if (!parts) return null;
    if (typeof parts[0] === 'string' && /^[0-9a-f]{64}$/.test(parts[0])) return parts[0];
    throw new InvalidInputError(field, parts[0], 'give a cursor as this field returned it');
  };
  if (!run) return toConnection<RetentionImageRow>([], page, () => []);
  const rows = await selectList(context.db, run.dry_run_id ?? run.id, {
    limit: page.limit,
    backward: page.backward,
    after: hashOf(page.after, 'after'),
    before: hashOf(page.before, 'before'),
  });
  return toConnection(rows, page, (row) => [row.image_sha256.toString('hex')]);
}
