/** Names of PackML's numbers (ISA-TR88.00.02), for machines that give their state or mode as one. */

const STATES = [
  'Clearing',
  'Stopped',
  'Starting',
  'Idle',
  'Suspended',
  'Execute',
  'Stopping',
  'Aborting',
  'Aborted',
  'Holding',
  'Held',
  'Unholding',
  'Suspending',
  'Unsuspending',
  'Resetting',
  'Completing',
  'Complete',
];

const MODES = ['Invalid', 'Produce', 'Maintenance', 'Manual'];

/** Undefined when the signal is neither state nor mode, or the number has no name. */
export function packmlName(signal: string, value: number): string | undefined {
  if (signal === 'machineState') return STATES[value - 1];
  return signal === 'machineMode' ? MODES[value] : undefined;
}
