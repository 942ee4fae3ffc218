/**
 * The nearest of many vectors of unit length: a graph that is searched greedily (HNSW; Malkov and Yashunin, TPAMI 42,
 * 2020) by usearch. Half precision, squared Euclidean distance: on vectors as alike as those of one kind of part the
 * cosine in half precision would cancel. Its calls block, so it lives in a child process.
 */
import { createRequire } from 'node:module';
import type * as Usearch from 'usearch';

// Its ESM entry overflows the stack; so does the type of what it exports, hence the part that is used.
const usearch = createRequire(import.meta.url)('usearch') as {
  Index: new (options: object) => Usearch.Index;
};

export interface Neighbour {
  number: number;
  /** Cosine, up to 1. */
  likeness: number;
}

export interface VectorIndex {
  readonly size: number;
  /** Numbers that are there already are left alone. */
  add(numbers: readonly number[], vectors: Float32Array): void;
  remove(number: number): void;
  has(number: number): boolean;
  /** Of each vector the `k` nearest, nearest first; a vector that is in the index finds itself. */
  search(vectors: Float32Array, k: number): Neighbour[][];
  save(file: string): void;
}

/** Links of a node, and how many are weighed when it is added and when one searches: recall@10 above 0.99 on 200,000 (bench). */
const CONNECTIVITY = 16;
const EXPANSION_ADD = 128;
const EXPANSION_SEARCH = 128;

/** With a file: as it was saved; throws when it cannot be read. */
export function openVectorIndex(dimensions: number, file?: string): VectorIndex {
  const index = new usearch.Index({
    dimensions,
    metric: 'l2sq',
    quantization: 'f16',
    connectivity: CONNECTIVITY,
    expansion_add: EXPANSION_ADD,
    expansion_search: EXPANSION_SEARCH,
    multi: false,
  });
  if (file !== undefined) index.load(file);
  return {
    get size() {
      return Number(index.size());
    },
    add(numbers, vectors) {
      const isNew = numbers.map((number) => index.contains(BigInt(number)) !== true);
      for (const [at, number] of numbers.entries()) {
        if (isNew[at]) index.add(BigInt(number), vectors.subarray(at * dimensions, (at + 1) * dimensions), 1);
      }
    },
    remove(number) {
      index.remove(BigInt(number));
    },
    has: (number) => index.contains(BigInt(number)) === true,
    search(vectors, k) {
      const found: Neighbour[][] = [];
      const most = Math.min(k, Number(index.size()));
      for (let at = 0; at < vectors.length; at += dimensions) {
        if (most === 0) found.push([]);
        else {
          const { keys, distances } = index.search(vectors.subarray(at, at + dimensions), most, 1) as Usearch.Matches;
          found.push(
            Array.from(keys, (key, rank) => ({ number: Number(key), likeness: 1 - (distances[rank] ?? 0) / 2 })),
          );
        }
      }
      return found;
    },
    save: (file) => index.save(file),
  };
}
