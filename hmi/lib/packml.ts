/** PackML state words, as ISA-TR88.00.02 names them. */

/** States in which the machine does not produce although it was meant to. */
const abnormalStates = new Set(['ABORTING', 'ABORTED', 'CLEARING', 'HOLDING', 'HELD', 'SUSPENDING', 'SUSPENDED']);

export function stateWord(state: string | null | undefined): string | undefined {
  const word = state?.trim().toUpperCase();
  return word ? word : undefined;
}

export function isAbnormalState(state: string | null | undefined): boolean {
  const word = stateWord(state);
  return word !== undefined && abnormalStates.has(word);
}
