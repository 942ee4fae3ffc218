/** How many things happened between two samples of a signal: a counter's steps, a new name, a rising edge. */
import type { Json } from '../pipeline/frame.ts';

export interface Steps {
  count: number;
  /** They happened while nobody listened: when, is not known. */
  isCatchUp: boolean;
  /** The counter began again: what it had not told by then is not known. */
  isRestart: boolean;
}

export interface StepReader {
  read(value: Json): Steps;
  /** Nobody listens until the next sample. */
  pause(): void;
  readonly last: Json;
}

const NOTHING: Steps = { count: 0, isCatchUp: false, isRestart: false };

/** `last` is what was known before, null when nothing was. A value that does not fit its kind counts nothing. */
export function createStepReader(kind: 'counter' | 'id' | 'edge', known: Json): StepReader {
  let last = known;
  let isListening = false;

  return {
    read(value) {
      if (!fits(value)) return NOTHING;
      const before = last;
      const isCatchUp = !isListening;
      last = value;
      isListening = true;
      if (before === null || before === value) return NOTHING;
      if (typeof value === 'number' && typeof before === 'number') {
        const isRestart = value < before;
        return { count: isRestart ? value : value - before, isCatchUp, isRestart };
      }
      // Two edges or names apart nobody can say how many were between.
      if (kind === 'edge') return { ...NOTHING, count: value === true && !isCatchUp ? 1 : 0 };
      return { ...NOTHING, count: 1, isCatchUp };
    },
    pause() {
      isListening = false;
    },
    get last() {
      return last;
    },
  };

  function fits(value: Json): boolean {
    if (kind === 'counter') return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
    if (kind === 'edge') return typeof value === 'boolean';
    return typeof value === 'string' && value !== '';
  }
}
