/** What stands beside an image that is looked at: the model's outline, its neighbours in time, and what others said. */
import type { Region } from '../../../../schema/region.ts';
import type { Context } from '../../../kit/context.ts';
import type { AnnotationRow, ReviewItemRow } from '../annotations/annotations.table.ts';
import { standing } from '../annotations/decide-label.ts';
import { historyOf } from '../annotations/label-history.service.ts';
import { type NeighbourRow, type ProposalRow, selectNeighbours, selectProposals } from './review.queries.ts';

/** Images before and after each. */
const NEIGHBOURS = 3;

/** What the model drew, as regions that a person may accept, change or refuse. Never saved by itself. */
export async function proposalsOf(context: Context, item: ReviewItemRow): Promise<Region[]> {
  const rows = await byImage(
    context,
    'proposals',
    item,
    (images) => selectProposals(context.db, images),
    (row) => row.image_sha256,
  );
  return rows.map(regionOf);
}

function regionOf(row: ProposalRow): Region {
  const { width, height, class: classCode, outline } = row;
  if (outline && outline.length >= 6) {
    const ring = outline.map((share, place) => share * (place % 2 === 0 ? width : height));
    return { kind: 'polygon', classCode, rings: [ring] };
  }
  const { box_x, box_y, box_width, box_height } = row;
  const box = { x: box_x * width, y: box_y * height, width: box_width * width, height: box_height * height };
  return { kind: 'box', classCode, ...box };
}

/** Of the same camera, in the order of time. */
export function neighboursOf(context: Context, item: ReviewItemRow): Promise<NeighbourRow[]> {
  return byImage(
    context,
    'neighbours in time',
    item,
    (images) => selectNeighbours(context.db, images, NEIGHBOURS),
    (row) => row.of_sha256,
  );
}

/** What is to be settled or looked at again, without the names of those who said it; nothing where the viewer is to judge for himself. */
export async function opinionsOf(context: Context, item: ReviewItemRow): Promise<AnnotationRow[]> {
  if (item.purpose !== 'settle' && item.purpose !== 'recheck') return [];
  const rows = await historyOf(context, item.plant_id, item.image_sha256);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const since = item.purpose === 'settle' ? item.since : null;
  const said = rows.map((row) => ({
    ...{ id: row.id, personId: row.person_id, label: row.label, regions: row.regions, madeAt: row.made_at },
  }));
  return standing(said, since).flatMap(({ id }) => byId.get(id) ?? []);
}

function byImage<Row extends { plant_id: string }>(
  context: Context,
  key: string,
  item: ReviewItemRow,
  select: (images: readonly { plantId: string; sha256: string }[]) => Promise<Row[]>,
  hashOf: (row: Row) => Buffer,
): Promise<Row[]> {
  const loader = context.loader<string, Row[]>(key, async (names) => {
    const images = names.map((name) => ({ plantId: name.slice(0, 36), sha256: name.slice(37) }));
    const rows = Map.groupBy(await select(images), (row) => `${row.plant_id}:${hashOf(row).toString('hex')}`);
    return names.map((name) => rows.get(name) ?? []);
  });
  return loader.load(`${item.plant_id}:${item.image_sha256.toString('hex')}`);
}
