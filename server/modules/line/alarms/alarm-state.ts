/**
 * The state of an alarm after ISA-18.2 / IEC 62682 (alarm state transition diagram), as OPC 10000-9, 5.8 takes it apart: the condition
 * with its acknowledgement and latch on one side, what hides it on the other. Hiding touches nothing beneath: the condition is followed
 * further, and what was not acknowledged is unacknowledged when it is shown again. People may shelve what they have not acknowledged;
 * the design of alarms suppresses only what they have, and what arises later. The standard leads every unshelved alarm back to
 * normal or unacknowledged; here one that returned to normal unseen beneath the shelf comes back as returned unacknowledged, so that
 * no activation is lost, and one that a person acknowledged before it was shelved, and that is still active, stays acknowledged.
 */

export const conditionStates = [
  'normal',
  'unacknowledged',
  'acknowledged',
  'returned_unacknowledged',
  'latched_unacknowledged',
  'latched_acknowledged',
] as const;
export type ConditionState = (typeof conditionStates)[number];

export const hiddenStates = ['shelved', 'suppressed', 'out_of_service'] as const;
export type HiddenState = (typeof hiddenStates)[number];

export type AlarmStateName = ConditionState | HiddenState;

export type ShelfKind = 'timed' | 'one_shot';

export interface AlarmState {
  isActive: boolean;
  isAcknowledged: boolean;
  /** The condition of a latching alarm is gone; it stays until a person resets it. Never while it is active. */
  isLatched: boolean;
  /** A one-shot shelf ends with the activation that it was made for, at the latest with its time. */
  shelf: ShelfKind | null;
  isSuppressed: boolean;
  isOutOfService: boolean;
}

export type AlarmEvent =
  /** The condition holds, or is gone, after delays and deadband. */
  | { kind: 'activate' }
  | { kind: 'clear'; isLatching: boolean }
  | { kind: 'acknowledge' }
  | { kind: 'reset' }
  | { kind: 'shelve'; shelf: ShelfKind }
  /** By a person, or because its time is over. */
  | { kind: 'unshelve' }
  | { kind: 'suppress' }
  | { kind: 'unsuppress' }
  | { kind: 'remove_from_service' }
  | { kind: 'return_to_service' };

export const normalState: AlarmState = {
  isActive: false,
  isAcknowledged: true,
  isLatched: false,
  shelf: null,
  isSuppressed: false,
  isOutOfService: false,
};

/** The state after the event; undefined when the state does not know it. */
export function alarmState(state: AlarmState, event: AlarmEvent): AlarmState | undefined {
  switch (event.kind) {
    case 'activate':
      return state.isActive ? undefined : { ...state, isActive: true, isAcknowledged: false, isLatched: false };
    case 'clear':
      return state.isActive ? cleared(state, event.isLatching) : undefined;
    case 'acknowledge':
      return state.isAcknowledged || isHidden(state) ? undefined : { ...state, isAcknowledged: true };
    case 'reset':
      // Acknowledged first: whoever resets a latch has seen what it holds.
      return state.isLatched && state.isAcknowledged && !isHidden(state) ? { ...state, isLatched: false } : undefined;
    case 'shelve':
      return state.isOutOfService || state.shelf === event.shelf ? undefined : { ...state, shelf: event.shelf };
    case 'unshelve':
      return state.shelf === null ? undefined : { ...state, shelf: null };
    case 'suppress':
      // What was announced stays until a person has acknowledged it; only what arises after this is not announced.
      return state.isSuppressed || !state.isAcknowledged ? undefined : { ...state, isSuppressed: true };
    case 'unsuppress':
      return state.isSuppressed ? { ...state, isSuppressed: false } : undefined;
    case 'remove_from_service':
      return state.isOutOfService ? undefined : { ...state, isOutOfService: true };
    case 'return_to_service':
      return state.isOutOfService ? { ...state, isOutOfService: false } : undefined;
  }
}

/** What hides it, the strongest first, or else the state of its condition. */
export function alarmStateName(state: AlarmState): AlarmStateName {
  if (state.isOutOfService) return 'out_of_service';
  if (state.shelf !== null) return 'shelved';
  if (state.isSuppressed) return 'suppressed';
  return conditionState(state);
}

/** What the state is, or would be if nothing hid it. */
export function conditionState({ isActive, isAcknowledged, isLatched }: AlarmState): ConditionState {
  if (isActive) return isAcknowledged ? 'acknowledged' : 'unacknowledged';
  if (isLatched) return isAcknowledged ? 'latched_acknowledged' : 'latched_unacknowledged';
  return isAcknowledged ? 'normal' : 'returned_unacknowledged';
}

/** Waits for somebody to say that they have seen it. */
export function isUnacknowledged(state: AlarmStateName): boolean {
  return state === 'unacknowledged' || state === 'returned_unacknowledged' || state === 'latched_unacknowledged';
}

export function isHidden({ shelf, isSuppressed, isOutOfService }: AlarmState): boolean {
  return shelf !== null || isSuppressed || isOutOfService;
}

function cleared(state: AlarmState, isLatching: boolean): AlarmState {
  const shelf = state.shelf === 'one_shot' ? null : state.shelf;
  return { ...state, isActive: false, isLatched: isLatching, shelf };
}
