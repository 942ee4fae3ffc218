/** Parts that nobody looked at, told together: one event for parts of one reason within a second, not one for each. */
import type { Json } from '../pipeline/frame.ts';
import type { GateEvent, Stamps } from './gate-types.ts';

/** Parts of one reason; they were triggered from `fromMs` to `toMs`. */
export interface UnseenParts {
  count: number;
  reason: string;
  jobCode: string | null;
  fromMs: number;
  toMs: number;
  /** In place of `fromMs` where only the calendar knows it. */
  from?: string | undefined;
  /** Of the parts that have one. */
  partIds?: readonly string[];
  /** What the trigger's counter showed with those without a name. */
  counters?: readonly number[];
}

export interface UnseenGap {
  add(parts: UnseenParts, nowMs: number): void;
  /** Tells what has been gathered for long enough, or all of it. */
  flush(untilMs: number): void;
  readonly wakeAtMs: number;
}

const GATHER_MS = 1_000;
/** Of the parts that one event names. */
export const MOST_NAMES = 100;

export function createUnseenGap(stamps: Stamps, emit: (event: GateEvent) => void): UnseenGap {
  let gap: (Required<UnseenParts> & { sinceMs: number; latestMs: number }) | undefined;

  return {
    add(parts, nowMs) {
      if (gap && (gap.reason !== parts.reason || gap.jobCode !== parts.jobCode)) tell(gap);
      gap ??= { ...parts, count: 0, partIds: [], counters: [], from: parts.from, sinceMs: nowMs, latestMs: nowMs };
      gap.count += parts.count;
      gap.latestMs = nowMs;
      if (parts.fromMs < gap.fromMs) gap.from = parts.from;
      gap.fromMs = Math.min(gap.fromMs, parts.fromMs);
      gap.toMs = Math.max(gap.toMs, parts.toMs);
      gap.partIds = [...gap.partIds, ...(parts.partIds ?? [])].slice(0, MOST_NAMES);
      gap.counters = [...gap.counters, ...(parts.counters ?? [])].slice(0, MOST_NAMES);
    },
    flush(untilMs) {
      if (gap && gap.sinceMs + GATHER_MS <= untilMs) tell(gap);
    },
    get wakeAtMs() {
      return gap ? gap.sinceMs + GATHER_MS : Number.POSITIVE_INFINITY;
    },
  };

  function tell(told: NonNullable<typeof gap>): void {
    gap = undefined;
    const { count, reason, jobCode, partIds, counters } = told;
    const data: Record<string, Json> = {
      count,
      from: told.from ?? stamps.time(told.fromMs),
      to: stamps.time(told.toMs),
      reason,
    };
    if (count > 1 && partIds.length > 0) data.partIds = [...partIds];
    if (counters.length > 0) data.counters = [...counters];
    emit({
      id: stamps.id(told.latestMs),
      kind: 'PARTS_UNSEEN',
      ...(jobCode === null ? {} : { jobCode }),
      ...(count === 1 && partIds[0] !== undefined ? { partId: partIds[0] } : {}),
      data,
    });
  }
}
