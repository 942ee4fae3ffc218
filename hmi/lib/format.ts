/** Numbers, ages and times as the screens write them: a fixed number of digits, so that nothing jumps. */

const numberFormats = new Map<string, Intl.NumberFormat>();
const timeFormats = new Map<string, Intl.DateTimeFormat>();

/** Thousands and decimal sign by locale; `digits` after the decimal sign, always. */
export function formatNumber(value: number, digits: number, locale: string): string {
  const key = `${locale} ${digits}`;
  let format = numberFormats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    numberFormats.set(key, format);
  }
  return format.format(value);
}

/** A share from 0 to 1 in percent, without its unit. */
export function formatShare(share: number, locale: string, digits = 1): string {
  return formatNumber(share * 100, digits, locale);
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A size in the unit that leaves at most three digits before the point: `1.2 GB`, `640 MB`. */
export function formatBytes(bytes: number, locale: string): string {
  let [value, unit] = [Math.max(0, bytes), 0];
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${formatNumber(value, unit > 0 && value < 9.95 ? 1 : 0, locale)} ${byteUnits[unit]}`;
}

/** How long ago, in the coarsest unit that still says something: `0.2 s`, `14 s`, `12 min`, `5 h`, `9 d`. */
export function formatAge(ms: number, locale: string): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${formatNumber(seconds, 1, locale)} s`;
  if (seconds < 100) return `${formatNumber(Math.floor(seconds), 0, locale)} s`;
  const minutes = seconds / 60;
  if (minutes < 100) return `${formatNumber(Math.floor(minutes), 0, locale)} min`;
  const hours = minutes / 60;
  if (hours < 48) return `${formatNumber(Math.floor(hours), 0, locale)} h`;
  return `${formatNumber(Math.floor(hours / 24), 0, locale)} d`;
}

/** How long something has lasted, as a clock runs: `00:42`, `12:05`, `1:02:05`; from two days on in days, `3 d`. */
export function formatElapsed(ms: number, locale: string): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds >= 2 * 86_400) return `${formatNumber(Math.floor(seconds / 86_400), 0, locale)} d`;
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const clock = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${clock}` : clock;
}

function timeFormat(locale: string, timeZone: string, kind: 'time' | 'minute' | 'date'): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${kind}`;
  let format = timeFormats.get(key);
  if (!format) {
    const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    const parts = {
      time: { ...clock, second: '2-digit' },
      minute: clock,
      date: { year: 'numeric', month: '2-digit', day: '2-digit' },
    } as const;
    format = new Intl.DateTimeFormat(locale, { ...parts[kind], timeZone });
    timeFormats.set(key, format);
  }
  return format;
}

/** Clock time of the plant: `14:32:07`. */
export function formatTime(ms: number, timeZone: string, locale: string): string {
  return timeFormat(locale, timeZone, 'time').format(ms);
}

/** Clock time of the plant without seconds: `14:32`. */
export function formatMinute(ms: number, timeZone: string, locale: string): string {
  return timeFormat(locale, timeZone, 'minute').format(ms);
}

/** Clock time on the plant's present day, date and time on any other. */
export function formatMoment(ms: number, nowMs: number, timeZone: string, locale: string): string {
  const date = timeFormat(locale, timeZone, 'date');
  const time = formatTime(ms, timeZone, locale);
  return date.format(ms) === date.format(nowMs) ? time : `${date.format(ms)} ${time}`;
}

/** Date and clock time without seconds: `31/01/2026 14:32`. */
export function formatDateMinute(ms: number, timeZone: string, locale: string): string {
  return `${timeFormat(locale, timeZone, 'date').format(ms)} ${formatMinute(ms, timeZone, locale)}`;
}

/** Weekday and date without the year, as a calendar says it: `Mon 31 Jan`. */
export function formatWeekday(ms: number, timeZone: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: 'short', day: '2-digit', month: '2-digit', timeZone }).format(ms);
}
