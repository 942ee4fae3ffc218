/** Acts on alarms: shapes only; the rules are in `alarm-state.ts`, `alarm-acts.service.ts` and `configure-alarm.service.ts`. */
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import {
  ALARM_ENGINEERS,
  ALARM_OPERATORS,
  acknowledgeAlarm,
  acknowledgeAlarms,
  resetAlarm,
  returnAlarmToService,
  setAlarmOutOfService,
  shelveAlarm,
  unshelveAlarm,
} from './alarm-acts.service.ts';
import { AlarmDefinitionRef, AlarmRef, AlarmTypeEnum, ShelfEnum } from './alarms.ref.ts';
import type { AlarmRow } from './alarms.table.ts';
import { configureAlarm } from './configure-alarm.service.ts';

const operators = { roles: ALARM_OPERATORS };
const engineers = { roles: ALARM_ENGINEERS };
const errors = { types: [InvalidInputError, ConflictError, NotFoundError] };
const alarmId = { required: true as const, description: 'The alarm.' };
const whoActs = 'For operators, quality engineers and administrators of the plant.';
const whoDecides = 'For quality engineers and administrators of the plant.';

const ShelveAlarmInput = builder.inputType('ShelveAlarmInput', {
  description: 'How long an alarm is hidden, and why.',
  fields: (t) => ({
    alarmId: t.id(alarmId),
    minutes: t.int({ required: true, description: 'How long at the most.' }),
    shelf: t.field({ type: ShelfEnum, required: true, defaultValue: 'timed', description: 'How it ends.' }),
    reason: t.string({ required: true, description: 'Why.' }),
  }),
});

const ConfigureAlarmInput = builder.inputType('ConfigureAlarmInput', {
  description: 'How a plant sets a type of alarm; what is left out is as the type comes.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: 'The plant.' }),
    type: t.field({ type: AlarmTypeEnum, required: true, description: 'The type.' }),
    priority: t.int({ description: '1 (highest) to 4.' }),
    onDelayMs: t.int({ description: 'How long its condition must hold before it is raised; at most a day.' }),
    offDelayMs: t.int({ description: 'How long its condition must be gone before it returns; at most a day.' }),
    returnMs: t.int({
      description: 'How long something that happens counts as the condition holding; a second to a day.',
    }),
    deadband: t.float({ description: 'Hysteresis as a share of the limit or band, 0 to 1.' }),
    isLatching: t.boolean({ description: 'Stays after its return until a person resets it.' }),
    reason: t.string({ required: true, description: 'Why.' }),
  }),
});

/** A class, so that the result's union knows it apart from a refusal. */
class AcknowledgeAlarmsPayload {
  readonly alarms: readonly AlarmRow[];
  constructor(alarms: readonly AlarmRow[]) {
    this.alarms = alarms;
  }
}

const AcknowledgeAlarmsPayloadRef = builder.objectType(AcknowledgeAlarmsPayload, {
  name: 'AcknowledgeAlarmsPayload',
  description: 'The alarms as they are now.',
  authScopes: operators,
  fields: (t) => ({
    alarms: t.field({
      type: [AlarmRef],
      description: 'All that were named, each once.',
      resolve: ({ alarms }) => [...alarms],
    }),
  }),
});

builder.mutationFields((t) => ({
  acknowledgeAlarm: t.field({
    type: AlarmRef,
    description: `Says that the caller has seen the alarm. It stays open while its condition holds. ${whoActs}`,
    authScopes: operators,
    errors,
    args: { alarmId: t.arg.id(alarmId) },
    resolve: (_root, args, context) => acknowledgeAlarm(context, args.alarmId),
  }),
  acknowledgeAlarms: t.field({
    type: AcknowledgeAlarmsPayloadRef,
    description: `Acknowledges those of the alarms that wait for it; the others stay as they are. All of one plant. ${whoActs}`,
    authScopes: operators,
    errors: { types: [InvalidInputError, NotFoundError] },
    args: { alarmIds: t.arg.idList({ required: true, description: 'The alarms.' }) },
    resolve: async (_root, args, context) =>
      new AcknowledgeAlarmsPayload(await acknowledgeAlarms(context, args.alarmIds)),
  }),
  shelveAlarm: t.field({
    type: AlarmRef,
    description: `Hides the alarm for a time. It is followed meanwhile and comes back by itself, as it is then. ${whoActs}`,
    authScopes: operators,
    errors,
    args: { input: t.arg({ type: ShelveAlarmInput, required: true, description: 'What, how long and why.' }) },
    resolve: (_root, { input }, context) => shelveAlarm(context, input),
  }),
  unshelveAlarm: t.field({
    type: AlarmRef,
    description: `Shows a shelved alarm again. ${whoActs}`,
    authScopes: operators,
    errors,
    args: { alarmId: t.arg.id(alarmId) },
    resolve: (_root, args, context) => unshelveAlarm(context, args.alarmId),
  }),
  resetAlarm: t.field({
    type: AlarmRef,
    description: `Lets a latched alarm go that has returned and was acknowledged. ${whoActs}`,
    authScopes: operators,
    errors,
    args: { alarmId: t.arg.id(alarmId) },
    resolve: (_root, args, context) => resetAlarm(context, args.alarmId),
  }),
  setAlarmOutOfService: t.field({
    type: AlarmRef,
    description: `Hides the alarm until a person puts it back. ${whoDecides}`,
    authScopes: engineers,
    errors,
    args: { alarmId: t.arg.id(alarmId), reason: t.arg.string({ required: true, description: 'Why.' }) },
    resolve: (_root, args, context) => setAlarmOutOfService(context, args.alarmId, args.reason),
  }),
  returnAlarmToService: t.field({
    type: AlarmRef,
    description: `Puts the alarm back into service, as it is then. ${whoDecides}`,
    authScopes: engineers,
    errors,
    args: { alarmId: t.arg.id(alarmId) },
    resolve: (_root, args, context) => returnAlarmToService(context, args.alarmId),
  }),
  configureAlarm: t.field({
    type: AlarmDefinitionRef,
    description: `Sets a type of alarm for a plant; open ones follow at once. ${whoDecides}`,
    authScopes: engineers,
    errors: { types: [InvalidInputError, NotFoundError] },
    args: { input: t.arg({ type: ConfigureAlarmInput, required: true, description: 'The type as it is to be.' }) },
    resolve: (_root, { input }, context) => configureAlarm(context, input),
  }),
}));
