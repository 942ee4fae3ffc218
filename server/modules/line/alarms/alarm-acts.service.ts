/** What people do with alarms. Each act is audited, in the history of the alarm and an event of the plant. */

import type { Trx } from '../../../database/database.ts';
import { requireRole } from '../../../kit/access.ts';
import { forbidden } from '../../../kit/access-error.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { lockEventStreams } from '../../../kit/event-log.ts';
import { keyOf } from '../../../kit/global-id.ts';
import type { Role } from '../../../kit/rights.ts';
import { type Act, lifeAfter, passTime } from './alarm-life.ts';
import { type AlarmStateName, isUnacknowledged, type ShelfKind } from './alarm-state.ts';
import { lockAlarms } from './alarms.queries.ts';
import type { AlarmRow } from './alarms.table.ts';
import { checkReason } from './check-reason.ts';
import { selectAlarms } from './read-alarms.queries.ts';
import { type CircumstancesOf, readCircumstances, writeAlarms } from './write-alarms.ts';

/** Who answers alarms. */
export const ALARM_OPERATORS: readonly Role[] = ['operator', 'quality_engineer', 'administrator'];
/** Who decides how alarms behave. */
export const ALARM_ENGINEERS: readonly Role[] = ['quality_engineer', 'administrator'];

export interface ShelveAlarm {
  alarmId: string;
  shelf: ShelfKind;
  minutes: number;
  reason: string;
}

/** Says that the viewer has seen the alarm. Throws `ConflictError` when there is nothing to acknowledge. */
export async function acknowledgeAlarm(context: Context, alarmId: string): Promise<AlarmRow> {
  return actOn(context, alarmId, 'alarm.acknowledge', ALARM_OPERATORS, (personId) => ({
    kind: 'acknowledge',
    personId,
  }));
}

/**
 * Acknowledges those of the alarms that wait for it; the others stay as they are, so that two people may clear one screen. Gives all of
 * them as they are then. All must be of one plant.
 */
export async function acknowledgeAlarms(context: Context, alarmIds: readonly string[]): Promise<AlarmRow[]> {
  const limit = context.config.limits.alarmsPerCall;
  if (alarmIds.length === 0 || alarmIds.length > limit)
    throw new InvalidInputError('alarmIds', alarmIds.length, `give 1 to ${limit} alarms (LEHR_LIMIT_ALARMS_PER_CALL)`);
  const [first, ...rest] = await namedAlarms(context, alarmIds, (index) => `alarmIds[${index}]`, ALARM_OPERATORS);
  if (!first) return [];
  const other = rest.findIndex((alarm) => alarm.plant_id !== first.plant_id);
  if (other >= 0)
    throw new InvalidInputError(`alarmIds[${other + 1}]`, alarmIds[other + 1], 'give alarms of one plant at a time');

  const personId = viewingPerson(context);
  const ids = [...new Set([first, ...rest].map(({ id }) => id))];
  const after = await act(context, async (scope) => {
    const { trx, now, actor, audit } = scope;
    const { alarms, circumstances } = await hold(trx, first.plant_id, ids, now);
    const done = { kind: 'acknowledge' as const, personId };
    const decided = alarms.map((before) => ({
      before,
      life: lifeAfter(before, done, circumstances(before)) ?? passTime(before, circumstances(before)),
    }));
    await writeAlarms(scope, first.plant_id, decided, actor);
    const taken = decided.filter(({ before }) => isUnacknowledged(before.state));
    const states = (stateOf: (each: (typeof taken)[number]) => string) =>
      Object.fromEntries(taken.map((each) => [each.before.id, stateOf(each)]));
    audit(
      'alarm.acknowledge',
      { plantId: first.plant_id, subjectType: 'Plant', subjectId: first.plant_id },
      { before: states(({ before }) => before.state), after: states(({ life }) => life.alarm.state) },
    );
    return new Map(decided.map(({ life }) => [life.alarm.id, life.alarm]));
  });
  return ids.flatMap((id) => after.get(id) ?? []);
}

/** Hides the alarm for a time, for a reason; it comes back by itself as it is then. */
export async function shelveAlarm(
  context: Context,
  { alarmId, shelf, minutes, reason }: ShelveAlarm,
): Promise<AlarmRow> {
  const limit = context.config.limits.alarmShelfMin;
  if (minutes < 1 || minutes > limit)
    throw new InvalidInputError(
      'input.minutes',
      minutes,
      `give 1 to ${limit} (LEHR_LIMIT_ALARM_SHELF_MIN); take it out of service when it must be longer`,
    );
  const why = checkReason('input.reason', reason);
  const until = new Date(context.now().getTime() + minutes * 60_000);
  const done = (personId: string): Act => ({ kind: 'shelve', shelf, until, personId, reason: why });
  return actOn(context, alarmId, 'alarm.shelve', ALARM_OPERATORS, done, 'input.alarmId');
}

/** Shows a shelved alarm again. */
export async function unshelveAlarm(context: Context, alarmId: string): Promise<AlarmRow> {
  return actOn(context, alarmId, 'alarm.unshelve', ALARM_OPERATORS, () => ({ kind: 'unshelve' }));
}

/** Lets a latched alarm go that has returned and was acknowledged. */
export async function resetAlarm(context: Context, alarmId: string): Promise<AlarmRow> {
  return actOn(context, alarmId, 'alarm.reset', ALARM_OPERATORS, () => ({ kind: 'reset' }));
}

/** Hides the alarm until a person puts it back. */
export async function setAlarmOutOfService(context: Context, alarmId: string, reason: string): Promise<AlarmRow> {
  const why = checkReason('reason', reason);
  const done = (personId: string): Act => ({ kind: 'remove_from_service', personId, reason: why });
  return actOn(context, alarmId, 'alarm.out_of_service', ALARM_ENGINEERS, done);
}

export async function returnAlarmToService(context: Context, alarmId: string): Promise<AlarmRow> {
  return actOn(context, alarmId, 'alarm.in_service', ALARM_ENGINEERS, () => ({ kind: 'return_to_service' }));
}

async function actOn(
  context: Context,
  alarmId: string,
  action: string,
  roles: readonly Role[],
  actOf: (personId: string) => Act,
  field = 'alarmId',
): Promise<AlarmRow> {
  const [named] = await namedAlarms(context, [alarmId], () => field, roles);
  if (!named) throw new NotFoundError(field, alarmId);
  const personId = viewingPerson(context);
  const done = actOf(personId);
  return act(context, async (scope) => {
    const { trx, now, actor, audit } = scope;
    const { alarms, circumstances } = await hold(trx, named.plant_id, [named.id], now);
    const [before] = alarms;
    if (!before) throw new NotFoundError(field, alarmId);
    const life = lifeAfter(before, done, circumstances(before));
    if (!life) throw new ConflictError(field, before.state.toUpperCase(), remedies[done.kind](before.state));
    await writeAlarms(scope, before.plant_id, [{ before, life }], actor);
    audit(
      action,
      { plantId: before.plant_id, subjectType: 'Alarm', subjectId: before.id },
      {
        type: before.type,
        before: { state: before.state },
        after: { state: life.alarm.state },
        ...('until' in done && { until: done.until }),
        ...('reason' in done && { reason: done.reason }),
      },
    );
    return life.alarm;
  });
}

/** What to do when the state does not know the act. */
const remedies: Readonly<Record<Act['kind'], (state: AlarmStateName) => string>> = {
  acknowledge: (state) =>
    state === 'acknowledged' || state === 'normal' || state === 'latched_acknowledged'
      ? 'somebody has acknowledged it already; there is nothing to do'
      : 'it is hidden; show it again first',
  reset: (state) =>
    state === 'latched_unacknowledged' ? 'acknowledge it first' : 'only an alarm that has latched is reset',
  shelve: (state) =>
    state === 'out_of_service' ? 'it is out of service' : 'it is shelved already; unshelve it to shelve it anew',
  unshelve: () => 'it is not shelved',
  remove_from_service: () => 'it is out of service already',
  return_to_service: () => 'it is in service',
};

async function namedAlarms(
  context: Context,
  alarmIds: readonly string[],
  fieldOf: (index: number) => string,
  roles: readonly Role[],
): Promise<AlarmRow[]> {
  const ids = alarmIds.map((alarmId, index) => keyOf('Alarm', alarmId, fieldOf(index)));
  const byId = new Map((await selectAlarms(context.db, ids)).map((alarm) => [alarm.id, alarm]));
  return ids.map((id, index) => {
    const named = { field: fieldOf(index), value: alarmIds[index] };
    const alarm = byId.get(id);
    if (!alarm) throw new NotFoundError(named.field, named.value);
    requireRole(context, alarm.plant_id, roles, named);
    return alarm;
  });
}

/** The alarms as nobody else can change them until the transaction ends. */
async function hold(
  trx: Trx,
  plantId: string,
  ids: readonly string[],
  now: Date,
): Promise<{ alarms: AlarmRow[]; circumstances: CircumstancesOf }> {
  await lockEventStreams(trx, [plantId]);
  const alarms = await lockAlarms(trx, ids);
  return { alarms, circumstances: await readCircumstances(trx, alarms, now) };
}

function viewingPerson({ viewer }: Context): string {
  if (viewer.kind !== 'person') throw forbidden('this; it takes a person');
  return viewer.personId;
}
