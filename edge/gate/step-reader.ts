/** How many things happened between two samples of a signal: a counter's steps, a new name, a rising edge. */
import type { Json } from '../pipeline/frame.ts';
import { readCounter } from './counter-steps.ts';

export interface StepSample {
  value: Json;
  /** When the value became true, by the node's steady clock. */
  atMs: number;
  /** A counter begins at 0 again when it comes to this: as configured, else `counterModulus` of its type; undefined when unknown. */
  modulus: number | undefined;
}

/** `isCatchUp`: it happened while nobody listened, nobody knows when. */
export type Steps =
  | { kind: 'none' }
  /** So many came; a counter may have rolled over meanwhile. */
  | { kind: 'steps'; count: number; isCatchUp: boolean }
  /** The counter goes on from another number. `count` is what it certainly counted since then, 0 when that is not known; how many it had not told by then is never known. */
  | { kind: 'restart'; count: number; isCatchUp: boolean; from: number; to: number; reason: string }
  /** The counter went back by a little: somebody corrected it, nothing came. */
  | { kind: 'correction'; from: number; to: number }
  /** The value does not fit. Answered for each such sample (the value in the reason may differ): telling it once is the caller's part. */
  | { kind: 'unusable'; reason: string };

export type StepKind = 'counter' | 'id' | 'edge';

export interface StepLimits {
  /** The most that can come in a second. */
  readonly mostPerS: number;
  /** A counter that goes back by so many at most is corrected; by more, it began again. */
  readonly maxCorrection: number;
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
const NONE: Steps = { kind: 'none' };

/** A value that does not fit its kind counts nothing, and what comes with the next that fits is caught up. */
export function createStepReader(kind: StepKind, known: KnownStep, limits: StepLimits): StepReader {
  const { debounceMs } = limits;
  let { last, lastAtMs } = known;
  let isListening = false;
  /** When the last one came that counted. */
  let steppedAtMs: number | undefined;

  return {
    read(sample) {
      const reason = misfit(kind, sample);
      if (reason !== undefined) {
        isListening = false;
        return { kind: 'unusable', reason };
      }
      const { atMs } = sample;
      const before = { value: last, atMs: lastAtMs };
      const isCatchUp = !isListening;
      last = typeof sample.value === 'string' ? nameIn(sample.value) : sample.value;
      lastAtMs = atMs;
      isListening = true;
      const steps = debounced(stepsSince(before, { ...sample, value: last }, isCatchUp), atMs);
      if ('count' in steps && steps.count > 0) steppedAtMs = atMs;
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

  function stepsSince(
    before: { value: Json; atMs: number | undefined },
    sample: StepSample,
    isCatchUp: boolean,
  ): Steps {
    const { value } = sample;
    if (misfit(kind, { ...sample, value: before.value }) !== undefined || before.value === value) return NONE;
    if (typeof value === 'number' && typeof before.value === 'number') {
      const elapsedMs = before.atMs === undefined ? undefined : sample.atMs - before.atMs;
      return readCounter({ from: before.value, to: value, modulus: sample.modulus, elapsedMs, isCatchUp }, limits);
    }
    // An edge that fell, and a name that was taken away, are the end of one that came. How many came while nobody listened, nobody can say.
    return value === false || value === '' ? NONE : { kind: 'steps', count: 1, isCatchUp };
  }

  /** Bounces taken away. A time before the last one's says only that a clock was set. */
  function debounced(steps: Steps, atMs: number): Steps {
    if (steps.kind !== 'steps' || steps.isCatchUp || debounceMs === 0 || steppedAtMs === undefined) return steps;
    const sinceMs = atMs - steppedAtMs;
    if (sinceMs < 0) return steps;
    const count = Math.min(steps.count, Math.floor(sinceMs / debounceMs));
    return count === 0 ? NONE : { ...steps, count };
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

/** Why a value cannot be of this kind, for people. */
function misfit(kind: StepKind, { value, modulus }: StepSample): string | undefined {
  if (kind === 'edge')
    return typeof value === 'boolean'
      ? undefined
      : unfit(
          value,
          'kind edge needs true or false',
          'map a signal of type Boolean, or give kind "counter" for one that counts',
        );
  if (kind === 'id')
    return typeof value === 'string'
      ? undefined
      : unfit(value, 'kind id needs a text', 'map a signal of type String, or give kind "counter" for one that counts');
  if (typeof value !== 'number')
    return unfit(
      value,
      'kind counter needs a whole number',
      typeof value === 'boolean'
        ? 'give kind "edge" for a signal of true and false'
        : 'map a signal of an integer type, or give kind "id" for a text that is new for each part',
    );
  if (!Number.isSafeInteger(value))
    return unfit(value, 'kind counter needs a whole number', 'map a signal of an integer type');
  if (value < 0 && modulus === undefined)
    return unfit(
      value,
      'a counter below 0 needs to be known by its range',
      'give its modulus, or map a signal of an integer type of 8, 16 or 32 bits',
    );
  if (modulus !== undefined && Math.abs(value) >= modulus)
    return unfit(value, `the counter should begin again at ${modulus}`, 'correct its modulus');
  return undefined;
}

function unfit(value: Json, what: string, remedy: string): string {
  return `the value is ${JSON.stringify(value)?.slice(0, LONGEST_VALUE) ?? String(value)}, ${what}: ${remedy}`;
}

const LONGEST_VALUE = 60;
