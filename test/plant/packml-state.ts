/** The PackML state model (ANSI/ISA-TR88.00.02-2015, OPC 30050 clause 6.3): which command or completion leads from which state to which. */

/** StateCurrent as the standard numbers it; the nodeset's StateNumber properties say the same. */
export const STATE_NUMBER = {
  Clearing: 1,
  Stopped: 2,
  Starting: 3,
  Idle: 4,
  Suspended: 5,
  Execute: 6,
  Stopping: 7,
  Aborting: 8,
  Aborted: 9,
  Holding: 10,
  Held: 11,
  Unholding: 12,
  Suspending: 13,
  Unsuspending: 14,
  Resetting: 15,
  Completing: 16,
  Complete: 17,
} as const;

export type PackMlState = keyof typeof STATE_NUMBER;

export const PACKML_STATES = Object.keys(STATE_NUMBER) as readonly PackMlState[];

/** Command names as the nodeset's methods carry them. */
export const PACKML_COMMANDS = [
  'Reset',
  'Start',
  'Stop',
  'Hold',
  'Unhold',
  'Suspend',
  'Unsuspend',
  'ToComplete',
  'Abort',
  'Clear',
] as const;

export type PackMlCommand = (typeof PACKML_COMMANDS)[number];

/** `StateComplete` is the machine's own word that an acting state has done its work. */
export type PackMlEvent = PackMlCommand | 'StateComplete';

const COMPLETES_TO: Partial<Record<PackMlState, PackMlState>> = {
  Clearing: 'Stopped',
  Stopping: 'Stopped',
  Aborting: 'Aborted',
  Resetting: 'Idle',
  Starting: 'Execute',
  Holding: 'Held',
  Unholding: 'Execute',
  Suspending: 'Suspended',
  Unsuspending: 'Execute',
  Completing: 'Complete',
};

const COMMANDS: Record<PackMlCommand, { from: readonly PackMlState[]; to: PackMlState }> = {
  Reset: { from: ['Stopped', 'Complete'], to: 'Resetting' },
  Start: { from: ['Idle'], to: 'Starting' },
  Hold: { from: ['Execute', 'Starting', 'Unholding', 'Suspending', 'Suspended', 'Unsuspending'], to: 'Holding' },
  Unhold: { from: ['Held'], to: 'Unholding' },
  Suspend: { from: ['Execute'], to: 'Suspending' },
  Unsuspend: { from: ['Suspended'], to: 'Unsuspending' },
  ToComplete: { from: ['Execute'], to: 'Completing' },
  Clear: { from: ['Aborted'], to: 'Clearing' },
  Stop: {
    from: PACKML_STATES.filter((s) => !['Clearing', 'Stopped', 'Stopping', 'Aborting', 'Aborted'].includes(s)),
    to: 'Stopping',
  },
  Abort: { from: PACKML_STATES.filter((s) => s !== 'Aborting' && s !== 'Aborted'), to: 'Aborting' },
};

/** The state that follows, or undefined when the event means nothing in this state (the caller answers BadInvalidState). */
export function nextState(state: PackMlState, event: PackMlEvent): PackMlState | undefined {
  if (event === 'StateComplete') return COMPLETES_TO[state];
  const { from, to } = COMMANDS[event];
  return from.includes(state) ? to : undefined;
}

/** Acting states leave by themselves when their work is done; the others wait for a command (Execute is dual and waits too). */
export function isActing(state: PackMlState): boolean {
  return COMPLETES_TO[state] !== undefined;
}

/** OPC 30050 nests three machines: what each of them shows for one PackML state; undefined where the inner one is not active. */
export function nestedStates(state: PackMlState): {
  base: 'Aborting' | 'Aborted' | 'Cleared';
  machine: 'Clearing' | 'Stopping' | 'Stopped' | 'Running' | undefined;
  execute: PackMlState | undefined;
} {
  if (state === 'Aborting' || state === 'Aborted') return { base: state, machine: undefined, execute: undefined };
  if (state === 'Clearing' || state === 'Stopping' || state === 'Stopped') {
    return { base: 'Cleared', machine: state, execute: undefined };
  }
  return { base: 'Cleared', machine: 'Running', execute: state };
}
