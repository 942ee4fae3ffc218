/** Which images have to stay on one side of a split: what shows nearly the same, or was taken in one breath, is one unit. */

/** One entry an image in every column, in the same order. */
export interface UnitInput {
  /** Groups of the same picture and of nearly the same; null: it stands alone. */
  exactGroup: readonly (string | null)[];
  nearGroup: readonly (string | null)[];
  /** null: no camera of the plant took it, so its time says nothing about its neighbours. */
  camera: readonly (string | null)[];
  capturedAtMs: ArrayLike<number>;
  batch: readonly (string | null)[];
  /** Near duplicates as indices a0, b0, a1, b1 … */
  pairs: ArrayLike<number>;
}

export interface UnitRules {
  neighbourMs: number;
  keepBatches: boolean;
}

/** The unit of each image, named by the least index in it. Connected components by union with path halving. */
export function unitsOf(input: UnitInput, { neighbourMs, keepBatches }: UnitRules): Int32Array {
  const count = input.camera.length;
  const parent = Int32Array.from({ length: count }, (_, index) => index);
  const find = (start: number): number => {
    let at = start;
    for (;;) {
      const up = parent[at] ?? at;
      if (up === at) return at;
      const next = parent[up] ?? up;
      parent[at] = next;
      at = next;
    }
  };
  const join = (a: number, b: number): void => {
    const [x, y] = [find(a), find(b)];
    // the least index is the root, so that the unit's name does not depend on the order of joining
    if (x < y) parent[y] = x;
    else parent[x] = y;
  };
  const joinEqual = (values: readonly (string | null)[]): void => {
    const first = new Map<string, number>();
    for (const [index, value] of values.entries()) {
      if (value === null) continue;
      const other = first.get(value);
      if (other === undefined) first.set(value, index);
      else join(other, index);
    }
  };

  for (let at = 0; at + 1 < input.pairs.length; at += 2) join(input.pairs[at] ?? 0, input.pairs[at + 1] ?? 0);
  joinEqual(input.exactGroup);
  joinEqual(input.nearGroup);
  if (keepBatches) joinEqual(input.batch);
  if (neighbourMs > 0) joinNeighbours(input, neighbourMs, join);
  return parent.map((_, index) => find(index));
}

/** Images of one camera no further apart than the bound; a chain of such steps is one unit. */
function joinNeighbours(input: UnitInput, neighbourMs: number, join: (a: number, b: number) => void): void {
  const byCamera = new Map<string, number[]>();
  for (const [index, camera] of input.camera.entries()) {
    if (camera === null || Number.isNaN(input.capturedAtMs[index])) continue;
    const known = byCamera.get(camera);
    if (known) known.push(index);
    else byCamera.set(camera, [index]);
  }
  const timeOf = (index: number | undefined) => input.capturedAtMs[index ?? 0] ?? 0;
  for (const indices of byCamera.values()) {
    indices.sort((a, b) => timeOf(a) - timeOf(b));
    for (let at = 1; at < indices.length; at++) {
      const [before, now] = [indices[at - 1] ?? 0, indices[at] ?? 0];
      if (timeOf(now) - timeOf(before) <= neighbourMs) join(before, now);
    }
  }
}
