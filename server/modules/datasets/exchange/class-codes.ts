/** What a class of a foreign set is called in the plant. */

const code = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const goodNames: readonly string[] = ['good', 'ok', 'normal', 'no_defect', 'defect-free'];

/** The code that a name most likely means: lower case, blanks and signs as underscores; null when nothing is left of it. */
export function likelyCode(name: string): string | null {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '_')
    .replace(/^[_-]+|_+$/g, '');
  if (goodNames.includes(plain)) return 'good';
  return code.test(plain) ? plain : null;
}

/**
 * Finds the code of each class: as it was mapped, else as it is most likely meant; null where the defect book does not offer it.
 * Without a book (`offered` null) every code is taken.
 */
export function createCodeOf(
  mapped: Readonly<Record<string, string>>,
  offered: ReadonlySet<string> | null,
): (name: string) => string | null {
  return (name) => {
    const wanted = Object.hasOwn(mapped, name) ? (mapped[name] ?? null) : likelyCode(name);
    if (wanted === null || wanted === 'good' || offered === null) return wanted;
    return offered.has(wanted) ? wanted : null;
  };
}
