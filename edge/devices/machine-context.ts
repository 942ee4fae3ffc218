/** From a machine's signals to the typed context of an inspection and the machine's present status. Pure. */
import type { Json, MachineContext, Quality, SignalAtInstant } from '../pipeline/frame.ts';
import type { MachineNow } from './device.ts';

const TEXTS = ['machineState', 'machineMode', 'productCode', 'recipeCode', 'batchCode', 'jobCode'] as const;
const CODES = ['productCode', 'recipeCode', 'batchCode', 'jobCode'] as const;
const NUMBERS = ['speedPerMin', 'temperatureC', 'humidityPercent'] as const;
/** What the API takes of a typed field. */
const MAX_TEXT = 100;
const MAX_NUMBER = 1e30;
const MAX_TOLD = 60;

export function isText(name: string): boolean {
  return TEXTS.some((typed) => typed === name);
}

/** Many controllers number their products and batches: the digits are the code. */
export function inTypeOf(name: string, value: Json): Json {
  return typeof value === 'number' && CODES.some((code) => code === name) ? String(value) : value;
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
  const isNumber = NUMBERS.some((typed) => typed === name);
  if (!isNumber || (typeof value === 'number' && Math.abs(value) <= MAX_NUMBER)) return undefined;
  return `${told} is no number up to ${MAX_NUMBER}; map another node`;
}

/**
 * A typed field holds only what was GOOD: what may be wrong must not sort a part under a batch. A number that is just changing is about right,
 * a text that is just changing is right or wrong: then it is left out. `signals` tells all of it.
 */
export function contextOf(signals: SignalAtInstant[]): MachineContext {
  const pick = pickerOf(signals, ({ value, quality, isAmbiguous }) => {
    return quality === 'GOOD' && !(isAmbiguous && typeof value === 'string');
  });
  return {
    machineState: pick.text('machineState'),
    machineMode: pick.text('machineMode'),
    speedPerMin: pick.number('speedPerMin'),
    productCode: pick.text('productCode'),
    recipeCode: pick.text('recipeCode'),
    batchCode: pick.text('batchCode'),
    jobCode: pick.text('jobCode'),
    temperatureC: pick.number('temperatureC'),
    humidityPercent: pick.number('humidityPercent'),
    signals,
  };
}

/** The last known values, with the quality of the machine's state (or the worst, when no state is mapped) for all. */
export function statusOf(signals: SignalAtInstant[]): MachineNow {
  const pick = pickerOf(signals, ({ quality }) => quality !== 'BAD');
  const state = signals.find(({ name }) => name === 'machineState');
  return {
    quality: state?.quality ?? worst(signals),
    sourceTime: state?.sourceTime ?? null,
    state: pick.text('machineState'),
    mode: pick.text('machineMode'),
    speedPerMin: pick.number('speedPerMin'),
    productCode: pick.text('productCode'),
    recipeCode: pick.text('recipeCode'),
    batchCode: pick.text('batchCode'),
    jobCode: pick.text('jobCode'),
    temperatureC: pick.number('temperatureC'),
    humidityPercent: pick.number('humidityPercent'),
    signals,
  };
}

function pickerOf(signals: SignalAtInstant[], isUsable: (signal: SignalAtInstant) => boolean) {
  const find = (name: string) => signals.find((signal) => signal.name === name && isUsable(signal))?.value;
  return {
    text(name: (typeof TEXTS)[number]): string | null {
      const value = find(name);
      return typeof value === 'string' ? value : null;
    },
    number(name: (typeof NUMBERS)[number]): number | null {
      const value = find(name);
      return typeof value === 'number' ? value : null;
    },
  };
}

function worst(signals: SignalAtInstant[]): Quality {
  if (signals.length === 0 || signals.some(({ quality }) => quality === 'BAD')) return 'BAD';
  return signals.some(({ quality }) => quality === 'STALE') ? 'STALE' : 'GOOD';
}
