/** Whether shifts of a plant would run at the same time: then a part would belong to two. Pure and bounded. */
import { findOverlap, type ShiftPattern, shiftIntervals } from './shift-intervals.ts';

const dayMs = 86_400_000;
/** A year and a month: every day of the week in every week of the year, and both changes of the clock. */
export const overlapDays = 400;

export interface ShiftOverlap {
  shiftId: string;
  otherId: string;
  at: Date;
}

/** The first overlap of the shift with one of the others, in the time from now and from its first day on. */
export function findShiftOverlap(
  shift: ShiftPattern,
  others: readonly ShiftPattern[],
  timeZone: string,
  now: Date,
): ShiftOverlap | undefined {
  const begins = new Date(`${shift.valid_from}T00:00:00Z`).getTime() - dayMs;
  const windows = [...new Set([begins, Math.max(begins, now.getTime() - dayMs)])];
  for (const start of windows) {
    const runs = shiftIntervals(
      [shift, ...others.filter(({ id }) => id !== shift.id)],
      timeZone,
      new Date(start),
      new Date(start + overlapDays * dayMs),
    );
    const own = runs.filter(({ shiftId }) => shiftId === shift.id);
    for (const run of own) {
      const near = runs.filter((other) => other !== run && other.from < run.to && other.to > run.from);
      const found = findOverlap([run, ...near].sort((a, b) => a.from.getTime() - b.from.getTime()));
      if (!found) continue;
      const other = near.find(({ shiftId }) => shiftId !== shift.id) ?? near[0];
      const at = new Date(Math.max(run.from.getTime(), other?.from.getTime() ?? 0));
      if (other) return { shiftId: shift.id, otherId: other.shiftId, at };
    }
  }
  return undefined;
}
