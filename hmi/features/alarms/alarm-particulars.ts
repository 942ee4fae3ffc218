/** What the newest occurrence said of itself, in lines that people can read. Pure. */
import { formatNumber } from '../../lib/format.ts';

/** Names by which programs know each other: nobody at the line reads them. */
const internal = /(^|[a-z])(id|Id|sha256|Sha256)$/;

export interface Particular {
  name: string;
  text: string;
}

export function particularsOf(data: unknown, locale: string): Particular[] {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return [];
  return Object.entries(data).flatMap(([name, value]) => {
    const text = textOf(value, locale);
    return text === undefined || (internal.test(name) && name !== 'partId') ? [] : [{ name, text }];
  });
}

function textOf(value: unknown, locale: string): string | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value === 'number') return formatNumber(value, Number.isInteger(value) ? 0 : 2, locale);
  if (typeof value === 'string') return value;
  if (Array.isArray(value))
    return value.length === 0 ? undefined : value.map((each) => textOf(each, locale)).join(', ');
  return JSON.stringify(value);
}
