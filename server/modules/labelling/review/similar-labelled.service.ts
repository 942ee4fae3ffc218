/** The labelled images that look most like one: what a person judged alike before. */
import type { Context } from '../../../kit/context.ts';
import { poolCondition } from '../../images/pool/pool-condition.ts';
import { everything } from '../../images/pool/pool-selection.ts';
import { findSimilar, type SimilarImage } from '../../images/similarity/similarity.service.ts';
import type { ReviewItemRow } from '../annotations/annotations.table.ts';

const SHOWN = 4;

/** Without itself; only of what the viewer holds, for each is a search of its own. Empty while nothing has been measured. */
export async function similarLabelledOf(context: Context, item: ReviewItemRow): Promise<SimilarImage[]> {
  const { viewer } = context;
  if (viewer.kind !== 'person' || item.claimed_by !== viewer.personId) return [];
  const labelled = poolCondition(item.plant_id, { ...everything, lists: { label_state: ['labelled'] } });
  return findSimilar(context, item.plant_id, { sha256: item.image_sha256.toString('hex') }, SHOWN, labelled);
}
