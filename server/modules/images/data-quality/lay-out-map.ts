/**
 * Keeps the maps: new images are put among their neighbours at once; when a fifth of all have come so, the whole is laid out anew from where
 * it was. The arithmetic runs in a child.
 */
import { fileURLToPath } from 'node:url';
import type { Services } from '../../../kit/context.ts';
import type { Slot } from '../../../kit/memory.ts';
import { followIndex, joinVectors, placeOf, similarityOf } from '../similarity/follow-index.ts';
import { EMBEDDER, EMBEDDING_DIMENSIONS } from '../similarity/similarity.service.ts';
import {
  countPlaced,
  type EmbeddedRow,
  selectEmbedded,
  selectNewestNumber,
  selectPlaces,
  selectUnplaced,
  updatePlaces,
} from './data-quality.queries.ts';
import { withVectorFile } from './float-file.ts';
import type { LayoutQuestion } from './layout-process.ts';
import { placeAmong } from './place-among.ts';
import { runChild } from './run-child.ts';
import { LEAST_MAPPED } from './umap-layout.ts';

type Needed = Pick<Services, 'db' | 'config' | 'memory'>;

/** Vectors of one read, and places of one write. */
const PAGE_ROWS = 500;
/** Pages of new images in one turn; the rest waits for the next. */
const PAGES_PER_TURN = 10;
/** Share of images that came since the layout, from which it is made anew. */
const NEW_SHARE = 0.2;
const NEIGHBOURS = 10;
const SEED = 1;
const childFile = fileURLToPath(new URL('./layout-process.ts', import.meta.url));

/** No number of an embedding: the next turn goes on. */
const MORE_WAIT = -1;

interface Kept {
  /** Newest embedding that was looked at. */
  newest: number;
  /** Images that lay on the map when it was last laid out, as far as this process knows. */
  laidOut: number;
}
const slot: Slot<Map<string, Kept>> = { make: () => new Map() };

export type MapTurn = 'nothing new' | 'placed' | 'laid out';

/** One turn for a plant; cheap where nothing has come. */
export async function keepMap(services: Needed, plantId: string, signal?: AbortSignal): Promise<MapTurn> {
  const { db, memory } = services;
  const kept = memory.of(slot);
  const newest = await selectNewestNumber(db, plantId, EMBEDDER);
  const before = kept.get(plantId);
  if (newest === (before?.newest ?? 0)) return 'nothing new';
  const { embedded, placed } = await countPlaced(db, plantId, EMBEDDER);
  const laidOut = before?.laidOut ?? placed;
  if (embedded < LEAST_MAPPED) return 'nothing new';
  if (placed < LEAST_MAPPED || embedded - laidOut >= NEW_SHARE * embedded) {
    const rows = await layOutMap(services, plantId, signal);
    const hasAll = rows === embedded || (await placeNew(services, plantId, 0, signal));
    kept.set(plantId, { newest: hasAll ? newest : MORE_WAIT, laidOut: embedded });
    return 'laid out';
  }
  // what came before the last look has its place, if that look was finished
  const isDone = await placeNew(services, plantId, Math.max(0, before?.newest ?? 0), signal);
  kept.set(plantId, { newest: isDone ? newest : MORE_WAIT, laidOut });
  return 'placed';
}

/** Lays out a fair part of the images, all where there are not too many. The others are put among them. */
async function layOutMap(services: Needed, plantId: string, signal?: AbortSignal): Promise<number> {
  const { db, config } = services;
  const rows: Omit<EmbeddedRow, 'vector'>[] = [];
  async function* vectors() {
    const most = config.limits.mapImages;
    for (let after = ''; rows.length < most; ) {
      signal?.throwIfAborted();
      const page = await selectEmbedded(db, plantId, EMBEDDER, after, Math.min(PAGE_ROWS, most - rows.length));
      for (const { sha256, x, y } of page) rows.push({ sha256, x, y });
      yield page.map(({ vector }) => vector);
      after = page.at(-1)?.sha256 ?? after;
      if (page.length < PAGE_ROWS) return;
    }
  }
  const places = await withVectorFile(vectors(), async (vectorsFile) => {
    if (rows.length < LEAST_MAPPED) return new Float32Array();
    const before = Float32Array.from(rows.flatMap(({ x, y }) => [x ?? Number.NaN, y ?? Number.NaN]));
    const question: LayoutQuestion = { vectorsFile, dimensions: EMBEDDING_DIMENSIONS, seed: SEED, before };
    return runChild<Float32Array>(childFile, question, signal ? { signal } : {});
  });
  if (places.length === 0) return 0;
  for (let from = 0; from < rows.length; from += PAGE_ROWS) {
    signal?.throwIfAborted();
    const page = rows.slice(from, from + PAGE_ROWS);
    await updatePlaces(
      db,
      plantId,
      page.map(({ sha256 }, at) => ({
        sha256,
        x: places[2 * (from + at)] ?? 0,
        y: places[2 * (from + at) + 1] ?? 0,
      })),
    );
  }
  return rows.length;
}

/** Puts images that came after the number where their nearest neighbours lie. False when more wait. */
async function placeNew(services: Needed, plantId: string, after: number, signal?: AbortSignal): Promise<boolean> {
  const { db, config, memory } = services;
  await followIndex(services, plantId, signal);
  for (let page = 0; page < PAGES_PER_TURN; page++) {
    signal?.throwIfAborted();
    const rows = await selectUnplaced(db, plantId, EMBEDDER, after, PAGE_ROWS);
    if (rows.length === 0) return true;
    const vectors = joinVectors(rows.map(({ vector }) => vector));
    // twice as many as are needed: some may have no place themselves
    const ask = { place: placeOf(config, plantId), vectors, k: 2 * NEIGHBOURS };
    const found = await similarityOf(memory).call('nearest', ask);
    const numbers = [...new Set(found.flat().map(({ number }) => number))];
    const places = await selectPlaces(db, plantId, EMBEDDER, numbers);
    const placed = rows.flatMap(({ sha256 }, at) => {
      const near = (found[at] ?? []).flatMap(({ number, likeness }) => {
        const place = places.get(number);
        return place ? [{ ...place, likeness }] : [];
      });
      const place = placeAmong(near.slice(0, NEIGHBOURS));
      return place ? [{ sha256, ...place }] : [];
    });
    if (placed.length === 0) return true;
    await updatePlaces(db, plantId, placed);
    if (rows.length < PAGE_ROWS) return true;
  }
  return false;
}
