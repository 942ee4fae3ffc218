/** The language of the screen: chosen by the person, kept in the browser, at first the browser's own. */
import { createEffect, createMemo, createRoot, createSignal } from 'solid-js';
import { readPreference, writePreference } from './preference.ts';
import { de } from './words-de.ts';
import { en, type Words } from './words-en.ts';

export const languages = { en: 'EN', de: 'DE' } as const;
export type Language = keyof typeof languages;

const vocabularies: Record<Language, Words> = { en, de };
const locales: Record<Language, string> = { en: 'en-GB', de: 'de-DE' };

function isLanguage(value: string | undefined): value is Language {
  return value !== undefined && Object.hasOwn(vocabularies, value);
}

function firstLanguage(): Language {
  const kept = readPreference('language');
  if (isLanguage(kept)) return kept;
  return navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en';
}

const state = createRoot(() => {
  const [language, setLanguage] = createSignal(firstLanguage());
  createEffect(() => {
    document.documentElement.lang = language();
    writePreference('language', language());
  });
  const words = createMemo(() => vocabularies[language()]);
  return { language, setLanguage, words, locale: () => locales[language()] };
});

export const { language, setLanguage, words, locale } = state;
