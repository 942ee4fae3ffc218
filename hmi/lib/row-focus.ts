/** The row that a key moves to; undefined for a key that moves nothing. The ends do not wrap: a held key stops there. */
export function nextRow(key: string, present: number | undefined, count: number): number | undefined {
  if (count === 0) return undefined;
  switch (key) {
    case 'ArrowDown':
      return present === undefined ? 0 : Math.min(present + 1, count - 1);
    case 'ArrowUp':
      return present === undefined ? count - 1 : Math.max(present - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
