/** Parts that nobody looked at, told together: one event for parts of one reason within a second, not one for each. */
import type { GateEvent, Stamps } from './gate-types.ts';

export interface UnseenGap {
  add(parts: number, reason: string, atMs: number, jobCode: string | null, partId: string | null): void;
  /** Tells what has been gathered for long enough, or all of it. */
  flush(untilMs: number): void;
  readonly wakeAtMs: number;
}

const GATHER_MS = 1_000;

export function createUnseenGap(stamps: Stamps, emit: (event: GateEvent) => void): UnseenGap {
  interface Gap {
    reason: string;
    jobCode: string | null;
    count: number;
    partId: string | null;
    fromMs: number;
    toMs: number;
    sinceMs: number;
  }
  let gap: Gap | undefined;

  return {
    add(count, reason, atMs, jobCode, partId) {
      if (gap && (gap.reason !== reason || gap.jobCode !== jobCode)) tell(gap);
      gap ??= { reason, jobCode, count: 0, partId, fromMs: atMs, toMs: atMs, sinceMs: atMs };
      gap.count += count;
      gap.fromMs = Math.min(gap.fromMs, atMs);
      gap.toMs = Math.max(gap.toMs, atMs);
    },
    flush(untilMs) {
      if (gap && gap.sinceMs + GATHER_MS <= untilMs) tell(gap);
    },
    get wakeAtMs() {
      return gap ? gap.sinceMs + GATHER_MS : Number.POSITIVE_INFINITY;
    },
  };

  function tell({ reason, jobCode, count, partId, fromMs, toMs }: Gap): void {
    gap = undefined;
    emit({
      id: stamps.id(toMs),
      kind: 'PARTS_UNSEEN',
      ...(jobCode === null ? {} : { jobCode }),
      ...(count === 1 && partId !== null ? { partId } : {}),
      data: { count, from: stamps.time(fromMs), to: stamps.time(toMs), reason },
    });
  }
}
