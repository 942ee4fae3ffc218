/** From the plant's calendar to the clock: when its shifts run, with the nights in which clocks change. Pure and bounded. */
import { Temporal } from 'temporal-polyfill';
import type { ShiftRow } from '../parts/shifts.table.ts';
import { parseRecurrence, recurrenceDays } from './shift-recurrence.ts';

/** From its first millisecond on, up to and without `to`. */
export interface ShiftInterval {
  shiftId: string;
  from: Date;
  to: Date;
}

/** What of a shift decides when it runs. */
export type ShiftPattern = Pick<
  ShiftRow,
  | 'id'
  | 'starts_at'
  | 'duration_min'
  | 'recurrence'
  | 'valid_from'
  | 'valid_to'
  | 'except_dates'
  | 'extra_dates'
  | 'retired_at'
>;

/** Longest time that can be asked for at once. */
export const mostShiftDays = 3700;
const dayMs = 86_400_000;

/**
 * Every run of the shifts that touches the time from `from` to `to`, whole (not cut at its ends), in the order of their beginning.
 * A shift's two ends are read from the plant's clock, so that shifts which meet on paper meet in the night when clocks change, too;
 * one that would begin in the hour that is left out begins when that hour would have, and one inside of it does not take place.
 * Throws `RangeError` for more than `mostShiftDays`.
 */
export function shiftIntervals(
  shifts: readonly ShiftPattern[],
  timeZone: string,
  from: Date,
  to: Date,
): ShiftInterval[] {
  if (to.getTime() - from.getTime() > mostShiftDays * dayMs)
    throw new RangeError(`shifts can be asked for at most ${mostShiftDays} days at once`);
  if (to <= from) return [];
  const localDay = (at: Date, days: number) =>
    Temporal.Instant.fromEpochMilliseconds(at.getTime())
      .toZonedDateTimeISO(timeZone)
      .toPlainDate()
      .add({ days })
      .toString();
  // a shift is at most a day long, by a clock that jumps by hours: begun the day before yesterday it is over
  const [firstDay, lastDay] = [localDay(from, -2), localDay(to, 1)];
  return shifts
    .flatMap((shift) => startDays(shift, firstDay, lastDay).flatMap((day) => runOn(shift, day, timeZone) ?? []))
    .filter((run) => run.from < to && run.to > from)
    .sort((a, b) => a.from.getTime() - b.from.getTime() || (a.shiftId < b.shiftId ? -1 : 1));
}

/** The first two runs that overlap, in the order of time. `runs` as `shiftIntervals` gives them. */
export function findOverlap(runs: readonly ShiftInterval[]): [ShiftInterval, ShiftInterval] | undefined {
  let longest: ShiftInterval | undefined;
  for (const run of runs) {
    if (longest && run.from < longest.to) return [longest, run];
    if (!longest || run.to > longest.to) longest = run;
  }
  return undefined;
}

/** Dates on which the shift begins, both ends included; sorted. */
export function startDays(shift: ShiftPattern, firstDay: string, lastDay: string): string[] {
  const low = shift.valid_from > firstDay ? shift.valid_from : firstDay;
  const high = shift.valid_to !== null && shift.valid_to < lastDay ? shift.valid_to : lastDay;
  if (low > high) return [];
  const { recurrence } = parseRecurrence(shift.recurrence);
  if (!recurrence) throw new Error(`the shift ${shift.id} has the recurrence "${shift.recurrence}", which is none`);
  const days = new Set(recurrenceDays(recurrence, shift.valid_from, low, high));
  for (const day of shift.extra_dates) if (day >= low && day <= high) days.add(day);
  for (const day of shift.except_dates) days.delete(day);
  return [...days].sort();
}

function runOn(shift: ShiftPattern, day: string, timeZone: string): ShiftInterval | undefined {
  const start = Temporal.PlainDate.from(day).toPlainDateTime(shift.starts_at);
  const from = instantOf(start, timeZone);
  const end = instantOf(start.add({ minutes: shift.duration_min }), timeZone);
  const to = shift.retired_at !== null && shift.retired_at < end ? shift.retired_at : end;
  return from < to ? { shiftId: shift.id, from, to } : undefined;
}

/** The first moment at which the clock shows the time or a later one: never falls when the time rises, whatever clocks do. */
function instantOf(local: Temporal.PlainDateTime, timeZone: string): Date {
  const at = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  const isShown = at.toPlainDateTime().equals(local);
  const moment = isShown ? at : (at.getTimeZoneTransition('next') ?? at);
  return new Date(moment.epochMilliseconds);
}
