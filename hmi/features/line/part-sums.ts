/** Where the parts of the present run have gone, over all stations of a line. Pure. */

const counted = ['triggered', 'accepted', 'rejected', 'bypassed', 'unseen', 'inTransit', 'unknown'] as const;

export type PartSums = Record<(typeof counted)[number], number>;

/** Undefined when no station has counted. */
export function sumParts(counts: readonly (PartSums | null)[]): PartSums | undefined {
  const known = counts.filter((each) => each !== null);
  const [first, ...rest] = known;
  if (!first) return undefined;
  const sums = Object.fromEntries(counted.map((name) => [name, first[name]])) as PartSums;
  for (const each of rest) for (const name of counted) sums[name] += each[name];
  return sums;
}

/** Parts that nobody can account for: those said to be unknown, and any that the sums lack. Must be 0. */
export function unaccounted(sums: PartSums): number {
  return sums.triggered - (sums.accepted + sums.rejected + sums.bypassed + sums.unseen + sums.inTransit);
}
