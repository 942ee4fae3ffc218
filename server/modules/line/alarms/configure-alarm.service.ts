/** How a plant sets a type of alarm: priority, delays, deadband, latch. What is left out is as the type comes. */

import { requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import { checkRange } from '../../../kit/check-values.ts';
import type { Context } from '../../../kit/context.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { lockEventStreams } from '../../../kit/event-log.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { ALARM_ENGINEERS } from './alarm-acts.service.ts';
import { type AlarmType, alarmDefinitions, definitionIn, type PlantDefinition } from './alarm-definitions.ts';
import { passTime } from './alarm-life.ts';
import { lockAlarmsOfType, selectSettings, upsertSetting } from './alarms.queries.ts';
import type { AlarmSettingRow } from './alarms.table.ts';
import { checkReason } from './check-reason.ts';
import { readCircumstances, writeAlarms } from './write-alarms.ts';

type Maybe<T> = T | null | undefined;

export interface ConfigureAlarm {
  plantId: string;
  type: AlarmType;
  priority?: Maybe<number>;
  onDelayMs?: Maybe<number>;
  offDelayMs?: Maybe<number>;
  returnMs?: Maybe<number>;
  deadband?: Maybe<number>;
  isLatching?: Maybe<boolean>;
  reason: string;
}

const DAY_MS = 86_400_000;

/** Sets the type; alarms that are open follow at once. */
export async function configureAlarm(context: Context, input: ConfigureAlarm): Promise<PlantDefinition> {
  const plantId = keyOf('Plant', input.plantId, 'input.plantId');
  requireRole(context, plantId, ALARM_ENGINEERS, { field: 'input.plantId', value: input.plantId });
  const { viewer } = context;
  if (viewer.kind !== 'person') throw new Error('a token has no such role');
  checkSetting(input);
  const { type } = input;
  const now = context.now();
  const setting = {
    plant_id: plantId,
    type,
    priority: input.priority ?? null,
    on_delay_ms: input.onDelayMs ?? null,
    off_delay_ms: input.offDelayMs ?? null,
    return_ms: input.returnMs ?? null,
    deadband: input.deadband ?? null,
    is_latching: input.isLatching ?? null,
    reason: checkReason('input.reason', input.reason),
    changed_by: viewer.personId,
    changed_at: now,
  };
  await act(context, async (scope) => {
    const { trx, actor, audit, event } = scope;
    await lockEventStreams(trx, [plantId]);
    const before = (await selectSettings(trx, [plantId])).find((each) => each.type === type);
    await upsertSetting(trx, setting);
    const alarms = await lockAlarmsOfType(trx, plantId, type);
    const circumstances = await readCircumstances(trx, alarms, now);
    const decided = alarms.map((alarm) => ({ before: alarm, life: passTime(alarm, circumstances(alarm)) }));
    await writeAlarms(scope, plantId, decided, actor);
    const after = settingFacts(setting);
    event(plantId, { kind: 'alarm.configured', data: after });
    const subject = { plantId, subjectType: 'Plant', subjectId: plantId };
    audit('alarm.configure', subject, { type, before: before ? settingFacts(before) : null, after });
  });
  return { ...definitionIn(type, setting), type, setting };
}

function settingFacts({ plant_id: _plant, changed_by: _by, changed_at: _at, ...facts }: AlarmSettingRow) {
  return facts;
}

function checkSetting(input: ConfigureAlarm): void {
  const bounds = [
    ['priority', 1, 4],
    ['onDelayMs', 0, DAY_MS],
    ['offDelayMs', 0, DAY_MS],
    ['returnMs', 1000, DAY_MS],
    ['deadband', 0, 1],
  ] as const;
  for (const [name, low, high] of bounds) {
    const value = input[name];
    const refusal = value === null || value === undefined ? undefined : checkRange(`input.${name}`, value, low, high);
    if (refusal) throw new InvalidInputError(refusal.field, refusal.value, refusal.reason);
  }
  if (typeof input.deadband === 'number' && alarmDefinitions[input.type].deadband === null)
    throw new InvalidInputError('input.deadband', input.deadband, 'leave it out: this type measures nothing');
}
