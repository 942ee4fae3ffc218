/** How many things happened between two samples of a signal: a counter's steps, a new name, a rising edge. */
import type { Json } from '../pipeline/frame.ts';
import { type CounterLimits, type CounterSteps, readCounter } from './counter-steps.ts';
import { createDebounce } from './debounce.ts';
import { findMisfit, type StepKind } from './step-misfit.ts';

export interface StepSample {
  value: Json;
  /** When the value became true, by the node's steady clock. */
  atMs: number;
  /** A counter begins at 0 again when it comes to this: as configured, else `counterModulus` of its type; undefined when unknown. */
  modulus: number | undefined;
}

/** What cannot be read is answered for each such sample, its value in the reason: to tell it once is the caller's part. */
export type Steps = CounterSteps | { kind: 'unusable'; reason: string };

export interface StepLimits extends CounterLimits {
  /** A sensor's bounce: nothing comes sooner than this after the one before. 0: every step counts. */
  readonly debounceMs: number;
}

/** What was known before, e.g. of an earlier start. */
export interface KnownStep {
  /** Null when nothing is known. */
  readonly last: Json;
  /** When `last` was heard; undefined when that is not known. */
  readonly lastAtMs: number | undefined;
}

export interface StepReader extends KnownStep {
  read(sample: StepSample): Steps;
  /** Nobody listens until the next sample: the connection is lost, or the signal is bad. */
  pause(): void;
}

export const NOTHING_KNOWN: KnownStep = { last: null, lastAtMs: undefined };
const NONE: CounterSteps = { kind: 'none' };

/** A value that does not fit its kind counts nothing, and what comes with the next that fits is caught up. */
export function createStepReader(kind: StepKind, known: KnownStep, limits: StepLimits): StepReader {
  const debounce = createDebounce(limits.debounceMs);
  let { last, lastAtMs } = known;
  let isListening = false;

  return {
    read(sample) {
      const reason = findMisfit(kind, sample.value, sample.modulus);
      if (reason !== undefined) {
        isListening = false;
        return { kind: 'unusable', reason };
      }
      const value = typeof sample.value === 'string' ? nameIn(sample.value) : sample.value;
      const steps = debounce(stepsTo({ ...sample, value }), value, sample.atMs);
      last = value;
      lastAtMs = sample.atMs;
      isListening = true;
      return steps;
    },
    pause() {
      isListening = false;
    },
    get last() {
      return last;
    },
    get lastAtMs() {
      return lastAtMs;
    },
  };

  function stepsTo({ value, atMs, modulus }: StepSample): CounterSteps {
    const isCatchUp = !isListening;
    if (last === value) return NONE;
    if (typeof value === 'number' && typeof last === 'number') {
      const isOfAnotherRange = findMisfit(kind, last, modulus) !== undefined;
      const elapsedMs = lastAtMs === undefined ? undefined : atMs - lastAtMs;
      return isOfAnotherRange
        ? { kind: 'restart', count: 0, isCatchUp, from: last, to: value, reason: 'its range is another' }
        : readCounter({ from: last, to: value, modulus, elapsedMs, isCatchUp }, limits);
    }
    // An edge that fell, and a name that was taken away, are the end of one that came. Of names and edges while nobody listened
    // only the last is known.
    const isOne = typeof last === typeof value && value !== false && value !== '';
    return isOne ? { kind: 'steps', count: 1, isCatchUp } : NONE;
  }
}

/** What a counter of this OPC UA type counts up to, less than one; undefined for types that never come to their end. */
export function counterModulus(type: string | undefined): number | undefined {
  return type === undefined ? undefined : MODULI.get(type);
}

const MODULI = new Map([
  ['Byte', 2 ** 8],
  ['SByte', 2 ** 8],
  ['UInt16', 2 ** 16],
  ['Int16', 2 ** 16],
  ['UInt32', 2 ** 32],
  ['Int32', 2 ** 32],
]);

/** Without the blanks and NULs that controllers fill their strings with. */
function nameIn(text: string): string {
  return text.replaceAll('\0', ' ').trim();
}
