/** The labelled images that look most like one: what a person judged alike before. */
import type { Context } from '../../kit/context.ts';
import type { ReviewItemRow } from '../labels/labels.table.ts';
import type { PoolImageRow } from '../pool/pool.table.ts';

/** Without itself. Empty while nothing has been measured. */
export async function similarLabelledOf(
  _context: Context,
  _item: ReviewItemRow,
): Promise<{ image: PoolImageRow; likeness: number }[]> {
  return [];
}
