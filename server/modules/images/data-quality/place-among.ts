/** Where a new image goes on a map: among its nearest neighbours, nearer to those that are more like it. */

export interface MapNeighbour {
  x: number;
  y: number;
  /** Cosine. */
  likeness: number;
}

const LEAST_DISTANCE = 1e-3;

/** Undefined without neighbours. The nearest one's surroundings decide: a mean over two far groups would lie in the void between them. */
export function placeAmong(neighbours: readonly MapNeighbour[]): { x: number; y: number } | undefined {
  const nearest = neighbours.toSorted((a, b) => b.likeness - a.likeness)[0];
  if (!nearest) return undefined;
  const apart = neighbours.map(({ x, y }) => Math.hypot(x - nearest.x, y - nearest.y)).toSorted((a, b) => a - b);
  const reach = Math.max(apart[Math.floor(apart.length / 2)] ?? 0, LEAST_DISTANCE);
  let total = 0;
  let x = 0;
  let y = 0;
  for (const each of neighbours) {
    if (Math.hypot(each.x - nearest.x, each.y - nearest.y) > reach) continue;
    const weight = 1 / Math.max(1 - each.likeness, LEAST_DISTANCE);
    total += weight;
    x += weight * each.x;
    y += weight * each.y;
  }
  return { x: x / total, y: y / total };
}
