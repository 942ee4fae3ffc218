/** What the plant model takes: codes, names, time zones. Pure checks that name field, value and remedy. */
import { InvalidInputError } from '../../../kit/errors.ts';

const codePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
const longestName = 200;
const longestProductCode = 100;

/** A code that stands in paths and configurations. Throws `InvalidInputError`. */
export function checkCode(code: string, field = 'input.code'): string {
  if (codePattern.test(code)) return code;
  throw new InvalidInputError(field, code, 'give 1 to 63 of a-z, 0-9 and -, beginning with a letter or digit');
}

/** A product's code is the machine's or the MES's own and may hold any characters. Throws `InvalidInputError`. */
export function checkProductCode(code: string, field = 'input.code'): string {
  if (code.trim() === code && code.length >= 1 && code.length <= longestProductCode && !code.includes('\0'))
    return code;
  throw new InvalidInputError(field, code, `give 1 to ${longestProductCode} characters without blanks at the ends`);
}

/** A name for people. Throws `InvalidInputError`. */
export function checkName(name: string, field = 'input.name'): string {
  if (name.trim() === name && name.length >= 1 && name.length <= longestName && !name.includes('\0')) return name;
  throw new InvalidInputError(field, name, `give 1 to ${longestName} characters without blanks at the ends`);
}

/** A name or another short text that may be missing. Throws `InvalidInputError`. */
export function checkOptionalName(name: string | null | undefined, field = 'input.name'): string | null {
  return name === null || name === undefined ? null : checkName(name, field);
}

/** An IANA time zone. Throws `InvalidInputError`. */
export function checkTimeZone(timeZone: string, field = 'input.timeZone'): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    throw new InvalidInputError(field, timeZone, 'give an IANA time zone, such as Europe/Berlin');
  }
}

/** Parts a minute. Throws `InvalidInputError`. */
export function checkRate(ratePerMin: number | null | undefined, field = 'input.targetRatePerMin'): number | null {
  if (ratePerMin === null || ratePerMin === undefined) return null;
  if (Number.isFinite(ratePerMin) && ratePerMin > 0 && ratePerMin <= 100_000) return ratePerMin;
  throw new InvalidInputError(field, ratePerMin, 'give parts a minute, above 0 and at most 100000');
}
