/** The types of alarms and how each behaves unless a plant sets it otherwise. Texts are in `alarm-texts.ts`. */
import { isServiceMode, isStanding } from '#schema/packml.ts';
import type { AlarmSettingRow, SourceKind } from './alarms.table.ts';

export const alarmTypes = [
  'GATE_NOT_CONFIRMED',
  'GATE_UNEXPECTED_EJECTION',
  'LATE_VERDICTS',
  'NODE_UNREACHABLE',
  'MACHINE_CONNECTION_LOST',
  'OUTBOX_FILLING',
  'DEAD_LETTERS',
  'REJECT_RATE_OUT_OF_LIMITS',
  'IMAGE_STATISTICS_OUT_OF_BAND',
  'GATE_DISABLED',
  'TRACKING_LOST',
  'CLOCK_STEPPED',
  'PARTS_UNSEEN',
  'REJECT_UNTIED',
  'COUNTER_RESTARTED',
  'GATE_PROBLEM',
  'CAMERA_PROBLEM',
  'MACHINE_PROBLEM',
  'NODE_PROBLEM',
] as const;
export type AlarmType = (typeof alarmTypes)[number];

export type Priority = 1 | 2 | 3 | 4;

/** What an alarm says to the operator. */
export interface AlarmText {
  title: string;
  cause: string;
  consequence: string;
  action: string;
}

export type AlarmTexts = Readonly<Record<AlarmType, AlarmText>>;

export interface AlarmDefinition {
  /** What it can be an alarm of. */
  sourceKind: SourceKind;
  /** 1 is the highest. */
  priority: Priority;
  /** How long the condition must hold before it is raised, and be gone before it returns. */
  onDelayMs: number;
  offDelayMs: number;
  /** How long a pulse counts as the condition holding; another one in that time prolongs it. */
  returnMs: number;
  /** Hysteresis of what is measured, as a share of its limit or band; null: nothing is measured. */
  deadband: number | null;
  /** Stays after it has returned, until a person resets it. */
  isLatching: boolean;
  /** What arises while people work on the machine is logged, not announced: it stands in maintenance or manual mode. */
  isSuppressedInMaintenance: boolean;
}

const standard = {
  onDelayMs: 0,
  offDelayMs: 0,
  returnMs: 60_000,
  deadband: null,
  isLatching: false,
  isSuppressedInMaintenance: false,
};
const gate = { ...standard, sourceKind: 'station', isSuppressedInMaintenance: true } as const;
const node = { ...standard, sourceKind: 'edge_node' } as const;

export const alarmDefinitions: Readonly<Record<AlarmType, AlarmDefinition>> = {
  // A defective part may have left the line: it returns with the next confirmed rejection, not with time alone.
  GATE_NOT_CONFIRMED: { ...gate, priority: 1, returnMs: 3_600_000 },
  GATE_UNEXPECTED_EJECTION: { ...gate, priority: 2, returnMs: 300_000 },
  LATE_VERDICTS: { ...gate, priority: 2, returnMs: 60_000 },
  GATE_DISABLED: { ...gate, priority: 1 },
  TRACKING_LOST: { ...gate, priority: 1, returnMs: 60_000 },
  PARTS_UNSEEN: { ...gate, priority: 2, returnMs: 300_000 },
  // A defective part was seen and nobody knows which it was.
  REJECT_UNTIED: { ...gate, priority: 1, returnMs: 300_000 },
  COUNTER_RESTARTED: { ...gate, priority: 3, returnMs: 600_000 },
  GATE_PROBLEM: { ...gate, priority: 1, onDelayMs: 2000, offDelayMs: 5000 },
  CAMERA_PROBLEM: { ...standard, sourceKind: 'camera', priority: 2, onDelayMs: 5000, offDelayMs: 5000 },
  MACHINE_PROBLEM: { ...standard, sourceKind: 'line', priority: 2, onDelayMs: 5000, offDelayMs: 5000 },
  NODE_UNREACHABLE: { ...node, priority: 2 },
  MACHINE_CONNECTION_LOST: { ...standard, sourceKind: 'line', priority: 2, onDelayMs: 3000, offDelayMs: 2000 },
  OUTBOX_FILLING: { ...node, priority: 3, onDelayMs: 10_000, offDelayMs: 10_000, deadband: 0.25 },
  DEAD_LETTERS: { ...node, priority: 3 },
  REJECT_RATE_OUT_OF_LIMITS: { ...standard, sourceKind: 'line', priority: 2 },
  IMAGE_STATISTICS_OUT_OF_BAND: { ...standard, sourceKind: 'camera', priority: 3, deadband: 0.05 },
  CLOCK_STEPPED: { ...node, priority: 3, returnMs: 600_000 },
  NODE_PROBLEM: { ...node, priority: 3, onDelayMs: 5000, offDelayMs: 5000 },
};

/** A type of alarm as a plant has it. */
export interface PlantDefinition extends AlarmDefinition {
  type: AlarmType;
  /** null: it is as it comes. */
  setting: AlarmSettingRow | null;
}

/** The definition as the plant sets it. */
export function definitionIn(type: AlarmType, setting: AlarmSettingRow | undefined): AlarmDefinition {
  const comes = alarmDefinitions[type];
  if (!setting) return comes;
  return {
    ...comes,
    priority: (setting.priority as Priority | null) ?? comes.priority,
    onDelayMs: setting.on_delay_ms ?? comes.onDelayMs,
    offDelayMs: setting.off_delay_ms ?? comes.offDelayMs,
    returnMs: setting.return_ms ?? comes.returnMs,
    deadband: comes.deadband === null ? null : (setting.deadband ?? comes.deadband),
    isLatching: setting.is_latching ?? comes.isLatching,
  };
}

/** What is known of the machine that a source belongs to. */
export interface MachineMode {
  state: string | null;
  mode: string | null;
  /** Its node is heard, and calls both good. */
  isTrusted: boolean;
}

/**
 * Whether the design of the type hides what arises now (ISA-18.2 / IEC 62682, suppressed by design): while the machine stands in a mode
 * that is known to be maintenance or manual. Any other mode, and a machine that is not known for sure, hides nothing.
 */
export function isSuppressedByDesign(definition: AlarmDefinition, machine: MachineMode | null): boolean {
  if (!definition.isSuppressedInMaintenance || !machine?.isTrusted) return false;
  return isStanding(machine.state) && isServiceMode(machine.mode);
}
