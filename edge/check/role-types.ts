/** Whether a signal's type at the machine, its value and its access rights are what its role needs. Pure. */
import type { GateRole, RoleKind } from '../config/gate-roles.ts';
import { findMisfit } from '../gate/step-misfit.ts';
import { counterModulus } from '../gate/step-reader.ts';
import type { SeenSignal } from './seen-signal.ts';

const SMALL_INTEGERS = ['SByte', 'Byte', 'Int16', 'UInt16', 'Int32', 'UInt32'];
const INTEGERS = [...SMALL_INTEGERS, 'Int64', 'UInt64'];
const NUMBERS = [...INTEGERS, 'Float', 'Double'];
const TEXTS = ['String', 'LocalizedText', 'QualifiedName', 'NodeId', 'Guid', 'DateTime'];

/** Types and what to do about others. */
const NEEDS: Record<RoleKind, { types: readonly string[]; remedy: string }> = {
  counter: {
    types: NUMBERS,
    remedy: 'kind counter needs a whole number: map an integer, or give the kind of this signal',
  },
  edge: { types: ['Boolean'], remedy: 'kind edge needs a Boolean: map one, or give kind counter where it counts' },
  id: { types: TEXTS, remedy: 'kind id needs a text: map a String, or give the kind of this signal' },
  name: { types: [...TEXTS, ...NUMBERS], remedy: 'a part is named by a text or a number: map one' },
  number: { types: NUMBERS, remedy: 'the belt is followed by a number: map one' },
  boolean: { types: ['Boolean'], remedy: 'it has to be true or false: map a Boolean' },
  'part-number': {
    types: [...SMALL_INTEGERS, 'Float', 'Double', 'String'],
    remedy: 'the number of the part is written into it: map a String, or an integer of up to 32 bits',
  },
  text: { types: ['String'], remedy: 'the name of the part is written into it: map a String' },
  time: {
    types: ['Double'],
    remedy: 'milliseconds since 1970 are written into it, which only a Double holds: map one',
  },
  heartbeat: {
    types: ['Boolean', ...SMALL_INTEGERS, 'Float', 'Double'],
    remedy: 'true and false or a number are written into it: map a Boolean or an integer of up to 32 bits',
  },
};

/** What to do about it; undefined when all is well. */
export function roleTrouble({ kind, isWritten, modulus }: GateRole, seen: SeenSignal): string | undefined {
  const { type, value, quality, status } = seen;
  const { types, remedy } = NEEDS[kind];
  if (type !== undefined && !types.includes(type)) return `its type at the machine is ${type}, ${remedy}`;
  if (isWritten && !seen.isWritable) return 'this user may not write it: give it the right at the machine';
  if (quality === 'BAD')
    return `the machine says ${status ?? 'Bad'}: the gate cannot go by it, see to it in the machine`;
  if (kind !== 'counter' && kind !== 'edge' && kind !== 'id') return undefined;
  const ofType = counterModulus(type);
  if (modulus !== undefined && ofType !== undefined && modulus > ofType) {
    return `its type at the machine is ${type}, which begins again at ${ofType} and never comes to its modulus ${modulus}: give at most ${ofType}`;
  }
  return findMisfit(kind, value, modulus ?? ofType);
}

/** A counter that begins again so soon is not understood after a longer silence. */
const SOON_S = 3_600;

/** Undefined for one that lasts. */
export function wrapDoubt(role: GateRole, { type }: SeenSignal, mostPerS: number): string | undefined {
  const modulus = role.kind === 'counter' ? (role.modulus ?? counterModulus(type)) : undefined;
  if (modulus === undefined || modulus / mostPerS > SOON_S) return undefined;
  const soon = Math.floor(modulus / mostPerS);
  return `it begins again at ${modulus}, at most ${soon} s apart: after a longer silence nobody knows how many parts came; a UInt32 lasts`;
}
