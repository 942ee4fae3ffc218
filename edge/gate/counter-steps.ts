/** What a counter's going from one number to another means: a pure rule. */
import type { StepLimits, Steps } from './step-reader.ts';

export interface CounterChange {
  from: number;
  to: number;
  modulus: number | undefined;
  /** Since `from` was heard; undefined when that is not known. */
  elapsedMs: number | undefined;
  isCatchUp: boolean;
}

export function readCounter({ from, to, isCatchUp }: CounterChange, _limits: StepLimits): Steps {
  if (to > from) return { kind: 'steps', count: to - from, isCatchUp };
  return { kind: 'restart', count: to, isCatchUp, from, to, reason: 'the counter began again' };
}
