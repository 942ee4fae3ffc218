/** The nearest neighbours of every row, by angle: compared with all where there are few, through usearch's graph where there are many. */
import { createRequire } from 'node:module';
import type * as Usearch from 'usearch';

export interface Neighbours {
  /** Neighbours of each row. */
  k: number;
  /** Rows × k, nearest first; never the row itself. */
  indices: Int32Array;
  /** Rows × k, 1 − cosine, from 0 to 2. */
  distances: Float32Array;
}

/** Beyond this many rows all pairs take longer than the graph. */
const MOST_COMPARED = 1500;

/** `vectors`: rows × dimensions without NaN. `k` is lowered to what there is. */
export function nearestNeighbours(vectors: Float32Array, dimensions: number, wanted: number): Neighbours {
  const rows = vectors.length / dimensions;
  const k = Math.max(0, Math.min(wanted, rows - 1));
  const unit = unitRows(vectors, dimensions);
  return rows <= MOST_COMPARED ? compareAll(unit, rows, dimensions, k) : searchGraph(unit, rows, dimensions, k);
}

function compareAll(unit: Float32Array, rows: number, dimensions: number, k: number): Neighbours {
  const found: Neighbours = { k, indices: new Int32Array(rows * k), distances: new Float32Array(rows * k) };
  const distance = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    for (let other = 0; other < rows; other++) {
      let product = 0;
      for (let at = 0; at < dimensions; at++)
        product += (unit[row * dimensions + at] ?? 0) * (unit[other * dimensions + at] ?? 0);
      distance[other] = Math.max(0, 1 - product);
    }
    const order = [...distance.keys()]
      .filter((other) => other !== row)
      .sort((a, b) => (distance[a] ?? 0) - (distance[b] ?? 0));
    for (let at = 0; at < k; at++) {
      found.indices[row * k + at] = order[at] ?? 0;
      found.distances[row * k + at] = distance[order[at] ?? 0] ?? 0;
    }
  }
  return found;
}

/** Its ESM entry overflows the stack. */
function openIndex(dimensions: number): Usearch.Index {
  const { Index, MetricKind, ScalarKind } = createRequire(import.meta.url)('usearch') as typeof Usearch;
  return new Index({
    metric: MetricKind.Cos,
    quantization: ScalarKind.F32,
    dimensions,
    connectivity: 16,
    expansion_add: 96,
    expansion_search: 96,
    multi: false,
  });
}

function searchGraph(unit: Float32Array, rows: number, dimensions: number, k: number): Neighbours {
  const index = openIndex(dimensions);
  const keys = BigUint64Array.from({ length: rows }, (_, row) => BigInt(row));
  index.add(keys, unit, 1);
  const found: Neighbours = { k, indices: new Int32Array(rows * k), distances: new Float32Array(rows * k) };
  for (let row = 0; row < rows; row++) {
    const matches = index.search(unit.subarray(row * dimensions, (row + 1) * dimensions), k + 1, 1);
    let at = 0;
    for (let rank = 0; rank < matches.keys.length && at < k; rank++) {
      const other = Number(matches.keys[rank]);
      if (other === row) continue;
      found.indices[row * k + at] = other;
      found.distances[row * k + at] = Math.max(0, matches.distances[rank] ?? 0);
      at++;
    }
    // A graph may miss some: the farthest that it found stands for them.
    for (; at < k; at++) {
      found.indices[row * k + at] = at > 0 ? (found.indices[row * k + at - 1] ?? 0) : (row + 1) % rows;
      found.distances[row * k + at] = at > 0 ? (found.distances[row * k + at - 1] ?? 0) : 2;
    }
  }
  return found;
}

export function unitRows(vectors: Float32Array, dimensions: number): Float32Array {
  const result = new Float32Array(vectors.length);
  for (let from = 0; from < vectors.length; from += dimensions) {
    let square = 0;
    for (let at = from; at < from + dimensions; at++) square += (vectors[at] ?? 0) ** 2;
    const length = Math.sqrt(square) || 1;
    for (let at = from; at < from + dimensions; at++) result[at] = (vectors[at] ?? 0) / length;
  }
  return result;
}
