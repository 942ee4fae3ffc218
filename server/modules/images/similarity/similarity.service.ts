/** Similar images for the rest of the product: neighbours of an image, and vectors by the hash of theirs. */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../../database/database.ts';
import type { Context } from '../../../kit/context.ts';
import type { PoolImageRow } from '../pool/pool.table.ts';
import { EMBEDDER, EMBEDDING_DIMENSIONS } from './embedding-graph.ts';
import { exactNeighbours } from './exact-neighbours.ts';
import { followIndex, placeOf, readVector, similarityOf } from './follow-index.ts';
import { selectPairsOf } from './near-duplicates.queries.ts';
import { CANDIDATES } from './pair-candidates.ts';
import { pairThreshold } from './pair-threshold.ts';
import { countEmbeddingsAfter, selectGrounds, selectPoolByNumbers, selectVectors } from './similarity.queries.ts';
import type { NearDuplicateRow } from './similarity.table.ts';
import type { Neighbour } from './vector-index.ts';

export { EMBEDDER, EMBEDDING_DIMENSIONS };

export interface SimilarImage {
  poolImage: PoolImageRow;
  /** Cosine of the embeddings, up to 1. */
  likeness: number;
}

export interface NearDuplicate {
  plantId: string;
  other: Buffer;
  evidence: NearDuplicateRow['evidence'];
  likeness: number;
}

type Asking = Pick<Context, 'db' | 'config' | 'memory' | 'log'>;

/** New rows that a question waits for; with more the index is built in the background, and the table itself is searched. */
const AWAITED_ROWS = 1000;
/** Neighbours looked at first, for each image that is wanted, when a condition leaves some out. */
const FIRST_FACTOR = 8;

/**
 * The most similar images of the plant that meet the condition on `p` (a row of `pool_image`), the most similar first,
 * without the image itself. Empty while it has no embedding. With a condition that few neighbours meet it may give fewer.
 */
export async function findSimilar(
  context: Asking,
  plantId: string,
  { sha256 }: { sha256: string },
  k: number,
  condition?: RawBuilder<boolean>,
): Promise<SimilarImage[]> {
  const vector = (await loadVectors(context.db, plantId, [sha256])).get(sha256);
  if (!vector) return [];
  const { similarSearched } = context.config.limits;
  const search = await searchOf(context, plantId, vector);
  const meets = condition ?? sql<boolean>`true`;
  let wanted = Math.min(condition ? FIRST_FACTOR * k + 1 : k + 1, similarSearched);
  for (;;) {
    const neighbours = await search(wanted);
    const found = await resolve(context.db, plantId, sha256, neighbours, meets);
    // images that retention took are in the index until a search meets them
    if (found.length >= k || neighbours.length < wanted || wanted === similarSearched) return found.slice(0, k);
    wanted = Math.min(FIRST_FACTOR * wanted, similarSearched);
  }
}

/** By the index when it is up; by every row of the table while it is being built. */
async function searchOf(context: Asking, plantId: string, vector: Float32Array) {
  const similarity = similarityOf(context.memory);
  const place = placeOf(context.config, plantId);
  const { last } = await similarity.call('open', { place });
  const behind = await countEmbeddingsAfter(context.db, plantId, EMBEDDER, last, AWAITED_ROWS + 1);
  const following = followIndex(context, plantId);
  if (behind > AWAITED_ROWS) {
    following.catch((error: unknown) => context.log.warn({ err: error, plantId }, 'an index cannot be built'));
    return (k: number) => exactNeighbours(context.db, plantId, vector, k);
  }
  await following;
  return async (k: number) => (await similarity.call('nearest', { place, vectors: vector, k }))[0] ?? [];
}

async function resolve(
  db: Db,
  plantId: string,
  sha256: string,
  neighbours: readonly Neighbour[],
  condition: RawBuilder<boolean>,
): Promise<SimilarImage[]> {
  const numbers = neighbours.map(({ number }) => number);
  const rows = numbers.length === 0 ? [] : await selectPoolByNumbers(db, plantId, EMBEDDER, numbers, condition);
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  return neighbours.flatMap(({ number, likeness }) => {
    const poolImage = byNumber.get(number);
    return poolImage && poolImage.image_sha256.toString('hex') !== sha256 ? [{ poolImage, likeness }] : [];
  });
}

/** By hexadecimal hash; images without a vector are left out. */
export async function loadVectors(
  db: Db,
  plantId: string,
  sha256s: readonly string[],
): Promise<Map<string, Float32Array>> {
  const rows = sha256s.length === 0 ? [] : await selectVectors(db, plantId, EMBEDDER, sha256s);
  return new Map(rows.map((row) => [row.sha256, readVector(row.vector)]));
}

/** Pairs of an image that are nearly the same picture, the most alike first, no more than `most`. One statement an execution. */
export function loadNearDuplicates(
  context: Context,
  image: { plant_id: string; image_sha256: Buffer },
  most: number,
): Promise<NearDuplicate[]> {
  const loader = context.loader<string, NearDuplicate[]>(`near duplicates ${most}`, async (names) => {
    const keys = names.map(keyOfName);
    const byName = new Map<string, NearDuplicate[]>(names.map((name) => [name, []]));
    for (const row of await selectPairsOf(context.db, keys, most)) {
      const { plant_id: plantId, other, evidence, likeness } = row;
      byName.get(`${plantId}:${row.sha256}`)?.push({ plantId, other, evidence, likeness });
    }
    return names.map((name) => byName.get(name) ?? []);
  });
  return loader.load(`${image.plant_id}:${image.image_sha256.toString('hex')}`);
}

/**
 * Whether near-duplicates of the image can be told from other parts: false where those look so much like it that only copies
 * that were hardly changed are found. Null while it was not compared. One statement for all images of an execution.
 */
export function loadIsTold(
  context: Context,
  image: { plant_id: string; image_sha256: Buffer },
): Promise<boolean | null> {
  const loader = context.loader<string, boolean | null>('grounds', async (names) => {
    const keys = names.map(keyOfName);
    const rows = await selectGrounds(context.db, EMBEDDER, keys);
    const byName = new Map(rows.map((row) => [`${row.plant_id}:${row.sha256}`, row]));
    return names.map((name) => {
      const ground = byName.get(name);
      return ground ? pairThreshold(ground, CANDIDATES).isTold : null;
    });
  });
  return loader.load(`${image.plant_id}:${image.image_sha256.toString('hex')}`);
}

function keyOfName(name: string): { plantId: string; sha256: string } {
  const [plantId = '', sha256 = ''] = name.split(':');
  return { plantId, sha256 };
}
