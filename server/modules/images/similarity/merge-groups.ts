/** Which groups become one when pairs are added: connected components, each named by its least hash. */

export interface GroupChanges {
  /** Whole groups, by their names. */
  renamed: { from: string; to: string }[];
  /** Images that were in none. */
  joined: { sha256: string; group: string }[];
}

/** `groups`: the group of each image of the pairs, null where it is in none. Hexadecimal digits of equal length. */
export function mergeGroups(
  pairs: readonly { a: string; b: string }[],
  groups: ReadonlyMap<string, string | null>,
): GroupChanges {
  const parent = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root)) root = up;
    parent.set(name, root);
    return root;
  };
  for (const { a, b } of pairs) {
    const [one, other] = [rootOf(groups.get(a) ?? a), rootOf(groups.get(b) ?? b)].sort() as [string, string];
    parent.set(other, one);
  }
  const names = new Set([...groups.values()].filter((name) => name !== null));
  const renamed = [...names].map((from) => ({ from, to: rootOf(from) })).filter(({ from, to }) => from !== to);
  const members = new Set(pairs.flatMap(({ a, b }) => [a, b]));
  const joined = [...members]
    .filter((sha256) => (groups.get(sha256) ?? null) === null)
    .map((sha256) => ({ sha256, group: rootOf(sha256) }));
  return { renamed, joined };
}
