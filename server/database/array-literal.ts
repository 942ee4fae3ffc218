/**
 * PostgreSQL array literals (manual, 8.15.2): one text parameter for a whole column of a multi-row insert.
 * The driver's own conversion escapes value by value and costs more than the insert; numbers, UUIDs and ISO times need no quotes.
 */

/** Values that hold no comma, brace, quote, backslash or blank: numbers, UUIDs, ISO times, words of a closed set. */
export function plainArray(values: readonly (string | number | null)[]): string {
  let text = '{';
  for (let index = 0; index < values.length; index++) {
    if (index > 0) text += ',';
    text += values[index] ?? 'NULL';
  }
  return `${text}}`;
}

/** Any text. It must not hold U+0000, which PostgreSQL cannot store. */
export function textArray(values: readonly (string | null)[]): string {
  let text = '{';
  for (let index = 0; index < values.length; index++) {
    if (index > 0) text += ',';
    const value = values[index] ?? null;
    text += value === null ? 'NULL' : `"${value.replace(/["\\]/g, '\\$&')}"`;
  }
  return `${text}}`;
}

/** Numbers of a `real` column. Rounded first, because PostgreSQL refuses a double that underflows a real. */
export function realArray(values: readonly (number | null)[]): string {
  return plainArray(values.map((value) => (value === null ? null : Math.fround(value))));
}

/** Hexadecimal digits of `bytea` values. */
export function byteaArray(values: readonly (string | null)[]): string {
  let text = '{';
  for (let index = 0; index < values.length; index++) {
    if (index > 0) text += ',';
    const value = values[index] ?? null;
    text += value === null ? 'NULL' : `"\\\\x${value}"`;
  }
  return `${text}}`;
}

/** Milliseconds since 1970 as times. */
export function isoArray(timesMs: readonly number[]): string {
  return plainArray(timesMs.map((timeMs) => new Date(timeMs).toISOString()));
}

/** JSON texts as one JSON array, for `jsonb_array_elements`: what is JSON already needs no second round of escapes. */
export function jsonTextArray(texts: readonly (string | null)[]): string {
  let text = '[';
  for (let index = 0; index < texts.length; index++) {
    if (index > 0) text += ',';
    text += texts[index] ?? 'null';
  }
  return `${text}]`;
}
