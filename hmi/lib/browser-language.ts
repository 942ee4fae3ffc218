/**
 * uPlot formats with the browser's language as it is loaded, and a Chromium under LANG=C calls that `en-US@posix`, which Intl
 * refuses: the whole screen would stay empty. To be imported before everything else.
 */
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
}
