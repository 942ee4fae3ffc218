/**
 * What stands across the splits of a version without being the same picture: neighbours in time, one batch, kin of a chain of near duplicates.
 * Warnings: a line that makes one part after the other gives such pairs everywhere, and only people know whether they matter.
 */
import type { CheckFigure } from './dataset-checks.table.ts';
import type { SplitName } from './datasets.table.ts';

/** One entry an image in every column. */
export interface SideInput {
  split: readonly SplitName[];
  nearGroup: readonly (string | null)[];
  camera: readonly (string | null)[];
  capturedAtMs: ArrayLike<number>;
  batch: readonly (string | null)[];
}

export interface SideTrap {
  figure: CheckFigure;
  /** Indices of the images that stand across. */
  flagged: Set<number>;
}

export function sideTraps(input: SideInput, neighbourMs: number): SideTrap[] {
  const images = input.split.length;
  const across = (kind: string, flagged: Set<number>, params: Record<string, number> = {}): SideTrap => ({
    flagged,
    figure: {
      kind,
      score: images === 0 ? 1 : 1 - flagged.size / images,
      flagged: flagged.size > 0,
      count: flagged.size,
      code: flagged.size > 0 ? kind : `no_${kind}`,
      params: { images, ...params },
    },
  });
  return [
    across('near_group', acrossGroups(input.split, input.nearGroup)),
    across('time_neighbours', acrossTime(input, neighbourMs), { neighbourMs }),
    across('shared_batch', acrossGroups(input.split, input.batch)),
  ];
}

function acrossGroups(split: readonly SplitName[], group: readonly (string | null)[]): Set<number> {
  const sides = new Map<string, SplitName | 'several'>();
  for (const [index, name] of group.entries()) {
    if (name === null) continue;
    const known = sides.get(name);
    const side = split[index] ?? 'train';
    sides.set(name, known === undefined || known === side ? side : 'several');
  }
  const flagged = new Set<number>();
  for (const [index, name] of group.entries()) if (name !== null && sides.get(name) === 'several') flagged.add(index);
  return flagged;
}

/** Of images that stand closer than the bound on two sides, two that follow each other do. */
function acrossTime({ split, camera, capturedAtMs }: SideInput, neighbourMs: number): Set<number> {
  const flagged = new Set<number>();
  if (neighbourMs === 0) return flagged;
  const timeOf = (index: number) => capturedAtMs[index] ?? Number.NaN;
  const order = [...camera.keys()].filter((index) => camera[index] !== null && !Number.isNaN(timeOf(index)));
  order.sort((a, b) =>
    camera[a] === camera[b] ? timeOf(a) - timeOf(b) : (camera[a] ?? '') < (camera[b] ?? '') ? -1 : 1,
  );
  for (const [place, index] of order.entries()) {
    const before = order[place - 1];
    if (before === undefined || camera[before] !== camera[index] || split[before] === split[index]) continue;
    if (timeOf(index) - timeOf(before) > neighbourMs) continue;
    flagged.add(before);
    flagged.add(index);
  }
  return flagged;
}
