import { formatAge } from '../../lib/format.ts';
import type { Doubt } from '../../lib/machine-age.ts';
import type { Words } from '../../lib/words-en.ts';

/** A doubt with its age, in words; undefined when there is none. `now` is the server's clock in ms. */
export function doubtWords(
  doubt: Doubt | undefined,
  now: number | undefined,
  locale: string,
  words: Words,
): string | undefined {
  if (!doubt) return undefined;
  if (now === undefined) return doubt.kind === 'bad' ? words.value.bad : words.value.stale;
  const age = formatAge(now - doubt.since, locale);
  return doubt.kind === 'bad' ? words.value.badFor(age) : words.value.staleFor(age);
}

/** The same beside a value, where there is little room: the hatching says stale, so only the age is said. */
export function doubtAge(
  doubt: Doubt | undefined,
  now: number | undefined,
  locale: string,
  words: Words,
): string | undefined {
  if (doubt?.kind !== 'stale' || now === undefined) return doubtWords(doubt, now, locale, words);
  return formatAge(now - doubt.since, locale);
}
