/** Takes what is known of conditions and lets the alarms follow, in the transaction of whoever knows it. */
import type { ActScope } from '../../../kit/act.ts';
import { systemActor } from '../../../kit/audit.ts';
import { lockEventStreams } from '../../../kit/event-log.ts';
import { newId } from '../../../kit/ids.ts';
import { type AlarmType, alarmDefinitions, alarmTypes } from './alarm-definitions.ts';
import { type Life, type Observed, observe, passTime, stateFound } from './alarm-life.ts';
import { insertAlarms, lockAlarms, selectAlarmsOf, selectAlarmsOfLines } from './alarms.queries.ts';
import type { AlarmRow, SourceKind } from './alarms.table.ts';
import { type CircumstancesOf, readCircumstances, writeAlarms } from './write-alarms.ts';

export interface Observation extends Observed {
  type: AlarmType;
  source: { kind: SourceKind; id: string };
}

/**
 * Raises, counts and clears alarms by what was observed: `active` and `clear` say how a condition stands and may be said as often as
 * one likes, a `pulse` happens and passes. When there is news it locks the plant's event stream: call it late.
 */
export async function observeConditions(
  scope: ActScope,
  plantId: string,
  observations: readonly Observation[],
): Promise<void> {
  const { trx } = scope;
  const inOrder = observations.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const now = inOrder.at(-1)?.at;
  if (!now) return;
  const byKey = Map.groupBy(inOrder, keyOf);
  const keys = [...byKey.values()].flatMap(([first]) =>
    first ? [{ type: first.type, sourceId: first.source.id }] : [],
  );
  const known = new Map((await selectAlarmsOf(trx, plantId, keys)).map((alarm) => [rowKey(alarm), alarm]));

  // Most of the time everything is as it was: nothing is locked to find that out.
  const glanced = await readCircumstances(trx, [...known.values()], now);
  const news = [...byKey].filter(([key, heard]) => isNews(known.get(key), heard, glanced));
  if (news.length === 0) return;
  await lockEventStreams(trx, [plantId]);
  const missing = news.filter(([key]) => !known.has(key)).flatMap(([, [first]]) => (first ? [first] : []));
  if (missing.length > 0) {
    await insertAlarms(trx, plantId, missing.map(newAlarm), now);
    for (const alarm of await selectAlarmsOf(
      trx,
      plantId,
      missing.map(({ type, source }) => ({ type, sourceId: source.id })),
    ))
      known.set(rowKey(alarm), alarm);
  }
  const ids = news.map(([key]) => known.get(key)?.id ?? unknownSource(key));
  const alarms = await lockAlarms(trx, ids);
  const circumstances = await readCircumstances(trx, alarms, now);
  const decided = alarms.map((before) => {
    const heard = byKey.get(rowKey(before)) ?? [];
    return { before, life: observeAll(before, heard, circumstances) };
  });
  await writeAlarms(scope, plantId, decided, systemActor);
}

/**
 * Hides and shows what the design of alarms hides while the lines' machines stand in maintenance. Call it whenever something was, or was
 * not, heard of the machines: when nothing changes nothing is locked.
 */
export async function followMachines(
  scope: ActScope,
  plantId: string,
  lineIds: readonly string[],
  now: Date,
): Promise<void> {
  const { trx } = scope;
  const types = alarmTypes.filter((type) => alarmDefinitions[type].isSuppressedInMaintenance);
  const known = lineIds.length === 0 ? [] : await selectAlarmsOfLines(trx, lineIds, types);
  const glanced = await readCircumstances(trx, known, now);
  const ids = known.flatMap((alarm) => (passTime(alarm, glanced(alarm)).changes.length > 0 ? [alarm.id] : []));
  if (ids.length === 0) return;
  await lockEventStreams(trx, [plantId]);
  const alarms = await lockAlarms(trx, ids);
  const circumstances = await readCircumstances(trx, alarms, now);
  const decided = alarms.map((before) => ({ before, life: passTime(before, circumstances(before)) }));
  await writeAlarms(scope, plantId, decided, systemActor);
}

/** Whether hearing this would change the row, or make one. */
function isNews(alarm: AlarmRow | undefined, heard: readonly Observation[], circumstances: CircumstancesOf): boolean {
  if (!alarm)
    return heard.some(({ type, state }) => (stateFound(state, alarmDefinitions[type]) ?? 'clear') !== 'clear');
  const { alarm: after } = observeAll(alarm, heard, circumstances);
  const compared = ({ observed_at: _time, ...rest }: AlarmRow) => JSON.stringify(rest);
  return compared(after) !== compared(alarm);
}

function observeAll(alarm: AlarmRow, heard: readonly Observation[], circumstances: CircumstancesOf): Life {
  let life: Life = { alarm, changes: [] };
  for (const observation of heard) {
    const next = observe(life.alarm, observation, { ...circumstances(alarm), now: observation.at });
    life = { alarm: next.alarm, changes: [...life.changes, ...next.changes] };
  }
  return life;
}

function newAlarm({ type, source, at }: Observation) {
  const { priority } = alarmDefinitions[type];
  return { id: newId(), type, sourceKind: source.kind, sourceId: source.id, priority, at };
}

function keyOf({ type, source }: Observation): string {
  return `${type} ${source.id}`;
}

function rowKey(alarm: AlarmRow): string {
  return `${alarm.type} ${alarm.source_id}`;
}

function unknownSource(key: string): never {
  throw new Error(`The source of ${key} is no part of the plant`);
}
