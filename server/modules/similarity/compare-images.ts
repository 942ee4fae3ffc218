/**
 * Holds a batch of new images against the plant's others: scores from their neighbours, and which of them are one
 * photograph. Candidates come from the index and the perceptual hashes; each is then laid on the image and judged
 * (sketch-likeness.ts, pair-threshold.ts). What it costs does not grow with the pool but for the search's logarithm.
 */
import type { Services } from '../../kit/context.ts';
import { imagePath, sketchPath } from '../../kit/paths.ts';
import { EMBEDDER } from './embedding-graph.ts';
import { followIndex, joinVectors, placeOf, similarityOf } from './follow-index.ts';
import { mergeGroups } from './merge-groups.ts';
import {
  insertPairs,
  type NearPair,
  selectNearGroups,
  selectSamePixels,
  selectToCompare,
  type ToCompare,
  updateExactGroups,
  updateNearGroups,
  writeScores,
} from './near-duplicates.queries.ts';
import { neighbourScores } from './neighbour-scores.ts';
import { CANDIDATES, chooseCandidates, NEIGHBOURS } from './pair-candidates.ts';
import { likenessOf, pairThreshold } from './pair-threshold.ts';
import { plantScale } from './plant-scale.ts';
import { selectNumbered } from './similarity.queries.ts';
import type { Neighbour } from './vector-index.ts';

type Needed = Pick<Services, 'db' | 'config' | 'memory' | 'now'>;

/** Pairs of one image with others of the very same pixels that are kept. */
const MOST_SAME = 50;
/** Bits of the perceptual hash up to which it is called the evidence. */
const ALIKE_BITS = 4;

/** True when more may wait. */
export async function compareImages(services: Needed, plantId: string, signal?: AbortSignal): Promise<boolean> {
  const { db, config, memory, now } = services;
  const { measureBatch } = config.limits;
  const images = await selectToCompare(db, plantId, EMBEDDER, measureBatch);
  if (images.length === 0) return false;
  await followIndex(services, plantId, signal);
  const similarity = similarityOf(memory);
  const place = placeOf(config, plantId);
  const vectors = joinVectors(images.map((image) => image.vector));
  const found = await similarity.call('nearest', { place, vectors, k: NEIGHBOURS + 1 });
  const hashes = images.map((image) => image.perceptual_hash);
  const alike = await similarity.call('likeHashes', { place, hashes, most: CANDIDATES });
  const numbers = new Set([...found.flat(), ...alike.flat()].map(({ number }) => number));
  const names = new Map(
    (await selectNumbered(db, plantId, EMBEDDER, [...numbers])).map((row) => [row.number, row.sha256]),
  );
  const gone = [...numbers].filter((number) => !names.has(number));
  if (gone.length > 0) await similarity.call('forget', { place, numbers: gone });

  const scale = await plantScale(services, plantId);
  const scores: Parameters<typeof writeScores>[2][number][] = [];
  const pairs = new Map<string, NearPair>();
  const keep = (pair: NearPair) => {
    const key = `${pair.a}:${pair.b}`;
    if ((pairs.get(key)?.likeness ?? -1) < pair.likeness) pairs.set(key, pair);
  };
  for (const [index, image] of images.entries()) {
    signal?.throwIfAborted();
    const others = (found[index] ?? []).filter(({ number }) => number !== image.number && names.has(number));
    const likenesses = others.map(({ likeness }) => likeness);
    scores.push({ sha256: image.sha256, ...neighbourScores(likenesses, scale) });
    const hashBits = new Map((alike[index] ?? []).map(({ number, bits }) => [number, bits]));
    for (const pair of await judge(services, plantId, image, others, hashBits, names)) keep(pair);
  }
  const own = images.map((image) => image.sha256);
  for (const { one, other } of await selectSamePixels(db, plantId, own, MOST_SAME)) {
    keep({ ...ordered(one, other), evidence: 'pixels', likeness: 1 });
  }

  const kept = [...pairs.values()];
  const members = [...new Set(kept.flatMap(({ a, b }) => [a, b]))];
  const groups = new Map((await selectNearGroups(db, plantId, members)).map((row) => [row.sha256, row.group]));
  const { renamed, joined } = mergeGroups(kept, groups);
  await db.transaction().execute(async (trx) => {
    if (kept.length > 0) {
      await insertPairs(trx, plantId, kept, now());
      await updateNearGroups(trx, plantId, renamed, joined);
    }
    await updateExactGroups(trx, plantId, own);
    // last: who reads the scores knows that the rest is there
    await writeScores(trx, plantId, scores);
  });
  return images.length === measureBatch;
}

/** The image's pairs that are one photograph. */
async function judge(
  { config, memory }: Needed,
  plantId: string,
  image: ToCompare,
  others: readonly Neighbour[],
  hashBits: ReadonlyMap<number, number>,
  names: ReadonlyMap<number, string>,
): Promise<NearPair[]> {
  const isOther = (number: number) => number !== image.number && names.has(number);
  const { candidates, ground } = chooseCandidates(
    others.map(({ number }) => number),
    [...hashBits.keys()].filter(isOther),
  );
  if (candidates.length === 0) return [];
  const place = (sha256: string) => ({
    image: imagePath(config.home, plantId, sha256),
    sketch: sketchPath(config.home, plantId, sha256),
  });
  const numbers = [...candidates, ...ground];
  const likenesses = await similarityOf(memory).call('compare', {
    image: place(image.sha256),
    others: numbers.map((number) => place(names.get(number) ?? '')),
    maxPixels: config.limits.imagePixels,
  });
  const groundLevel = likenesses.slice(candidates.length).filter((z) => z !== null);
  const threshold = pairThreshold(groundLevel, candidates.length);
  return candidates.flatMap((number, index): NearPair[] => {
    const z = likenesses[index] ?? null;
    if (z === null || z < threshold.z) return [];
    const isHash = (hashBits.get(number) ?? 64) <= ALIKE_BITS;
    const evidence = isHash ? 'perceptual_hash' : 'embedding';
    return [{ ...ordered(image.sha256, names.get(number) ?? ''), evidence, likeness: likenessOf(z) }];
  });
}

function ordered(one: string, other: string): { a: string; b: string } {
  return one < other ? { a: one, b: other } : { a: other, b: one };
}
