/** From a machine's signals to the typed context of an inspection and the machine's present status. Pure. */
import {
  factors,
  isAdded,
  type MachineNumber,
  type MachineValues,
  machineCodes,
  machineNumbers,
  machineTexts,
} from '#schema/production-context.ts';
import type { Json, MachineContext, Quality, SignalAtInstant } from '../pipeline/frame.ts';
import type { MachineNow } from './device.ts';

/** What the API takes of a typed text. */
const MAX_TEXT = 100;
const MAX_TOLD = 60;

export function isText(name: string): boolean {
  return machineTexts.some((typed) => typed === name);
}

/** Many controllers number their products and batches: the digits are the code. */
export function inTypeOf(name: string, value: Json): Json {
  return typeof value === 'number' && machineCodes.some((code) => code === name) ? String(value) : value;
}

/** Why the value is none for its name; undefined when it is one. Signals of other names may be anything. */
export function whyUnfit(name: string, value: Json): string | undefined {
  const told = JSON.stringify(value)?.slice(0, MAX_TOLD);
  if (isText(name)) {
    if (typeof value === 'string' && value.length <= MAX_TEXT) return undefined;
    return typeof value === 'number'
      ? `${told} has no name; name it in values`
      : `${told} is no text of at most ${MAX_TEXT} characters; map another node`;
  }
  if (!isNumber(name)) return undefined;
  const [low, high] = factors[name].range;
  if (typeof value === 'number' && value >= low && value <= high) return undefined;
  return `${told} is no number from ${low} to ${high}; map another node`;
}

function isNumber(name: string): name is MachineNumber {
  return machineNumbers.some((typed) => typed === name);
}

/**
 * A typed field holds only what was GOOD: what may be wrong must not sort a part under a batch. A number that is just changing is about right,
 * a text that is just changing is right or wrong: then it is left out. `signals` tells all of it.
 */
export function contextOf(signals: SignalAtInstant[]): MachineContext {
  const isSure = ({ value, quality, isAmbiguous }: SignalAtInstant) =>
    quality === 'GOOD' && !(isAmbiguous && typeof value === 'string');
  return { ...valuesOf(signals, isSure), signals };
}

/** The last known values, with the quality of the machine's state (or the worst, when no state is mapped) for all. */
export function statusOf(signals: SignalAtInstant[]): MachineNow {
  const { machineState, machineMode, ...values } = valuesOf(signals, ({ quality }) => quality !== 'BAD');
  const state = signals.find(({ name }) => name === 'machineState');
  return {
    quality: state?.quality ?? worst(signals),
    sourceTime: state?.sourceTime ?? null,
    state: machineState,
    mode: machineMode,
    ...values,
    signals,
  };
}

/** An added number without a value is left out, so that a server that does not know it yet takes the message. */
function valuesOf(signals: SignalAtInstant[], isUsable: (signal: SignalAtInstant) => boolean): MachineValues {
  const find = (name: string) => signals.find((signal) => signal.name === name && isUsable(signal))?.value;
  const values: Record<string, string | number | null> = {};
  for (const name of machineTexts) {
    const value = find(name);
    values[name] = typeof value === 'string' ? value : null;
  }
  for (const name of machineNumbers) {
    const value = find(name);
    if (typeof value === 'number') values[name] = value;
    else if (!isAdded(name)) values[name] = null;
  }
  return values as MachineValues;
}

function worst(signals: SignalAtInstant[]): Quality {
  if (signals.length === 0 || signals.some(({ quality }) => quality === 'BAD')) return 'BAD';
  return signals.some(({ quality }) => quality === 'STALE') ? 'STALE' : 'GOOD';
}
