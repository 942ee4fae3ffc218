/** The days on which a shift begins: the part of RFC 5545, 3.3.10 that speaks of days, and nothing finer. */
import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';

const longest = 500;
const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const frequencies = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
type Frequency = (typeof frequencies)[number];

/** Checked: what `recurrenceDays` takes. */
export interface Recurrence {
  freq: Frequency;
  interval: number;
  wkst: string;
  byDay?: string[];
  byMonth?: number[];
  byMonthDay?: number[];
  bySetPos?: number[];
}

export type ParsedRecurrence =
  | { recurrence: Recurrence; remedy?: undefined }
  | { recurrence?: undefined; remedy: string };

const example = 'e.g. FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR';

/** Reads a rule such as `FREQ=WEEKLY;BYDAY=MO,TU`; a text that is none gives the remedy. */
export function parseRecurrence(text: string): ParsedRecurrence {
  if (text.length > longest) return { remedy: `give a rule of at most ${longest} characters, ${example}` };
  const parts = new Map<string, string>();
  for (const part of text.split(';')) {
    const [, name, value] = /^([A-Z]+)=([A-Z0-9,+-]+)$/.exec(part) ?? [];
    if (name === undefined || value === undefined) return { remedy: `give parts NAME=VALUE joined by ";", ${example}` };
    if (parts.has(name)) return { remedy: `give ${name} once` };
    parts.set(name, value);
  }
  const freq = frequencies.find((each) => each === parts.get('FREQ'));
  if (!freq) return { remedy: `give FREQ as one of ${frequencies.join(', ')}, ${example}` };
  const recurrence: Recurrence = { freq, interval: 1, wkst: 'MO' };
  for (const [name, value] of parts) {
    const remedy = readPart(recurrence, name, value);
    if (remedy !== undefined) return { remedy };
  }
  return { recurrence };
}

function readPart(rule: Recurrence, name: string, value: string): string | undefined {
  const list = value.split(',');
  switch (name) {
    case 'FREQ':
      return undefined;
    case 'INTERVAL':
      rule.interval = Number(value);
      return isWhole(value, 1, 999) ? undefined : 'give INTERVAL from 1 to 999';
    case 'WKST':
      rule.wkst = value;
      return weekdays.includes(value) ? undefined : `give WKST as one of ${weekdays.join(', ')}`;
    case 'BYDAY':
      rule.byDay = list;
      return list.every((day) => isDay(rule.freq, day))
        ? undefined
        : `give BYDAY as ${weekdays.join(', ')}; with FREQ=MONTHLY also as 1MO … -1MO`;
    case 'BYMONTH':
      rule.byMonth = list.map(Number);
      return list.every((each) => isWhole(each, 1, 12)) ? undefined : 'give BYMONTH from 1 to 12';
    case 'BYMONTHDAY':
      rule.byMonthDay = list.map(Number);
      if (rule.freq === 'WEEKLY') return 'leave BYMONTHDAY out of a weekly rule (RFC 5545)';
      return list.every((each) => isWhole(each, 1, 31, true)) ? undefined : 'give BYMONTHDAY from 1 to 31 or -1 to -31';
    case 'BYSETPOS':
      rule.bySetPos = list.map(Number);
      return list.every((each) => isWhole(each, 1, 366, true))
        ? undefined
        : 'give BYSETPOS from 1 to 366 or -1 to -366';
    case 'COUNT':
    case 'UNTIL':
      return `leave ${name} out: the shift says itself until when it is valid`;
    default:
      return `leave ${name} out: FREQ, INTERVAL, BYDAY, BYMONTH, BYMONTHDAY, BYSETPOS and WKST say on which days a shift begins`;
  }
}

/** The days of the rule, counted from its first day, in the range; both ends belong to it. Dates as "2026-01-31". */
export function recurrenceDays(recurrence: Recurrence, firstDay: string, from: string, to: string): string[] {
  // in UTC a day is a day: the plant's clock comes in when the time of day does
  const rule = new RRuleTemporal({ ...recurrence, dtstart: midnight(firstDay), tzid: 'UTC', cache: false });
  return rule.between(midnight(from), midnight(to), true).map((at) => at.toPlainDate().toString());
}

function midnight(day: string): Temporal.ZonedDateTime {
  return Temporal.PlainDate.from(day).toZonedDateTime('UTC');
}

/** RFC 5545: a number before the weekday has a meaning in months and years only; of years we need none. */
function isDay(freq: Frequency, text: string): boolean {
  const [, ordinal, day = ''] = /^([+-]?[1-5])?([A-Z]{2})$/.exec(text) ?? [];
  return weekdays.includes(day) && (ordinal === undefined || freq === 'MONTHLY');
}

function isWhole(text: string, low: number, high: number, orNegative = false): boolean {
  if (!/^[+-]?[0-9]{1,3}$/.test(text)) return false;
  const value = orNegative ? Math.abs(Number(text)) : Number(text);
  return value >= low && value <= high;
}
