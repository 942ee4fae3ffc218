/** Signals of the gate that are of no use now, because of their quality or their value: each trouble is told once, and lasts as a problem. */
import type { Json } from '../pipeline/frame.ts';
import type { GateEvents } from './gate-events.ts';
import type { GateProblems } from './gate-problems.ts';
import type { SignalRole } from './gate-types.ts';

export interface SignalWatch {
  /** What the machine says of the signal; undefined when its value is good. */
  status(role: SignalRole, signal: string, status: string | undefined, nowMs: number): void;
  /** A value of good quality that cannot be used; the reason says what to do. */
  unfit(role: SignalRole, reason: string, value: Json, nowMs: number): void;
  /** A value that can be used has come. */
  fit(role: SignalRole, nowMs: number): void;
}

/** What the trouble means at the line. */
const MEANING: Record<SignalRole, string> = {
  trigger: 'parts that come now are not seen',
  'part-id': 'parts have no names',
  belt: 'nobody knows where the parts are',
  confirm: 'rejections cannot be confirmed',
  enabled: 'the gate goes by the last good value',
  'line-stop': 'whether the line was asked to stop is not known',
  exit: 'nobody sees whether parts are where they should be',
  state: 'the line counts as running',
  job: 'parts count to the last job',
  command: 'the gate may not be written',
};

export function createSignalWatch(
  signals: Partial<Record<SignalRole, string | undefined>>,
  events: GateEvents,
  problems: GateProblems,
): SignalWatch {
  /** `isValue`: a good value ends it; else good quality does. */
  const troubles = new Map<SignalRole, { reason: string; isValue: boolean }>();

  return {
    status(role, signal, status, nowMs) {
      const trouble = troubles.get(role);
      if (status === undefined) {
        if (trouble && !trouble.isValue) end(role, nowMs);
      } else if (!trouble || trouble.isValue) {
        begin(role, signal, { reason: status, isValue: false }, null, nowMs);
      }
    },
    unfit(role, reason, value, nowMs) {
      if (troubles.get(role)?.isValue) return;
      begin(role, signals[role] ?? role, { reason, isValue: true }, value, nowMs);
    },
    fit(role, nowMs) {
      if (troubles.get(role)?.isValue) end(role, nowMs);
    },
  };

  function begin(
    role: SignalRole,
    signal: string,
    trouble: { reason: string; isValue: boolean },
    value: Json,
    nowMs: number,
  ): void {
    const { reason, isValue } = trouble;
    troubles.set(role, trouble);
    const remedy = isValue ? '' : '; see to it in the machine';
    problems.set(role, `${signal} (${role}): ${reason}; ${MEANING[role]}${remedy}`);
    events.tell('SIGNAL_UNUSABLE', nowMs, undefined, { signal, role, reason, value: cut(value) });
  }

  function end(role: SignalRole, nowMs: number): void {
    troubles.delete(role);
    problems.set(role, undefined);
    events.tell('SIGNAL_USABLE', nowMs, undefined, { signal: signals[role] ?? role, role });
  }
}

const MOST_TEXT = 200;

/** A value for people to see, of bounded size. */
function cut(value: Json): Json {
  return typeof value === 'object' && value !== null
    ? JSON.stringify(value).slice(0, MOST_TEXT)
    : typeof value === 'string'
      ? value.slice(0, MOST_TEXT)
      : value;
}
