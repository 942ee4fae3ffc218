/** The alarms part of the schema: names and shapes only, every rule is in the services and in `alarm-state.ts`. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { ActorRef } from '../../plant/events/events.ref.ts';
import { CameraRef, EdgeNodeRef, LineRef, PlantRef, StationRef } from '../../plant/parts/plants.ref.ts';
import { loadOptionalPart, loadPart } from '../../plant/parts/plants.service.ts';
import type { AlarmType } from './alarm-definitions.ts';
import { stateOf } from './alarm-life.ts';
import { conditionState } from './alarm-state.ts';
import { alarmText } from './alarm-texts.ts';
import {
  AlarmChangeRef,
  AlarmConditionEnum,
  AlarmDefinitionRef,
  AlarmRef,
  AlarmSourceEnum,
  AlarmStateEnum,
  AlarmTextRef,
  AlarmTypeEnum,
  languageArgument,
  ShelfEnum,
} from './alarms.ref.ts';
import { alarmHistory, findAlarms, loadDefinition, openAlarmsOfLine } from './alarms.service.ts';
import type { AlarmRow } from './alarms.table.ts';

const readers = { roles: READERS };

AlarmChangeRef.implement({
  description: 'One transition of an alarm.',
  authScopes: readers,
  fields: (t) => ({
    kind: t.exposeString('kind', { description: 'As in the event log, such as `alarm.raised`.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    from: t.expose('from_state', { type: AlarmStateEnum, description: 'The state before.' }),
    to: t.expose('to_state', { type: AlarmStateEnum, description: 'The state after.' }),
    condition: t.expose('beneath', { type: AlarmConditionEnum, description: 'Where its condition stood then.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why, in words.' }),
    actor: t.field({ type: ActorRef, description: 'Who or what did it.', resolve: (change) => change }),
  }),
});

const AlarmShelvingRef = builder.objectRef<AlarmRow>('AlarmShelving').implement({
  description: 'Why and how long an alarm is shelved.',
  authScopes: readers,
  fields: (t) => ({
    kind: t.field({ type: ShelfEnum, description: 'How it ends.', resolve: ({ shelf }) => shelf ?? 'timed' }),
    until: t.field({
      type: 'DateTime',
      description: 'When it ends at the latest.',
      resolve: ({ shelved_until }) => shelved_until ?? new Date(0),
    }),
    reason: t.string({ description: 'Why.', resolve: ({ shelf_reason }) => shelf_reason ?? '' }),
    by: t.field({
      type: PersonRef,
      nullable: true,
      description: 'Who shelved it.',
      resolve: ({ shelved_by }, _args, context) => (shelved_by ? loadPerson(context, shelved_by) : null),
    }),
  }),
});

const OutOfServiceRef = builder.objectRef<AlarmRow>('AlarmOutOfService').implement({
  description: 'Why an alarm is out of service.',
  authScopes: readers,
  fields: (t) => ({
    since: t.field({
      type: 'DateTime',
      description: 'Since when.',
      resolve: ({ out_of_service_since }) => out_of_service_since ?? new Date(0),
    }),
    reason: t.string({ description: 'Why.', resolve: ({ out_of_service_reason }) => out_of_service_reason ?? '' }),
    by: t.field({
      type: PersonRef,
      nullable: true,
      description: 'Who took it out.',
      resolve: ({ out_of_service_by }, _args, context) =>
        out_of_service_by ? loadPerson(context, out_of_service_by) : null,
    }),
  }),
});

builder.node(AlarmRef, {
  description: 'A condition that an operator has to look at: one for each type and source, raised again and again.',
  authScopes: readers,
  id: { resolve: (alarm) => alarm.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findAlarms(context, ids),
  fields: (t) => ({
    type: t.field({
      type: AlarmTypeEnum,
      description: 'What it is about.',
      resolve: (alarm) => alarm.type as AlarmType,
    }),
    priority: t.exposeInt('priority', { description: '1 (highest) to 4.' }),
    state: t.expose('state', { type: AlarmStateEnum, description: 'Its state after ISA-18.2.' }),
    condition: t.field({
      type: AlarmConditionEnum,
      description: 'What its state is, or would be if nothing hid it.',
      resolve: (alarm) => conditionState(stateOf(alarm)),
    }),
    isActive: t.exposeBoolean('is_active', { description: 'Whether its condition holds.' }),
    text: t.field({
      type: AlarmTextRef,
      description: 'What it says.',
      args: { language: t.arg(languageArgument) },
      resolve: (alarm, args) => alarmText(alarm.type as AlarmType, args.language),
    }),
    data: t.expose('data', { type: 'JSON', description: 'Particulars of the newest occurrence, by type.' }),
    raisedAt: t.expose('raised_at', { type: 'DateTime', nullable: true, description: 'When it was raised last.' }),
    lastRaisedAt: t.expose('last_raised_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it last happened while it was active.',
    }),
    raiseCount: t.exposeInt('raise_count', { description: 'How often it has happened.' }),
    returnedAt: t.expose('returned_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When its condition was gone; null while it holds.',
    }),
    acknowledgedAt: t.expose('acknowledged_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When the present or last activation was acknowledged.',
    }),
    acknowledgedBy: t.field({
      type: PersonRef,
      nullable: true,
      description: 'Who acknowledged it.',
      resolve: (alarm, _args, context) => (alarm.acknowledged_by ? loadPerson(context, alarm.acknowledged_by) : null),
    }),
    shelving: t.field({
      type: AlarmShelvingRef,
      nullable: true,
      description: 'Why and how long it is shelved; null when it is not.',
      resolve: (alarm) => (alarm.shelf === null ? null : alarm),
    }),
    outOfService: t.field({
      type: OutOfServiceRef,
      nullable: true,
      description: 'Why it is out of service; null when it is not.',
      resolve: (alarm) => (alarm.out_of_service_since === null ? null : alarm),
    }),
    definition: t.field({
      type: AlarmDefinitionRef,
      description: 'Its type as the plant has set it.',
      resolve: (alarm, _args, context) => loadDefinition(context, alarm.plant_id, alarm.type as AlarmType),
    }),
    history: t.field({
      type: [AlarmChangeRef],
      description: 'Its newest transitions, newest first.',
      resolve: (alarm, _args, context) => alarmHistory(context, alarm),
    }),
    plant: t.field({
      type: PlantRef,
      description: 'The plant.',
      resolve: (alarm, _args, context) => loadPart(context, 'plant', alarm.plant_id),
    }),
    sourceKind: t.expose('source_kind', { type: AlarmSourceEnum, description: 'What it is an alarm of.' }),
    line: t.field({
      type: LineRef,
      nullable: true,
      description: 'The line that it is about; null for an edge node.',
      resolve: (alarm, _args, context) => loadOptionalPart(context, 'line', alarm.line_id),
    }),
    station: t.field({
      type: StationRef,
      nullable: true,
      description: 'The station that it is about.',
      resolve: (alarm, _args, context) => loadOptionalPart(context, 'station', alarm.station_id),
    }),
    camera: t.field({
      type: CameraRef,
      nullable: true,
      description: 'The camera that it is about.',
      resolve: (alarm, _args, context) => loadOptionalPart(context, 'camera', alarm.camera_id),
    }),
    edgeNode: t.field({
      type: EdgeNodeRef,
      nullable: true,
      description: 'The edge node that it is about.',
      resolve: (alarm, _args, context) => loadOptionalPart(context, 'edge_node', alarm.edge_node_id),
    }),
  }),
});

builder.objectFields(LineRef, (t) => ({
  openAlarms: t.field({
    type: [AlarmRef],
    authScopes: readers,
    description:
      'What needs a look on the line and its edge nodes, priority 1 first, then the oldest; the highest ones only.',
    resolve: (line, _args, context) => openAlarmsOfLine(context, line.id),
  }),
  highestAlarm: t.field({
    type: AlarmRef,
    nullable: true,
    authScopes: readers,
    description: 'The first of the open alarms; null when all is well.',
    resolve: async (line, _args, context) => (await openAlarmsOfLine(context, line.id))[0] ?? null,
  }),
}));
