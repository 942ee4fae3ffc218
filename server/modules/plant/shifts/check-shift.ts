/** What a shift takes: pure checks that name field, value and remedy. */
import { Temporal } from 'temporal-polyfill';
import { InvalidInputError } from '../../../kit/errors.ts';
import { type ShiftPattern, startDays } from './shift-intervals.ts';
import { parseRecurrence } from './shift-recurrence.ts';

/** Of each list of single days. */
export const mostShiftDates = 400;

type Checked = Omit<ShiftPattern, 'id' | 'retired_at'>;

/** By column: the path of the field that the caller gave. */
export type ShiftFields = Readonly<Record<keyof Checked, string>>;

export const inputFields: ShiftFields = {
  starts_at: 'input.startsAt',
  duration_min: 'input.durationMin',
  recurrence: 'input.recurrence',
  valid_from: 'input.validFrom',
  valid_to: 'input.validTo',
  except_dates: 'input.exceptDates',
  extra_dates: 'input.extraDates',
};

/** The pattern with its lists in order. Throws `InvalidInputError` for the first thing that cannot be. */
export function checkShift<Shift extends Checked>(shift: Shift, fields: ShiftFields = inputFields): Shift {
  const refuse = (column: keyof Checked, value: unknown, remedy: string) => {
    throw new InvalidInputError(fields[column], value, remedy);
  };
  if (!/^([01][0-9]|2[0-3]):[0-5][0-9]$/.test(shift.starts_at))
    refuse('starts_at', shift.starts_at, 'give the local time as 06:00');
  if (!Number.isInteger(shift.duration_min) || shift.duration_min < 1 || shift.duration_min > 1440)
    refuse('duration_min', shift.duration_min, 'give whole minutes from 1 to 1440');
  const { remedy } = parseRecurrence(shift.recurrence);
  if (remedy !== undefined) refuse('recurrence', shift.recurrence, remedy);
  if (!isDay(shift.valid_from)) refuse('valid_from', shift.valid_from, dayRemedy);
  if (shift.valid_to !== null && !isDay(shift.valid_to)) refuse('valid_to', shift.valid_to, dayRemedy);
  if (shift.valid_to !== null && shift.valid_to < shift.valid_from)
    refuse('valid_to', shift.valid_to, `give a day that is not before ${shift.valid_from}, or none`);
  for (const column of ['except_dates', 'extra_dates'] as const) {
    if (shift[column].length > mostShiftDates)
      refuse(
        column,
        shift[column].length,
        `give at most ${mostShiftDates} days, or end the shift and make another one`,
      );
    for (const day of shift[column]) if (!isDay(day)) refuse(column, day, dayRemedy);
  }
  for (const day of shift.extra_dates)
    if (day < shift.valid_from || (shift.valid_to !== null && day > shift.valid_to))
      refuse('extra_dates', day, 'give days on which the shift is valid');
  const sorted = { ...shift, except_dates: daysOf(shift.except_dates), extra_dates: daysOf(shift.extra_dates) };
  // Nearly every rule has a day soon: the years are only looked through for the others.
  const hasDay = lookAheadDays.some((days) => {
    const last = Temporal.PlainDate.from(shift.valid_from).add({ days }).toString();
    return startDays({ ...sorted, id: '', retired_at: null }, shift.valid_from, last).length > 0;
  });
  if (!hasDay) refuse('recurrence', shift.recurrence, 'give a rule that has a day on which the shift is valid');
  return sorted;
}

const lookAheadDays = [10, 400, 3660];
const dayRemedy = 'give a day of the calendar as 2026-01-31';

function isDay(text: string): boolean {
  if (!/^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

function daysOf(days: readonly string[]): string[] {
  return [...new Set(days)].sort();
}
