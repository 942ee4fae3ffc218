/** Cuts a time into the runs of shifts and what lies between them, so that counts by shift add up to the total. */
import type { ShiftInterval } from '../../plant/shifts/shift-intervals.ts';
import type { StatsRange } from './stats-question.ts';

const MINUTE_MS = 60_000;

/**
 * Ranges without overlap that cover [from, to) in whole minutes, in the order of time. `runs` in the order of their beginning;
 * where two overlap, which only a changed calendar of the past can bring about, the one that began first has the time.
 */
export function shiftRanges(runs: readonly ShiftInterval[], from: Date, to: Date): StatsRange[] {
  const ranges: StatsRange[] = [];
  let reachedMs = from.getTime();
  const add = (untilMs: number, shiftId: string | null) => {
    if (untilMs <= reachedMs) return;
    ranges.push({ from: new Date(reachedMs), to: new Date(untilMs), shiftId });
    reachedMs = untilMs;
  };
  for (const run of runs) {
    add(Math.min(minuteOf(run.from), to.getTime()), null);
    add(Math.min(minuteOf(run.to), to.getTime()), run.shiftId);
  }
  add(to.getTime(), null);
  return ranges;
}

function minuteOf(time: Date): number {
  return Math.floor(time.getTime() / MINUTE_MS) * MINUTE_MS;
}
