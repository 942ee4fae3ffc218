/** Tags: words that people put on images, many at once, named one by one or by a filter. */

import { CURATORS, READERS, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { poolCondition } from './pool-condition.ts';
import { countPool } from './pool-pages.queries.ts';
import type { PoolSelection } from './pool-selection.ts';
import { type FacetRow, selectFacets, updateTags } from './tags.queries.ts';

/** Values of one facet. */
const FACET_VALUES = 50;
const tagShape = /^[\p{L}\p{N}][\p{L}\p{N} ._:/-]{0,59}$/u;

export interface PlantArgument {
  id: string;
  globalId: string;
}

export interface TagChange {
  selection: PoolSelection;
  add: readonly string[];
  remove: readonly string[];
}

/** Gives how many images changed. Throws `InvalidInputError` when there is nothing to do, or too much at once. */
export async function tagImages(context: Context, plant: PlantArgument, change: TagChange): Promise<number> {
  requireRole(context, plant.id, CURATORS, { field: 'input.plantId', value: plant.globalId });
  const { poolTagged, poolTags } = context.config.limits;
  const [add, remove] = [tagsOf(change.add, 'input.add', poolTags), tagsOf(change.remove, 'input.remove', poolTags)];
  if (add.length + remove.length === 0) throw new InvalidInputError('input.add', null, 'give tags to add or to remove');
  const condition = poolCondition(plant.id, change.selection);
  const count = await countPool(context.db, condition, poolTagged + 1);
  if (count > poolTagged)
    throw new InvalidInputError(
      'input.filter',
      `more than ${poolTagged} images`,
      `tag at most ${poolTagged} at once (LEHR_LIMIT_POOL_TAGGED): narrow the filter`,
    );
  return act(context, async ({ trx, audit }) => {
    const { changed, most } = await updateTags(trx, condition, add, remove);
    if (most > poolTags)
      throw new InvalidInputError('input.add', `${most} tags on one image`, `leave at most ${poolTags} on each`);
    const subject = { plantId: plant.id, subjectType: 'Plant', subjectId: plant.id };
    if (changed > 0) audit('pool.tag', subject, { images: changed, add, remove, selection: { ...change.selection } });
    return changed;
  });
}

function tagsOf(tags: readonly string[], field: string, most: number): string[] {
  if (tags.length > most) throw new InvalidInputError(field, `${tags.length} tags`, `give at most ${most}`);
  for (const [index, tag] of tags.entries())
    if (!tagShape.test(tag) || tag !== tag.trim())
      throw new InvalidInputError(
        `${field}[${index}]`,
        tag,
        'give 1 to 60 letters, digits, blanks or . _ : / -, beginning with a letter or digit',
      );
  return [...new Set(tags)];
}

/** What the selected images are made of; of so many as the configuration lets be looked at. */
export async function poolFacets(
  context: Context,
  plant: PlantArgument,
  selection: PoolSelection,
): Promise<FacetRow[]> {
  requireRole(context, plant.id, READERS, { field: 'plantId', value: plant.globalId });
  const rows = await selectFacets(
    context.db,
    poolCondition(plant.id, selection),
    context.config.limits.poolFacetImages,
    FACET_VALUES,
  );
  return rows.map((row) => (row.field === 'line' ? { ...row, value: encodeGlobalId('Line', row.value) } : row));
}
