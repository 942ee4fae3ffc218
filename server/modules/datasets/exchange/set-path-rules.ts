/** Which paths a foreign set may have: relative, without tricks, so that nothing is ever written or read beside it. */

const LONGEST = 1000;
const DEEPEST = 50;
const clutter = /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)/;

export type CheckedPath = { path: string } | { reason: string } | 'ignored';

/** The path as the set is read by, why it is refused, or `ignored` for what systems leave behind. */
export function checkSetPath(raw: string): CheckedPath {
  const path = raw
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '')
    .normalize('NFC');
  if (clutter.test(path)) return 'ignored';
  if (path === '' || path.length > LONGEST)
    return { reason: `has a path of ${path.length} characters: give it 1 to ${LONGEST}` };
  if (path.startsWith('/') || /^[a-z]:/i.test(path))
    return { reason: 'has an absolute path: pack it with a relative one' };
  const parts = path.split('/');
  if (parts.some((part) => part === '..' || part === '.' || part === '')) {
    return { reason: 'has a path that leaves its folder: pack it with a plain one' };
  }
  if (parts.length > DEEPEST) return { reason: `lies more than ${DEEPEST} folders deep: move it up` };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path) || !path.isWellFormed()) {
    return { reason: 'has a name with characters that cannot be shown: rename it' };
  }
  return { path };
}
