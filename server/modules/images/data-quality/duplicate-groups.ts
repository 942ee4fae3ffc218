/** Which images show nearly the same, directly or through others between them. */

/** For each row the same number as for all its near duplicates: the smallest row of the group, its own where it stands alone. */
export function duplicateGroups(rows: number, pairs: ArrayLike<number>): Int32Array {
  const parent = Int32Array.from({ length: rows }, (_, row) => row);
  const root = (row: number): number => {
    let at = row;
    while ((parent[at] ?? 0) !== at) {
      parent[at] = parent[parent[at] ?? 0] ?? 0;
      at = parent[at] ?? 0;
    }
    return at;
  };
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const [a, b] = [root(pairs[at] ?? 0), root(pairs[at + 1] ?? 0)];
    parent[Math.max(a, b)] = Math.min(a, b);
  }
  return parent.map((_, row) => root(row));
}
