import { formatNumber } from './format.ts';
import { locale, words } from './language.ts';

/** A whole number in the reader's language, or the word for none where it is not known. */
export function countText(value: number | null): string {
  return value === null ? words().value.none : formatNumber(value, 0, locale());
}
