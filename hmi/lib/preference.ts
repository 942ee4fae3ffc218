/** What a person chose for this browser. Storage may be forbidden (private windows, policies): then nothing is kept. */

export function readPreference(name: string): string | undefined {
  try {
    return localStorage.getItem(`lehr.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function writePreference(name: string, value: string): void {
  try {
    localStorage.setItem(`lehr.${name}`, value);
  } catch {
    // The choice holds until the page is closed.
  }
}
