/** Light or dark: chosen by the person, kept in the browser, at first what the system says. */
import { createEffect, createMemo, createRoot, createSignal } from 'solid-js';
import { readPreference, writePreference } from './preference.ts';

export const themeChoices = ['light', 'dark', 'auto'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

function firstChoice(): ThemeChoice {
  const kept = readPreference('theme');
  return themeChoices.find((choice) => choice === kept) ?? 'auto';
}

const state = createRoot(() => {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const [isSystemDark, setSystemDark] = createSignal(system.matches);
  system.addEventListener('change', (event) => setSystemDark(event.matches));

  const [themeChoice, setThemeChoice] = createSignal(firstChoice());
  const theme = createMemo(() => {
    const choice = themeChoice();
    if (choice !== 'auto') return choice;
    return isSystemDark() ? 'dark' : 'light';
  });
  createEffect(() => {
    document.documentElement.dataset.theme = theme();
    writePreference('theme', themeChoice());
  });
  return { theme, themeChoice, setThemeChoice };
});

export const { theme, themeChoice, setThemeChoice } = state;
