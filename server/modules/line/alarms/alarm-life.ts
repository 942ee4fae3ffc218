/** What becomes of an alarm when something is observed, time passes or a person acts: pure, the row goes in and comes out. */
import type { AlarmDefinition } from './alarm-definitions.ts';
import {
  type AlarmEvent,
  type AlarmState,
  type AlarmStateName,
  alarmState,
  alarmStateName,
  type ConditionState,
  conditionState,
  type ShelfKind,
} from './alarm-state.ts';
import type { AlarmRow } from './alarms.table.ts';

export interface AlarmChange {
  /** As in the event log. */
  kind: string;
  at: Date;
  from: AlarmStateName;
  to: AlarmStateName;
  beneath: ConditionState;
  reason: string | null;
}

export interface Life {
  alarm: AlarmRow;
  changes: readonly AlarmChange[];
}

/** What the alarm depends on beside its own row. */
export interface Circumstances {
  definition: AlarmDefinition;
  /** Whether its design hides what arises now. */
  isSuppressed: boolean;
  now: Date;
}

/**
 * How a condition was found. A pulse is active until the type's return time passes without another. What is measured is given as a ratio
 * to its limit: active from 1 on, clear below 1 less the type's deadband, and as it was in between.
 */
export type Finding = 'active' | 'clear' | 'pulse' | { ratio: number };

export interface Observed {
  state: Finding;
  at: Date;
  data: Record<string, unknown>;
}

export type Act =
  | { kind: 'acknowledge'; personId: string }
  | { kind: 'reset' }
  | { kind: 'shelve'; shelf: ShelfKind; until: Date; personId: string; reason: string }
  | { kind: 'unshelve' }
  | { kind: 'remove_from_service'; personId: string; reason: string }
  | { kind: 'return_to_service' };

export function stateOf(alarm: AlarmRow): AlarmState {
  return {
    isActive: alarm.is_active,
    isAcknowledged: alarm.is_acknowledged,
    isLatched: alarm.is_latched,
    shelf: alarm.shelf,
    isSuppressed: alarm.is_suppressed,
    isOutOfService: alarm.out_of_service_since !== null,
  };
}

/** Ends what time ends: shelves, pulses, delays; and follows the rule that hides it as far as it was acknowledged. Changes nothing when nothing is due. */
export function passTime(alarm: AlarmRow, { definition, isSuppressed, now }: Circumstances): Life {
  let life: Life = { alarm: { ...alarm, priority: definition.priority }, changes: [] };
  if (alarm.shelved_until && alarm.shelved_until <= now)
    life = carryOn(life, { kind: 'unshelve' }, alarm.shelved_until, 'the time of the shelf is over');
  // What was due before is announced before anything hides it.
  life = settle(life, definition, now);
  if (isSuppressed !== life.alarm.is_suppressed) {
    const reason = isSuppressed ? 'the machine stands in maintenance or manual mode' : null;
    life = carryOn(life, { kind: isSuppressed ? 'suppress' : 'unsuppress' }, now, reason);
  }
  return { ...life, alarm: { ...life.alarm, due_at: nextDue(life.alarm, definition) } };
}

/**
 * Takes what was observed. What is older than the last word on the condition changes nothing, but an older pulse still counts: it
 * was raised then, and had gone by when the newer word was spoken.
 */
export function observe(alarm: AlarmRow, observed: Observed, circumstances: Circumstances): Life {
  const life = passTime(alarm, circumstances);
  const state = stateFound(observed.state, circumstances.definition);
  const isPulse = state === 'pulse';
  if (state === null || (!isPulse && observed.at < alarm.observed_at)) return life;
  const heard: Life = { ...life, alarm: hear(life.alarm, { ...observed, state }, circumstances.definition) };
  let raised = heard;
  if (isPulse)
    raised = heard.alarm.is_active
      ? again(heard, observed.at)
      : carryOn(heard, { kind: 'activate' }, observed.at, null);
  const after = passTime(raised.alarm, circumstances);
  return { ...after, changes: [...raised.changes, ...after.changes] };
}

/** null: inside the deadband, where everything stays as it was. */
export function stateFound(found: Finding, { deadband }: AlarmDefinition): 'active' | 'clear' | 'pulse' | null {
  if (typeof found === 'string') return found;
  if (found.ratio >= 1) return 'active';
  return found.ratio < 1 - (deadband ?? 0) ? 'clear' : null;
}

type Heard = Observed & { state: 'active' | 'clear' | 'pulse' };

/** Takes down what was said of the condition. */
function hear(alarm: AlarmRow, { state, at, data }: Heard, { returnMs }: AlarmDefinition): AlarmRow {
  const isObserved = state !== 'clear';
  const isOlder = at < alarm.observed_at;
  const since = alarm.is_observed === isObserved ? alarm.observed_since : at;
  const newest = isOlder ? {} : { observed_at: at, ...(isObserved ? { data } : {}) };
  const heard = { ...alarm, ...newest, is_observed: isObserved, observed_since: since };
  if (state !== 'pulse') return { ...heard, pulse_until: null };
  // Held by a condition that is said to last, it does not end with the pulse.
  if (alarm.is_observed && alarm.pulse_until === null) return heard;
  const until = at.getTime() + returnMs;
  if (alarm.pulse_until) return { ...heard, pulse_until: new Date(Math.max(until, alarm.pulse_until.getTime())) };
  return { ...heard, pulse_until: new Date(isOlder ? Math.min(until, alarm.observed_at.getTime()) : until) };
}

/** A person's act; undefined when the state does not know it. */
export function lifeAfter(alarm: AlarmRow, done: Act, circumstances: Circumstances): Life | undefined {
  const { now } = circumstances;
  const life = passTime(alarm, circumstances);
  const event: AlarmEvent = done.kind === 'shelve' ? { kind: 'shelve', shelf: done.shelf } : { kind: done.kind };
  if (!alarmState(stateOf(life.alarm), event)) return undefined;
  const columns = columnsOf(done, now);
  const reason = 'reason' in done ? done.reason : null;
  const next = carryOn(life, event, now, reason, columns);
  // What stayed to be acknowledged is hidden from then on.
  const after = passTime(next.alarm, circumstances);
  return { ...after, changes: [...next.changes, ...after.changes] };
}

function columnsOf(done: Act, now: Date): Partial<AlarmRow> {
  switch (done.kind) {
    case 'acknowledge':
      return { acknowledged_at: now, acknowledged_by: done.personId };
    case 'shelve':
      return { shelved_until: done.until, shelved_by: done.personId, shelf_reason: done.reason };
    case 'remove_from_service':
      return { out_of_service_since: now, out_of_service_by: done.personId, out_of_service_reason: done.reason };
    case 'return_to_service':
      return { out_of_service_since: null, out_of_service_by: null, out_of_service_reason: null };
    default:
      return {};
  }
}

/** The condition after its delays. */
function settle(life: Life, definition: AlarmDefinition, now: Date): Life {
  let { alarm } = life;
  if (alarm.pulse_until && alarm.pulse_until <= now)
    alarm = { ...alarm, is_observed: false, observed_since: alarm.pulse_until, pulse_until: null };
  const due = conditionDue(alarm, definition);
  const settled = { ...life, alarm };
  if (!due || due > now) return settled;
  return carryOn(settled, alarm.is_observed ? { kind: 'activate' } : clearOf(definition), due, null);
}

/** When the condition follows what was observed; null when it does already. */
function conditionDue(alarm: AlarmRow, { onDelayMs, offDelayMs }: AlarmDefinition): Date | null {
  if (alarm.is_observed === alarm.is_active) return null;
  return new Date(alarm.observed_since.getTime() + (alarm.is_observed ? onDelayMs : offDelayMs));
}

function nextDue(alarm: AlarmRow, definition: AlarmDefinition): Date | null {
  const times = [conditionDue(alarm, definition), alarm.pulse_until, alarm.shelved_until].filter((at) => at !== null);
  return times.length === 0 ? null : new Date(Math.min(...times.map((at) => at.getTime())));
}

function clearOf({ isLatching }: AlarmDefinition): AlarmEvent {
  return { kind: 'clear', isLatching };
}

/** Fires while it is active: counted, and nothing else. */
function again(life: Life, at: Date): Life {
  const { alarm } = life;
  const last = alarm.last_raised_at && alarm.last_raised_at > at ? alarm.last_raised_at : at;
  return { ...life, alarm: { ...alarm, raise_count: alarm.raise_count + 1, last_raised_at: last } };
}

/** One step of the state machine with the columns that go with it. Stays where the state does not know the event. */
function carryOn(
  life: Life,
  event: AlarmEvent,
  at: Date,
  reason: string | null,
  columns: Partial<AlarmRow> = {},
): Life {
  const before = stateOf(life.alarm);
  const after = alarmState(before, event);
  if (!after) return life;
  const from = alarmStateName(before);
  const to = alarmStateName(after);
  const alarm: AlarmRow = {
    ...life.alarm,
    ...columns,
    is_active: after.isActive,
    is_acknowledged: after.isAcknowledged,
    is_latched: after.isLatched,
    is_suppressed: after.isSuppressed,
    shelf: after.shelf,
    ...(after.shelf === null ? { shelved_until: null, shelved_by: null, shelf_reason: null } : {}),
    ...timesOf(life.alarm, event, at),
    state: to,
  };
  const beneath = conditionState(after);
  const made = kindsOf(event, before, after).map((kind) => ({ kind, at, from, to, beneath, reason }));
  return { alarm, changes: [...life.changes, ...made] };
}

function timesOf(alarm: AlarmRow, event: AlarmEvent, at: Date): Partial<AlarmRow> {
  if (event.kind === 'activate') {
    const count = { raise_count: alarm.raise_count + 1 };
    return {
      ...count,
      raised_at: at,
      last_raised_at: at,
      returned_at: null,
      acknowledged_at: null,
      acknowledged_by: null,
    };
  }
  return event.kind === 'clear' ? { returned_at: at } : {};
}

const kinds: Readonly<Record<Exclude<AlarmEvent['kind'], 'clear'>, string>> = {
  activate: 'alarm.raised',
  acknowledge: 'alarm.acknowledged',
  reset: 'alarm.reset',
  shelve: 'alarm.shelved',
  unshelve: 'alarm.unshelved',
  suppress: 'alarm.suppressed',
  unsuppress: 'alarm.unsuppressed',
  remove_from_service: 'alarm.out_of_service',
  return_to_service: 'alarm.in_service',
};

/** What the event log is told; `alarm.cleared` whenever the condition's state is normal again. */
function kindsOf(event: AlarmEvent, before: AlarmState, after: AlarmState): string[] {
  const isCleared = conditionState(after) === 'normal' && conditionState(before) !== 'normal';
  const cleared = isCleared ? ['alarm.cleared'] : [];
  if (event.kind !== 'clear') return [kinds[event.kind], ...cleared];
  const unshelved = before.shelf !== null && after.shelf === null ? [kinds.unshelve] : [];
  return [...(isCleared ? cleared : [after.isLatched ? 'alarm.latched' : 'alarm.returned']), ...unshelved];
}
