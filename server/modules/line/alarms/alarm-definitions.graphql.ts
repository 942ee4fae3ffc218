/** Types of alarms in the schema, with what they say: names and shapes only. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { PlantRef } from '../../plant/parts/plants.ref.ts';
import { alarmTypes } from './alarm-definitions.ts';
import { alarmText } from './alarm-texts.ts';
import { AlarmDefinitionRef, AlarmSourceEnum, AlarmTextRef, AlarmTypeEnum, languageArgument } from './alarms.ref.ts';
import { loadDefinition } from './alarms.service.ts';

const readers = { roles: READERS };

AlarmTextRef.implement({
  description: 'What an alarm says to the operator.',
  authScopes: readers,
  fields: (t) => ({
    title: t.exposeString('title', { description: 'What it is, in a few words.' }),
    cause: t.exposeString('cause', { description: 'Why it comes.' }),
    consequence: t.exposeString('consequence', { description: 'What follows when nothing is done.' }),
    action: t.exposeString('action', { description: 'What to do.' }),
  }),
});

AlarmDefinitionRef.implement({
  description: 'A type of alarm as a plant has set it.',
  authScopes: readers,
  fields: (t) => ({
    type: t.expose('type', { type: AlarmTypeEnum, description: 'The type.' }),
    priority: t.exposeInt('priority', { description: '1 (highest) to 4.' }),
    sourceKind: t.expose('sourceKind', { type: AlarmSourceEnum, description: 'What it can be an alarm of.' }),
    onDelayMs: t.exposeInt('onDelayMs', { description: 'How long its condition must hold before it is raised.' }),
    offDelayMs: t.exposeInt('offDelayMs', { description: 'How long its condition must be gone before it returns.' }),
    returnMs: t.exposeInt('returnMs', {
      description: 'How long something that happens counts as the condition holding.',
    }),
    deadband: t.exposeFloat('deadband', {
      nullable: true,
      description: 'Hysteresis as a share of the limit or band; null when nothing is measured.',
    }),
    isLatching: t.exposeBoolean('isLatching', { description: 'Stays after its return until a person resets it.' }),
    isSuppressedInMaintenance: t.exposeBoolean('isSuppressedInMaintenance', {
      description:
        'What arises while the machine stands in PackML’s maintenance or manual mode is logged and not announced; what was announced before stays until it is acknowledged. Any other mode, known or not, hides nothing.',
    }),
    text: t.field({
      type: AlarmTextRef,
      description: 'What it says.',
      args: { language: t.arg(languageArgument) },
      resolve: ({ type }, args) => alarmText(type, args.language),
    }),
    changedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the plant set it last; null: it is as it comes.',
      resolve: ({ setting }) => setting?.changed_at ?? null,
    }),
    changedBy: t.field({
      type: PersonRef,
      nullable: true,
      description: 'Who set it.',
      resolve: ({ setting }, _args, context) => (setting ? loadPerson(context, setting.changed_by) : null),
    }),
    changeReason: t.string({
      nullable: true,
      description: 'Why it was set so.',
      resolve: ({ setting }) => setting?.reason ?? null,
    }),
  }),
});

builder.objectField(PlantRef, 'alarmDefinitions', (t) =>
  t.field({
    type: [AlarmDefinitionRef],
    authScopes: readers,
    description: 'Every type of alarm as the plant has set it.',
    resolve: (plant, _args, context) => Promise.all(alarmTypes.map((type) => loadDefinition(context, plant.id, type))),
  }),
);
