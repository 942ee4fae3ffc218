/** PackML's own words for what a machine gives as a number or in another spelling. */
import { packmlMode, packmlModes, packmlState, packmlStates } from '#schema/packml.ts';

/** Undefined when the signal is neither state nor mode, or PackML has no word for it. */
export function packmlName(signal: string, value: string | number): string | undefined {
  if (signal === 'machineState') return typeof value === 'string' ? packmlState(value) : packmlStates[value - 1];
  if (signal === 'machineMode') return typeof value === 'string' ? packmlMode(value) : packmlModes[value];
  return undefined;
}
