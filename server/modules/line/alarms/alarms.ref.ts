/** The types of alarms by name, so that other modules can point to them. */
import { builder } from '../../../kit/builder.ts';
import type { AlarmText, AlarmType, PlantDefinition } from './alarm-definitions.ts';
import type { AlarmStateName, ConditionState, ShelfKind } from './alarm-state.ts';
import type { Language } from './alarm-texts.ts';
import type { AlarmChangeRow, AlarmRow, SourceKind } from './alarms.table.ts';

export const AlarmRef = builder.objectRef<AlarmRow>('Alarm');
export const AlarmChangeRef = builder.objectRef<AlarmChangeRow>('AlarmChange');
export const AlarmTextRef = builder.objectRef<AlarmText>('AlarmText');
export const AlarmDefinitionRef = builder.objectRef<PlantDefinition>('AlarmDefinition');

export const AlarmTypeEnum = builder.enumType('AlarmType', {
  description: 'What an alarm is about.',
  values: {
    GATE_NOT_CONFIRMED: { description: 'A rejection was commanded and not confirmed.' },
    GATE_UNEXPECTED_EJECTION: { description: 'A part was ejected without a command.' },
    LATE_VERDICTS: { description: 'Verdicts come after their deadline.' },
    NODE_UNREACHABLE: { description: 'An edge node has fallen silent.' },
    MACHINE_CONNECTION_LOST: { description: 'A node has lost the machine of a line.' },
    OUTBOX_FILLING: { description: 'What a node cannot deliver nears its limit.' },
    DEAD_LETTERS: { description: 'The server has refused what a node sent.' },
    REJECT_RATE_OUT_OF_LIMITS: { description: 'More rejects than the line’s history explains.' },
    IMAGE_STATISTICS_OUT_OF_BAND: { description: 'The images of a camera are not as the recipe says.' },
    GATE_DISABLED: { description: 'The gate is switched off at the machine.' },
    TRACKING_LOST: { description: 'The gate does not know where the parts are.' },
    CLOCK_STEPPED: { description: 'The clock of a node or of a machine was moved; the data says whose.' },
    PARTS_UNSEEN: { description: 'Parts passed without an image.' },
    REJECT_UNTIED: { description: 'A rejected image belongs to no part that is known.' },
    COUNTER_RESTARTED: {
      description: 'A counter of the machine began again: how many parts came meanwhile is not sure.',
    },
    GATE_PROBLEM: { description: 'A gate says that something keeps it from working; in the words of its node.' },
    CAMERA_PROBLEM: { description: 'A camera, its set-up or its model keeps its parts from being inspected.' },
    MACHINE_PROBLEM: { description: 'A connected machine does not give all that is mapped, or not as it is needed.' },
    NODE_PROBLEM: { description: 'A node says that something keeps it from working.' },
  } satisfies Record<AlarmType, { description: string }>,
});

const conditions = {
  NORMAL: { value: 'normal' as const, description: 'Nothing to look at.' },
  UNACKNOWLEDGED: {
    value: 'unacknowledged' as const,
    description: 'Active, and nobody has said that they have seen it.',
  },
  ACKNOWLEDGED: { value: 'acknowledged' as const, description: 'Active and seen.' },
  RETURNED_UNACKNOWLEDGED: {
    value: 'returned_unacknowledged' as const,
    description: 'Has returned to normal before anybody acknowledged it.',
  },
  LATCHED_UNACKNOWLEDGED: {
    value: 'latched_unacknowledged' as const,
    description: 'Has returned; to be acknowledged and then reset.',
  },
  LATCHED_ACKNOWLEDGED: { value: 'latched_acknowledged' as const, description: 'Has returned; to be reset.' },
};

export const AlarmConditionEnum = builder.enumType('AlarmCondition', {
  description: 'Where condition, acknowledgement and latch stand, whatever hides the alarm (ISA-18.2).',
  values: conditions satisfies Record<string, { value: ConditionState; description: string }>,
});

export const AlarmStateEnum = builder.enumType('AlarmState', {
  description: 'The state of an alarm after ISA-18.2 / IEC 62682.',
  values: {
    ...conditions,
    SHELVED: { value: 'shelved' as const, description: 'Hidden by a person for a time, with a reason.' },
    SUPPRESSED: {
      value: 'suppressed' as const,
      description:
        'Hidden by design: acknowledged before, or arisen since, the machine stands in maintenance or manual mode.',
    },
    OUT_OF_SERVICE: {
      value: 'out_of_service' as const,
      description: 'Taken out of service until a person puts it back.',
    },
  } satisfies Record<string, { value: AlarmStateName; description: string }>,
});

export const ShelfEnum = builder.enumType('AlarmShelf', {
  description: 'How a shelf ends.',
  values: {
    TIMED: { value: 'timed' as ShelfKind, description: 'When its time is over.' },
    ONE_SHOT: {
      value: 'one_shot' as ShelfKind,
      description: 'When the alarm returns to normal, at the latest when its time is over.',
    },
  },
});

export const AlarmSourceEnum = builder.enumType('AlarmSourceKind', {
  description: 'What an alarm is of.',
  values: {
    LINE: { value: 'line' as SourceKind, description: 'A line.' },
    STATION: { value: 'station' as SourceKind, description: 'A station.' },
    CAMERA: { value: 'camera' as SourceKind, description: 'A camera.' },
    EDGE_NODE: { value: 'edge_node' as SourceKind, description: 'An edge node.' },
  },
});

export const LanguageEnum = builder.enumType('Language', {
  description: 'A language that texts for operators exist in.',
  values: {
    EN: { value: 'en' as Language, description: 'English.' },
    DE: { value: 'de' as Language, description: 'German.' },
  },
});

export const languageArgument = {
  type: LanguageEnum,
  defaultValue: 'en' as const,
  required: true as const,
  description: 'In which language.',
};
