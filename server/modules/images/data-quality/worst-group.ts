/**
 * The group of images in which a classifier that has not seen them errs most: groups are the cells of every property and clusters of looks.
 * With many groups one is always the worst; it is named when even the best-behaved law of chance would hardly give it (Fisher's exact test, times the groups).
 */

import { wilsonInterval } from '../../../maths/wilson-interval.ts';
import type { Cells } from './property-shares.ts';
import { upperTail } from './statistics.ts';

export interface Group {
  /** A property, or 'cluster'. */
  factor: string;
  value: string;
  images: number;
  errors: number;
  /** Share of errors in the group with its bounds (95 %), and outside. */
  share: number;
  low: number;
  high: number;
  restShare: number;
  flagged: boolean;
  cells: Cells;
  cell: number;
}

const LEAST_IMAGES = 10;
/** A group that is nearly everything has no rest to be compared with. */
const MOST_SHARE = 0.9;
const CHANCE = 0.01;
const LEAST_RATIO = 1.5;
/** In large sets the least difference is certain; one that costs less than this share of the right answers does no harm worth naming. */
const MOST_RIGHT = 0.95;

/** Groups by their chance, the least likely first. `isError`: 1, 0, or −1 where the image could not be judged. */
export function worstGroups(isError: ArrayLike<number>, factors: ReadonlyMap<string, Cells>): Group[] {
  let judged = 0;
  let errors = 0;
  for (let row = 0; row < isError.length; row++) {
    if ((isError[row] ?? 0) < 0) continue;
    judged += 1;
    errors += isError[row] ?? 0;
  }
  const groups: (Group & { chance: number })[] = [];
  for (const [factor, cells] of factors) {
    const images = new Int32Array(cells.names.length);
    const wrong = new Int32Array(cells.names.length);
    for (let row = 0; row < isError.length; row++) {
      const cell = cells.cellOf[row] ?? 0;
      if (cell < 0 || (isError[row] ?? 0) < 0) continue;
      images[cell] = (images[cell] ?? 0) + 1;
      wrong[cell] = (wrong[cell] ?? 0) + (isError[row] ?? 0);
    }
    cells.names.forEach((value, cell) => {
      const [size = 0, hits = 0] = [images[cell], wrong[cell]];
      if (size < LEAST_IMAGES || size > judged * MOST_SHARE) return;
      const share = hits / size;
      const restShare = (errors - hits) / (judged - size);
      const chance = upperTail(size, hits, judged, errors);
      const { low, high } = wilsonInterval(hits, size) ?? { low: 0, high: 1 };
      groups.push({
        factor,
        value,
        images: size,
        errors: hits,
        share,
        low,
        high,
        restShare,
        flagged: false,
        cells,
        cell,
        chance,
      });
    });
  }
  return groups
    .map((group) => ({
      ...group,
      flagged:
        group.chance * groups.length <= CHANCE &&
        group.share >= LEAST_RATIO * group.restShare &&
        1 - group.share <= MOST_RIGHT * (1 - group.restShare),
    }))
    .sort((a, b) => a.chance - b.chance || b.share - a.share);
}
