/** What a check found, in the reader's words. */
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';

export function trapName(kind: string): string {
  return words().sets.traps[kind] ?? kind;
}

/** The server gives a code and what the sentence names; a code that these screens do not know yet is shown as it is. */
export function trapSentence(figure: { code: string; params: unknown }): string {
  const sentence = words().sets.codes[figure.code];
  return sentence ? sentence(asText(figure.params)) : figure.code;
}

function asText(params: unknown): Record<string, string> {
  if (typeof params !== 'object' || params === null) return {};
  const text = (value: unknown) =>
    typeof value === 'number' ? formatNumber(value, Number.isInteger(value) ? 0 : 2, locale()) : String(value);
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, text(value)]));
}
