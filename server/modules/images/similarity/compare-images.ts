/**
 * Holds a batch of new images against the plant's others: scores from their neighbours, and which of them are one
 * photograph. Candidates come from the index and the perceptual hashes; each is then laid on the image and judged
 * (sketch-likeness.ts, pair-threshold.ts). What it costs does not grow with the pool but for the search's logarithm.
 */
import { act } from '../../../kit/act.ts';
import type { Services } from '../../../kit/context.ts';
import { imagePath, sketchPath } from '../../../kit/paths.ts';
import { EMBEDDER } from './embedding-graph.ts';
import { followIndex, joinVectors, placeOf, similarityOf } from './follow-index.ts';
import { judgeImage } from './judge-image.ts';
import { mergeGroups } from './merge-groups.ts';
import {
  insertPairs,
  type NearPair,
  selectNearGroups,
  selectSamePixels,
  selectToCompare,
  updateExactGroups,
  updateNearGroups,
  writeScores,
} from './near-duplicates.queries.ts';
import { neighbourScores } from './neighbour-scores.ts';
import { CANDIDATES, GROUND_NEIGHBOURS, NEIGHBOURS } from './pair-candidates.ts';
import type { Ground } from './pair-threshold.ts';
import { plantScale } from './plant-scale.ts';
import { type GroundRow, type NumberedRow, selectNumbered, writeGrounds } from './similarity.queries.ts';
import type { SketchPlace } from './similarity-calls.ts';

type Needed = Pick<Services, 'db' | 'hub' | 'config' | 'memory' | 'now'>;

/** Pairs of one image with others of the very same pixels that are kept. */
const MOST_SAME = 50;

/** True when more may wait. */
export async function compareImages(services: Needed, plantId: string, signal?: AbortSignal): Promise<boolean> {
  const { db, config, memory } = services;
  const { measureBatch } = config.limits;
  const images = await selectToCompare(db, plantId, EMBEDDER, measureBatch);
  if (images.length === 0) return false;
  await followIndex(services, plantId, signal);
  const similarity = similarityOf(memory);
  const place = placeOf(config, plantId);
  const vectors = joinVectors(images.map((image) => image.vector));
  const found = await similarity.call('nearest', { place, vectors, k: NEIGHBOURS + 1 });
  const alike = await similarity.call('likeHashes', {
    place,
    hashes: images.map((image) => image.perceptual_hash),
    most: CANDIDATES + 1,
  });
  const numbers = new Set([...found.flat(), ...alike.flat()].map(({ number }) => number));
  const names = new Map((await selectNumbered(db, plantId, EMBEDDER, [...numbers])).map((row) => [row.number, row]));
  const gone = [...numbers].filter((number) => !names.has(number));
  if (gone.length > 0) await similarity.call('forget', { place, numbers: gone });

  const scale = await plantScale(services, plantId);
  const sketch = (sha256: string): SketchPlace => ({
    image: imagePath(config.home, plantId, sha256),
    sketch: sketchPath(config.home, plantId, sha256),
  });
  const compare = (image: SketchPlace, others: readonly SketchPlace[]) =>
    similarity.call('compare', { image, others, maxPixels: config.limits.imagePixels });
  const scores: Parameters<typeof writeScores>[2][number][] = [];
  const grounds: GroundRow[] = [];
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
    const nearest = others.map(({ number }) => number);
    const bits = (alike[index] ?? []).filter(({ number }) => number !== image.number && names.has(number));
    const hashes = new Map(bits.map(({ number, bits }) => [number, bits]));
    const judged = await judgeImage(
      { place: sketch(image.sha256), nearest, alike: hashes, grounds: groundsOf(nearest, names) },
      (other) => sketch(names.get(other)?.sha256 ?? ''),
      compare,
    );
    grounds.push({ sha256: image.sha256, ...judged.ground });
    for (const { number, ...pair } of judged.pairs) {
      keep({ ...ordered(image.sha256, names.get(number)?.sha256 ?? ''), ...pair });
    }
  }
  const own = images.map((image) => image.sha256);
  for (const { one, other } of await selectSamePixels(db, plantId, own, MOST_SAME)) {
    keep({ ...ordered(one, other), evidence: 'pixels', likeness: 1 });
  }

  const kept = [...pairs.values()];
  const members = [...new Set(kept.flatMap(({ a, b }) => [a, b]))];
  const groups = new Map((await selectNearGroups(db, plantId, members)).map((row) => [row.sha256, row.group]));
  const { renamed, joined } = mergeGroups(kept, groups);
  await act(services, async ({ trx, now }) => {
    if (kept.length > 0) {
      await insertPairs(trx, plantId, kept, now);
      await updateNearGroups(trx, plantId, renamed, joined);
    }
    await updateExactGroups(trx, plantId, own);
    await writeGrounds(trx, plantId, EMBEDDER, grounds);
    // last: who reads the scores knows that the rest is there
    await writeScores(trx, plantId, scores);
  });
  return images.length === measureBatch;
}

/** Of the nearest that have been compared. */
function groundsOf(nearest: readonly number[], names: ReadonlyMap<number, NumberedRow>): Ground[] {
  return nearest.slice(0, GROUND_NEIGHBOURS).flatMap((number) => {
    const {
      ground_pairs: pairs = null,
      ground_level: level = null,
      ground_spread: spread = null,
    } = names.get(number) ?? {};
    return pairs === null || level === null || spread === null ? [] : [{ pairs, level, spread }];
  });
}

function ordered(one: string, other: string): { a: string; b: string } {
  return one < other ? { a: one, b: other } : { a: other, b: one };
}
