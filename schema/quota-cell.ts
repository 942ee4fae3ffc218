/**
 * A cell of conditions under which images are wanted. Edge node and server match by the same code: the node decides which images it
 * keeps, the server counts them.
 */
import { modeWord } from './packml.ts';
import { type ConditionName, conditionNames, type NumberName, type Seen, seenValue } from './production-context.ts';

export interface Range {
  min?: number | null | undefined;
  max?: number | null | undefined;
}

export type QuotaCell = {
  [Name in ConditionName]?: Name extends NumberName ? number | Range : string;
};

/**
 * Whether every named condition fits. A range takes its lower bound in and leaves its upper one out. What is not known, and a
 * condition that this version does not know, fits nothing.
 */
export function fitsCell(seen: Seen, cell: Readonly<Record<string, string | number | Range>>): boolean {
  for (const name of Object.keys(cell)) {
    const wanted = cell[name];
    if (wanted === undefined || !isCondition(name)) return false;
    const value = seenValue(seen, name);
    if (value === null || !fits(name, value, wanted)) return false;
  }
  return true;
}

function fits(name: ConditionName, value: string | number, wanted: string | number | Range): boolean {
  if (name === 'machineMode') return modeWord(String(value)) === modeWord(String(wanted));
  if (typeof wanted !== 'object') return value === wanted;
  if (typeof value !== 'number') return false;
  return value >= (wanted.min ?? Number.NEGATIVE_INFINITY) && value < (wanted.max ?? Number.POSITIVE_INFINITY);
}

export function isCondition(name: string): name is ConditionName {
  return conditionNames.some((each) => each === name);
}
