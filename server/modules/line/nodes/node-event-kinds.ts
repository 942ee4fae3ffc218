/** The events that edge nodes tell of: what each is called in the plant's log, what it is about, and what it says of a condition. */
import type { AlarmType } from '../alarms/alarm-definitions.ts';

/** What an event must name. */
export type Subject = 'station' | 'line' | 'node';

/** What an observer says of a condition: it holds, it does not, or it was seen at one moment. */
export type ConditionState = 'active' | 'clear' | 'pulse';

export interface NodeEventRule {
  /** In the plant's log. */
  event: string;
  about: Subject;
  condition?: readonly [type: AlarmType, state: ConditionState];
  /** The node's status says every second how the condition stands. */
  isInStatus?: true;
  /** For the schema. */
  says: string;
}

export const nodeEventRules = {
  GATE_REJECTED: {
    event: 'gate.rejected',
    about: 'station',
    condition: ['GATE_NOT_CONFIRMED', 'clear'],
    says: 'A part was rejected, and the machine confirmed it.',
  },
  GATE_NOT_CONFIRMED: {
    event: 'gate.not-confirmed',
    about: 'station',
    condition: ['GATE_NOT_CONFIRMED', 'pulse'],
    says: 'A rejection was commanded and not confirmed within its window.',
  },
  GATE_UNEXPECTED_EJECTION: {
    event: 'gate.unexpected-ejection',
    about: 'station',
    condition: ['GATE_UNEXPECTED_EJECTION', 'pulse'],
    says: 'The machine confirmed an ejection that nobody commanded.',
  },
  GATE_LATE_VERDICT: {
    event: 'gate.late-verdict',
    about: 'station',
    condition: ['LATE_VERDICTS', 'pulse'],
    says: 'A verdict came too late for the gate.',
  },
  GATE_TRACKING_LOST: {
    event: 'gate.tracking-lost',
    about: 'station',
    condition: ['TRACKING_LOST', 'pulse'],
    says: 'The node no longer knows where the parts between trigger and gate are.',
  },
  GATE_DISABLED: {
    event: 'gate.disabled',
    about: 'station',
    condition: ['GATE_DISABLED', 'active'],
    isInStatus: true,
    says: 'The gate no longer moves.',
  },
  GATE_ENABLED: {
    event: 'gate.enabled',
    about: 'station',
    condition: ['GATE_DISABLED', 'clear'],
    isInStatus: true,
    says: 'The gate moves again.',
  },
  GATE_BYPASSED: {
    event: 'gate.bypassed',
    about: 'station',
    says: 'A part to be rejected passed, because the gate is disabled or was told to let it pass.',
  },
  LINE_STOP_REQUESTED: {
    event: 'gate.line-stop-requested',
    about: 'station',
    says: 'The node asked the machine to stop the line.',
  },
  PARTS_UNSEEN: {
    event: 'parts.unseen',
    about: 'station',
    condition: ['PARTS_UNSEEN', 'pulse'],
    says: 'Parts passed without being inspected; data: count, from, to, reason.',
  },
  REJECT_UNTIED: {
    event: 'image.reject-untied',
    about: 'station',
    condition: ['REJECT_UNTIED', 'pulse'],
    says: 'An image was rejected that belongs to no part that is known; data: reason.',
  },
  COUNTER_RESTARTED: {
    event: 'counter.restarted',
    about: 'station',
    condition: ['COUNTER_RESTARTED', 'pulse'],
    says: 'A counter of the machine began again or jumped; data: signal, from, to, count, reason.',
  },
  COUNTER_CORRECTED: {
    event: 'counter.corrected',
    about: 'station',
    says: 'A counter of the machine went back by a little: no part came; data: signal, from, to.',
  },
  SIGNAL_UNUSABLE: {
    event: 'signal.unusable',
    about: 'station',
    says: 'A signal of the gate is bad or says what cannot be used; data: signal, role, reason, value. The gate’s status carries the problem.',
  },
  SIGNAL_USABLE: {
    event: 'signal.usable',
    about: 'station',
    says: 'A signal of the gate can be used again; data: signal, role.',
  },
  TRIGGER_SILENT: {
    event: 'trigger.silent',
    about: 'station',
    condition: ['TRACKING_LOST', 'pulse'],
    says: 'The belt moved on and no part was triggered; data: beltMm, state.',
  },
  BELT_SLIPPED: {
    event: 'belt.slipped',
    about: 'station',
    condition: ['TRACKING_LOST', 'pulse'],
    says: 'Parts come by behind the gate where the belt does not have them: encoder or parts slip; data says by how much.',
  },
  CONTEXT_UNSURE: {
    event: 'context.unsure',
    about: 'line',
    says: 'The stamps of a signal went back: which value was true around then is not sure; data: signal, byMs.',
  },
  MACHINE_CONNECTED: {
    event: 'machine.connected',
    about: 'line',
    condition: ['MACHINE_CONNECTION_LOST', 'clear'],
    isInStatus: true,
    says: 'The machine answers over OPC UA.',
  },
  MACHINE_DISCONNECTED: {
    event: 'machine.disconnected',
    about: 'line',
    condition: ['MACHINE_CONNECTION_LOST', 'active'],
    isInStatus: true,
    says: 'The machine no longer answers; data: reason.',
  },
  CLOCK_STEPPED: {
    event: 'node.clock-stepped',
    about: 'node',
    condition: ['CLOCK_STEPPED', 'pulse'],
    says: 'A clock was set, the node’s or a machine’s; data: whose, stepMs.',
  },
  OUTBOX_SACRIFICED: {
    event: 'outbox.sacrificed',
    about: 'node',
    condition: ['OUTBOX_FILLING', 'active'],
    isInStatus: true,
    says: 'The outbox was full and something was given up; data: what, count, bytes, from, to.',
  },
  OUTBOX_RELIEVED: {
    event: 'outbox.relieved',
    about: 'node',
    condition: ['OUTBOX_FILLING', 'clear'],
    isInStatus: true,
    says: 'The outbox has room again.',
  },
  IMAGES_REFUSED: {
    event: 'images.refused',
    about: 'node',
    says: 'Images could not be read; data: count, reason.',
  },
  MODEL_RESTARTED: { event: 'model.restarted', about: 'node', says: 'A model’s process ended and was begun again.' },
} as const satisfies Record<string, NodeEventRule>;

export type NodeEventKind = keyof typeof nodeEventRules;
