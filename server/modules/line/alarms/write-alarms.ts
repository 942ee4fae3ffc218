/** Decides about alarms by their plants' settings and machines, and writes what came of it: rows, history and events. */

import type { Trx } from '../../../database/database.ts';
import type { ActScope, ToldEvent } from '../../../kit/act.ts';
import type { Actor } from '../../../kit/audit.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { type AlarmType, definitionIn, isSuppressedByDesign } from './alarm-definitions.ts';
import type { AlarmChange, Circumstances, Life } from './alarm-life.ts';
import { alarmText } from './alarm-texts.ts';
import { insertAlarmChanges, selectMachineModes, selectSettings, updateAlarms } from './alarms.queries.ts';
import type { AlarmRow, SourceKind } from './alarms.table.ts';

export type CircumstancesOf = (alarm: AlarmRow) => Circumstances;

/** Reads what decisions about these alarms depend on. */
export async function readCircumstances(trx: Trx, alarms: readonly AlarmRow[], now: Date): Promise<CircumstancesOf> {
  const settings =
    alarms.length === 0 ? [] : await selectSettings(trx, [...new Set(alarms.map((alarm) => alarm.plant_id))]);
  const byType = new Map(settings.map((setting) => [`${setting.plant_id} ${setting.type}`, setting]));
  const definitionOf = ({ plant_id, type }: AlarmRow) =>
    definitionIn(type as AlarmType, byType.get(`${plant_id} ${type}`));
  const lineIds = alarms.flatMap((alarm) =>
    alarm.line_id !== null && definitionOf(alarm).isSuppressedInMaintenance ? [alarm.line_id] : [],
  );
  const modes = lineIds.length === 0 ? [] : await selectMachineModes(trx, [...new Set(lineIds)]);
  const machines = new Map(
    modes.map(({ line_id, state, mode, quality, mode_quality, is_heard }) => {
      const isTrusted = is_heard && quality === 'good' && (mode_quality ?? 'good') === 'good';
      return [line_id, { state, mode, isTrusted }];
    }),
  );
  return (alarm) => {
    const definition = definitionOf(alarm);
    const machine = alarm.line_id === null ? null : (machines.get(alarm.line_id) ?? null);
    return { definition, isSuppressed: isSuppressedByDesign(definition, machine), now };
  };
}

export interface Decided {
  before: AlarmRow;
  life: Life;
}

/** Writes what has changed, and tells the plant's log of it. */
export async function writeAlarms(
  { trx, event }: ActScope,
  plantId: string,
  decided: readonly Decided[],
  actor: Actor,
): Promise<void> {
  const changed = decided.filter(({ before, life }) => JSON.stringify(before) !== JSON.stringify(life.alarm));
  if (changed.length > 0) {
    await updateAlarms(
      trx,
      changed.map(({ life }) => life.alarm),
    );
  }
  const changes = changed.flatMap(({ life }) => life.changes.map((change) => ({ alarm: life.alarm, change })));
  if (changes.length === 0) return;
  await insertAlarmChanges(
    trx,
    changes.map(({ alarm, change }) => ({
      id: newId(),
      plant_id: plantId,
      alarm_id: alarm.id,
      kind: change.kind,
      at: change.at,
      from_state: change.from,
      to_state: change.to,
      beneath: change.beneath,
      actor_kind: actor.kind,
      actor_id: actor.id,
      reason: change.reason,
    })),
  );
  for (const { alarm, change } of changes) event(plantId, alarmEvent(alarm, change, actor));
}

export const sourceTypes: Readonly<Record<SourceKind, string>> = {
  line: 'Line',
  station: 'Station',
  camera: 'Camera',
  edge_node: 'EdgeNode',
};

function alarmEvent(alarm: AlarmRow, change: AlarmChange, actor: Actor): ToldEvent {
  const { kind, at, reason } = change;
  return {
    kind,
    occurredAt: at,
    lineId: alarm.line_id,
    stationId: alarm.station_id,
    edgeNodeId: alarm.edge_node_id,
    actor,
    data: {
      alarm: encodeGlobalId('Alarm', alarm.id),
      type: alarm.type,
      title: alarmText(alarm.type as AlarmType, 'en').title,
      priority: alarm.priority,
      source: encodeGlobalId(sourceTypes[alarm.source_kind], alarm.source_id),
      state: change.to.toUpperCase(),
      stateBefore: change.from.toUpperCase(),
      beneath: change.beneath.toUpperCase(),
      raisedAt: alarm.raised_at?.toISOString() ?? null,
      raiseCount: alarm.raise_count,
      reason,
      data: alarm.data,
    },
  };
}
