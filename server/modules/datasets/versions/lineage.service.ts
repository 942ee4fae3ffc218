/** From an image to the versions that hold it, and from an item to the people behind it. */
import type { Context } from '../../../kit/context.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { loadByParent, loadKnown } from '../../../kit/load-rows.ts';
import { selectRowsIn } from '../../../kit/table-rows.ts';
import type { LabelDecisionRow } from '../../labelling/annotations/annotations.table.ts';
import type { DatasetVersionRow } from './datasets.table.ts';
import { selectVersionsOfImages } from './lineage.queries.ts';

/** One statement for all images that ask. */
export async function versionsOfImage(
  context: Context,
  plantId: string,
  sha256: Buffer,
  first: number | null | undefined,
): Promise<DatasetVersionRow[]> {
  const limit = limitOf(context, first);
  const keyOf = (plant: string, hash: Buffer) => `${plant}:${hash.toString('hex')}`;
  return loadByParent(
    context,
    `dataset versions of images ${limit}`,
    keyOf(plantId, sha256),
    (keys) => {
      const images = keys.map((key) => {
        const [plant = '', hash = ''] = key.split(':');
        return { plantId: plant, sha256: hash };
      });
      return selectVersionsOfImages(context.db, images, limit);
    },
    (row) => keyOf(row.plant_id, row.held_sha256),
  );
}

export function loadDecision(context: Context, id: string): Promise<LabelDecisionRow> {
  return loadKnown(context, 'label_decision', id, (ids) =>
    selectRowsIn(context.db, 'label_decision', 'id', ids, ['id']),
  );
}

/** How many a list gives. Throws `InvalidInputError` when more are asked for than a page may hold. */
export function limitOf({ config }: Context, first: number | null | undefined): number {
  const { pageSize, maxPageSize } = config.limits;
  const limit = first ?? pageSize;
  if (limit < 0 || limit > maxPageSize) {
    throw new InvalidInputError('first', limit, `give a number from 0 to ${maxPageSize}`);
  }
  return limit;
}
