/** Plain comparisons for values that come in great number; each gives the refusal or undefined. */

/** Why a value was not taken: `field` is its path, `reason` ends with what to do. */
export interface Refusal {
  field: string;
  value: string | null;
  reason: string;
}

type Maybe<T> = T | null | undefined;

/** Longest name, code, state or other short text that is kept. */
const TEXT_LENGTH = 100;
/** Far beyond any real quantity, far inside what a `real` column holds. */
export const MAGNITUDE = 1e30;

/** Text as it appears in a refusal: shortened, so that it is never larger than what was refused. */
export function shown(value: unknown): string {
  const text = String(value);
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}

/** Refuses NaN, too. */
export function checkRange(field: string, value: number, low: number, high: number): Refusal | undefined {
  if (value >= low && value <= high) return undefined;
  return { field, value: shown(value), reason: `is not within ${low} to ${high}; send a number in that range` };
}

/** A physical quantity that may be missing. */
export function checkQuantity(field: string, value: Maybe<number>): Refusal | undefined {
  return value === null || value === undefined ? undefined : checkRange(field, value, -MAGNITUDE, MAGNITUDE);
}

export function checkText(field: string, value: Maybe<string>, length = TEXT_LENGTH): Refusal | undefined {
  if (value === null || value === undefined) return undefined;
  if (value.length > length)
    return {
      field,
      value: shown(value),
      reason: `has ${value.length} characters; at most ${length} can be kept: shorten it`,
    };
  if (value.includes('\u0000'))
    return { field, value: null, reason: 'holds U+0000, which cannot be stored; leave it out' };
  return undefined;
}

/** JSON escapes that jsonb refuses: U+0000 and halves of surrogate pairs, not preceded by an escaped backslash. */
const UNSTORABLE_ESCAPE = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** Whether a JSON text can be stored, and is no longer than `length` characters; `fewer` says what to send fewer or less of. */
export function checkJson(field: string, json: string, length: number, fewer: string): Refusal | undefined {
  if (json.length > length) {
    const reason = `is longer than ${length} characters of JSON; send ${fewer}`;
    return { field, value: `${json.length} characters`, reason };
  }
  if (json.includes('\\u') && UNSTORABLE_ESCAPE.test(json)) {
    const reason = 'holds U+0000 or half of a surrogate pair, which cannot be stored; send well-formed text';
    return { field, value: null, reason };
  }
  return undefined;
}

export function checkCount(field: string, count: number, limit: number): Refusal | undefined {
  if (count <= limit) return undefined;
  return { field, value: String(count), reason: `has more than ${limit} entries; send the most important ones` };
}
