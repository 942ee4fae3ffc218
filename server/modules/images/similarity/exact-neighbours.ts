/** The nearest by looking at every row, in pages: slow, exact, and there before the index is. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Db } from '../../../database/database.ts';
import { EMBEDDER } from './embedding-graph.ts';
import { readVector } from './follow-index.ts';
import { selectEmbeddingsAfter } from './similarity.queries.ts';
import type { Neighbour } from './vector-index.ts';

const PAGE_ROWS = 1000;

export async function exactNeighbours(db: Db, plantId: string, vector: Float32Array, k: number): Promise<Neighbour[]> {
  let nearest: Neighbour[] = [];
  let last = 0;
  for (;;) {
    const rows = await selectEmbeddingsAfter(db, plantId, EMBEDDER, last, PAGE_ROWS);
    const page = rows.map((row) => ({ number: row.number, likeness: cosine(vector, readVector(row.vector)) }));
    nearest = [...nearest, ...page].sort((a, b) => b.likeness - a.likeness || a.number - b.number).slice(0, k);
    last = rows.at(-1)?.number ?? last;
    if (rows.length < PAGE_ROWS) return nearest;
    await breathe();
  }
}

function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] as number) * (b[index] as number);
  return sum;
}
