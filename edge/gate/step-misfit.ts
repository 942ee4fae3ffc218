/** Why a sample's value cannot be what its kind says, for people: the value and what is to be done. */
import type { Json } from '../pipeline/frame.ts';

export type StepKind = 'counter' | 'id' | 'edge';

/** Undefined for a value that fits. `modulus` as in a StepSample. */
export function findMisfit(kind: StepKind, value: Json, modulus: number | undefined): string | undefined {
  if (kind === 'edge') {
    if (typeof value === 'boolean') return undefined;
    return misfit(value, 'edge needs true or false: map a signal of type Boolean, or give the kind of this one');
  }
  if (kind === 'id') {
    if (typeof value === 'string') return undefined;
    return misfit(value, 'id needs a text: map a signal of type String, or give the kind of this one');
  }
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    return misfit(value, 'counter needs a whole number: map a signal of an integer type, or give the kind of this one');
  }
  if (modulus === undefined && value < 0) {
    return misfit(value, 'counter needs to know where it ends to go below 0: give its modulus');
  }
  if (modulus !== undefined && Math.abs(value) >= modulus) {
    return misfit(value, `counter should have begun again at ${modulus}: correct its modulus`);
  }
  return undefined;
}

function misfit(value: Json, text: string): string {
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return `its value is ${shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown}, and the kind ${text}`;
}

/** Of a value, in a text for people. */
const LONGEST = 60;
