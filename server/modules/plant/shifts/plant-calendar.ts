/** The calendar of a plant's shifts as something that is asked which shift runs at a moment, and that has a version. */
import { hash } from 'node:crypto';
import { type ShiftInterval, type ShiftPattern, shiftIntervals } from './shift-intervals.ts';

export interface PlantCalendar {
  /** The same for equal calendars, another one when anything changes that decides when a shift runs; null: the plant has no shifts. */
  version: string | null;
  /** Code of the shift that runs; null between shifts. Where two overlap, the one that began first. */
  shiftAt(timeMs: number): string | null;
}

const DAY_MS = 86_400_000;
const VERSION_DIGITS = 16;

export function plantCalendar(shifts: readonly (ShiftPattern & { code: string })[], timeZone: string): PlantCalendar {
  const codes = new Map(shifts.map((shift) => [shift.id, shift.code]));
  /** By UTC day: captures are mostly of few days, and a day costs more than a look at it. */
  const runsOfDay = new Map<number, ShiftInterval[]>();
  const runsOf = (day: number) => {
    const known = runsOfDay.get(day);
    if (known) return known;
    const runs = shiftIntervals(shifts, timeZone, new Date(day * DAY_MS), new Date((day + 1) * DAY_MS));
    runsOfDay.set(day, runs);
    return runs;
  };
  return {
    version: shifts.length === 0 ? null : versionOf(shifts, timeZone),
    shiftAt(timeMs) {
      if (shifts.length === 0) return null;
      const run = runsOf(Math.floor(timeMs / DAY_MS)).find(
        ({ from, to }) => from.getTime() <= timeMs && timeMs < to.getTime(),
      );
      return codes.get(run?.shiftId ?? '') ?? null;
    },
  };
}

function versionOf(shifts: readonly ShiftPattern[], timeZone: string): string {
  const patterns = shifts
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((shift) => [
      ...[shift.id, shift.starts_at, shift.duration_min, shift.recurrence, shift.valid_from, shift.valid_to],
      ...[shift.except_dates, shift.extra_dates, shift.retired_at],
    ]);
  return hash('sha256', JSON.stringify([timeZone, patterns]), 'hex').slice(0, VERSION_DIGITS);
}
