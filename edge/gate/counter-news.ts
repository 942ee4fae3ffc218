/** What a step reader says of a sample, as events and problems; what is left of it are the things that came. */
import type { Json } from '../pipeline/frame.ts';
import type { GateEvents } from './gate-events.ts';
import type { SignalRole } from './gate-types.ts';
import type { SignalWatch } from './signal-watch.ts';
import type { Steps } from './step-reader.ts';

export interface Came {
  count: number;
  /** While nobody listened: when, is not known. */
  isCatchUp: boolean;
  /** Some may have come that nobody counted. */
  isUnsure: boolean;
}

export interface CounterNews {
  events: GateEvents;
  signals: SignalWatch;
  signal: string;
  role: SignalRole;
}

const NOTHING: Came = { count: 0, isCatchUp: false, isUnsure: false };

export function tellSteps(
  steps: Steps,
  value: Json,
  { events, signals, signal, role }: CounterNews,
  nowMs: number,
): Came {
  if (steps.kind === 'unusable') {
    signals.unfit(role, steps.reason, value, nowMs);
    return { ...NOTHING, isUnsure: true };
  }
  signals.fit(role, nowMs);
  if (steps.kind === 'none') return NOTHING;
  if (steps.kind === 'correction') {
    events.tell('COUNTER_CORRECTED', nowMs, undefined, { signal, from: steps.from, to: steps.to });
    return { ...NOTHING, isUnsure: true };
  }
  const { count, isCatchUp } = steps;
  if (steps.kind === 'steps') return { count, isCatchUp, isUnsure: isCatchUp };
  const { from, to, reason } = steps;
  events.tell('COUNTER_RESTARTED', nowMs, undefined, { signal, from, to, count, reason });
  return { count, isCatchUp, isUnsure: true };
}
