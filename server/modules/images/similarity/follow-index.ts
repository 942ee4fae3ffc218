/** Keeps a plant's index up with the table of embeddings, which is the truth: rows in pages, in the order of their numbers. */
import type { Config } from '../../../config.ts';
import type { Services } from '../../../kit/context.ts';
import type { Memory, Slot } from '../../../kit/memory.ts';
import { similarityFolder } from '../../../kit/paths.ts';
import { EMBEDDER, EMBEDDING_DIMENSIONS } from './embedding-graph.ts';
import { openSimilarity, type Similarity } from './open-similarity.ts';
import type { IndexPlace } from './plant-index.ts';
import { selectEmbeddingsAfter } from './similarity.queries.ts';

const PAGE_ROWS = 500;
/** Rows after which a long way is saved, so that a restart need not begin again. */
const SAVED_EVERY = 20_000;

export type Needed = Pick<Services, 'db' | 'config' | 'memory'>;

interface Held {
  similarity: Similarity;
  /** The plants whose index is being brought up, and when it is done. */
  following: Map<string, Promise<void>>;
  /** Rows added to a plant's index since it was saved. */
  unsaved: Map<string, number>;
}

const slot: Slot<Held> = {
  make: () => ({ similarity: openSimilarity(), following: new Map(), unsaved: new Map() }),
};

/** The process of this server. */
export function similarityOf(memory: Memory): Similarity {
  return memory.of(slot).similarity;
}

export function placeOf(config: Pick<Config, 'home'>, plantId: string): IndexPlace {
  return { folder: similarityFolder(config.home, plantId), embedder: EMBEDDER, dimensions: EMBEDDING_DIMENSIONS };
}

/** Resolves when the index has every row that was committed before the call. Once at a time for each plant. */
export async function followIndex(services: Needed, plantId: string, signal?: AbortSignal): Promise<void> {
  const held = services.memory.of(slot);
  // what runs may have looked before the newest rows came
  await held.following.get(plantId)?.catch(() => undefined);
  const running = held.following.get(plantId) ?? follow(services, held, plantId, signal);
  held.following.set(plantId, running);
  try {
    await running;
  } finally {
    if (held.following.get(plantId) === running) held.following.delete(plantId);
  }
}

async function follow(
  { db, config, memory }: Needed,
  held: Held,
  plantId: string,
  signal?: AbortSignal,
): Promise<void> {
  const place = placeOf(config, plantId);
  let { last } = await held.similarity.call('open', { place });
  for (;;) {
    signal?.throwIfAborted();
    const rows = await selectEmbeddingsAfter(db, plantId, EMBEDDER, last, PAGE_ROWS);
    const newest = rows.at(-1);
    if (!newest) return;
    last = newest.number;
    await held.similarity.call('extend', {
      place,
      numbers: rows.map((row) => row.number),
      vectors: joinVectors(rows.map((row) => row.vector)),
      hashes: rows.map((row) => row.perceptual_hash),
      last,
    });
    const unsaved = (held.unsaved.get(plantId) ?? 0) + rows.length;
    held.unsaved.set(plantId, unsaved);
    if (unsaved >= SAVED_EVERY) await saveIndex({ config, memory }, plantId);
    if (rows.length < PAGE_ROWS) return;
  }
}

/** Writes it to the home when anything was added; only the worker whose turn it is does so. */
export async function saveIndex({ config, memory }: Pick<Needed, 'config' | 'memory'>, plantId: string): Promise<void> {
  const { similarity, unsaved } = memory.of(slot);
  if ((unsaved.get(plantId) ?? 0) === 0) return;
  await similarity.call('save', { place: placeOf(config, plantId) });
  unsaved.delete(plantId);
}

/** As it is stored: 32-bit floats, little-endian. Copied, because a buffer of the driver need not begin at a multiple of four. */
export function readVector(bytes: Buffer): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

export function joinVectors(vectors: readonly Buffer[]): Float32Array {
  const joined = new Float32Array(vectors.length * EMBEDDING_DIMENSIONS);
  for (const [at, vector] of vectors.entries()) joined.set(readVector(vector), at * EMBEDDING_DIMENSIONS);
  return joined;
}

export function vectorHex(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('hex');
}
