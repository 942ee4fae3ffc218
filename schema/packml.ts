/**
 * The words for states and modes of a machine, one list for edge node, server and screens: those of PackML (ANSI/ISA-TR88.00.02-2015) as
 * OPC 30050 spells them. A machine may say others; they are kept as they are, and mean nothing to a rule.
 */

/** In the order of StateCurrent, which begins at 1 (OPC 30050, 6.3). */
export const packmlStates = [
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
] as const;
export type PackmlState = (typeof packmlStates)[number];

/** In the order of UnitModeCurrent, which begins at 0 (ProductionMaintenanceModeEnum, OPC 30050, 6.5.2). From 4 on they are the vendor's. */
export const packmlModes = ['Invalid', 'Produce', 'Maintenance', 'Manual'] as const;
export type PackmlMode = (typeof packmlModes)[number];

/** TR88 writes the mode that OPC 30050 calls Produce as Production; its text says producing, too. */
const modeAliases = [
  ['production', 'Produce'],
  ['producing', 'Produce'],
] as const;

const states = new Map<string, PackmlState>(packmlStates.map((state) => [keyOf(state), state]));
const modes = new Map<string, PackmlMode>([...packmlModes.map((mode) => [keyOf(mode), mode] as const), ...modeAliases]);

/** Whatever the spelling: `HELD`, ` held `. Undefined for a word that PackML does not know. */
export function packmlState(word: string | null | undefined): PackmlState | undefined {
  return states.get(keyOf(word ?? ''));
}

/** Whatever the spelling: `MANUAL`, `Manual mode`. Undefined for a word that PackML does not know. */
export function packmlMode(word: string | null | undefined): PackmlMode | undefined {
  return modes.get(keyOf(word ?? '').replace(/mode$/, ''));
}

/** The mode as all parts write it, so that two spellings compare equal; a word that PackML does not know as it is. */
export function modeWord(word: string): string {
  return packmlMode(word) ?? word;
}

/** Waits, and was not told to go on: nothing moves until a person or the line says so. */
export function isStanding(state: string | null | undefined): boolean {
  const known = packmlState(state);
  return known === 'Stopped' || known === 'Idle' || known === 'Aborted';
}

/** People work on the machine. Only what is known to be so: a word that is not known may be production. */
export function isServiceMode(mode: string | null | undefined): boolean {
  const known = packmlMode(mode);
  return known === 'Maintenance' || known === 'Manual';
}

const lost: ReadonlySet<PackmlState> = new Set([
  'Aborting',
  'Aborted',
  'Clearing',
  'Holding',
  'Held',
  'Suspending',
  'Suspended',
]);

/** The machine does not produce although it was meant to. */
export function isProductionLost(state: string | null | undefined): boolean {
  const known = packmlState(state);
  return known !== undefined && lost.has(known);
}

/** Without case, spaces and dashes. */
function keyOf(word: string): string {
  return word.toLowerCase().replace(/[\s_-]+/g, '');
}
