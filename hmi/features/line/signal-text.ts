import { formatNumber } from '../../lib/format.ts';

/** A signal's value of whatever kind the machine gives; undefined when it gives none. */
export function signalText(value: unknown, locale: string, words: { on: string; off: string }): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number')
    return formatNumber(value, Number.isInteger(value) || Math.abs(value) >= 1000 ? 0 : 1, locale);
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? words.on : words.off;
  return JSON.stringify(value);
}
