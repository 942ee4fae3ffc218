/** Loads the screen anew when the server was updated under it: an operator's screen must come back without anybody's hand. */

const REMEMBERED = 'lehr.reloaded-at';
/** A server that lacks what its own screens say must not make them reload without end. */
const APART_MS = 60_000;

export function reloadOutdated(): void {
  const before = Number(sessionStorage.getItem(REMEMBERED) ?? 0);
  if (Date.now() - before < APART_MS) return;
  sessionStorage.setItem(REMEMBERED, String(Date.now()));
  location.reload();
}
