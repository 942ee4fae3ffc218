/** Images as a reviewer sees them who is to judge for himself: what others have said of them is left out. */
import type { PoolImageRow } from '../../images/pool/pool.table.ts';

const blind = new WeakSet<PoolImageRow>();

/** The row without its label, known to `isBlind`. */
export function blindImage(row: PoolImageRow): PoolImageRow {
  const copy: PoolImageRow = { ...row, label_state: 'unlabelled', label: null, labelled_at: null, label_error: null };
  blind.add(copy);
  return copy;
}

export function isBlind(row: PoolImageRow): boolean {
  return blind.has(row);
}
