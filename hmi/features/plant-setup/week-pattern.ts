/** The weekly pattern of a shift, as far as its recurrence has one. Pure. */

export const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Weekday = (typeof weekdays)[number];

const DAY_MIN = 1440;

/** The days of a rule that says the same every week; undefined for any other rule (every second week, by month …). */
export function weeklyDays(recurrence: string): Weekday[] | undefined {
  const parts = new Map(recurrence.split(';').map((part) => part.split('=', 2) as [string, string | undefined]));
  if ([...parts.keys()].some((name) => !['FREQ', 'BYDAY', 'INTERVAL', 'WKST'].includes(name))) return undefined;
  if ((parts.get('INTERVAL') ?? '1') !== '1') return undefined;
  const freq = parts.get('FREQ');
  const byDay = parts.get('BYDAY')?.split(',');
  if (freq === 'DAILY' && byDay === undefined) return [...weekdays];
  if ((freq !== 'WEEKLY' && freq !== 'DAILY') || byDay === undefined) return undefined;
  if (!byDay.every((day) => weekdays.some((known) => known === day))) return undefined;
  return weekdays.filter((day) => byDay.includes(day));
}

export function weeklyRule(days: readonly Weekday[]): string {
  return `FREQ=WEEKLY;BYDAY=${weekdays.filter((day) => days.includes(day)).join(',')}`;
}

export interface WeekBlock {
  /** 0 is Monday. */
  day: number;
  fromMin: number;
  toMin: number;
}

/** Where the shift stands in the week; over midnight it goes on at the next day's begin, from Sunday at Monday's. */
export function weekBlocks(shift: { startsAt: string; durationMin: number; recurrence: string }): WeekBlock[] {
  const days = weeklyDays(shift.recurrence) ?? [];
  const [hour = Number.NaN, minute = Number.NaN] = shift.startsAt.split(':').map(Number);
  const from = hour * 60 + minute;
  if (!Number.isFinite(from) || !(shift.durationMin > 0)) return [];
  const end = from + Math.min(shift.durationMin, DAY_MIN);
  return days.flatMap((weekday) => {
    const day = weekdays.indexOf(weekday);
    const first = { day, fromMin: from, toMin: Math.min(end, DAY_MIN) };
    if (end <= DAY_MIN) return [first];
    return [first, { day: (day + 1) % 7, fromMin: 0, toMin: end - DAY_MIN }];
  });
}

/** Hours as a person writes them (`8`, `7.75`, `7,75`) in whole minutes; NaN for what is no number. */
export function minutesOf(hours: string): number {
  const number = hours.trim() === '' ? Number.NaN : Number(hours.trim().replace(',', '.'));
  return Math.round(number * 60);
}
