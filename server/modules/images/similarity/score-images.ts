/** Scores of all images against their neighbours, done again when the plant's pool has changed by a tenth, page by page. */
import { EMBEDDER } from './embedding-graph.ts';
import { followIndex, joinVectors, type Needed, placeOf, similarityOf } from './follow-index.ts';
import { writeScores } from './near-duplicates.queries.ts';
import { neighbourScores, SCORED_NEIGHBOURS } from './neighbour-scores.ts';
import { plantScale } from './plant-scale.ts';
import { countEmbeddingsAfter, selectEmbeddingsAfter, updateTurn } from './similarity.queries.ts';

const PAGE_ROWS = 100;
const CHANGED_SHARE = 0.1;
/** Fewer new images than this do not begin a round. */
const LEAST_CHANGE = 20;

/** Begins a round when enough has changed since the last one. */
export async function beginScoring(db: Needed['db'], plantId: string, scoredImages: number): Promise<void> {
  const enough = Math.max(LEAST_CHANGE, CHANGED_SHARE * scoredImages);
  const count = await countEmbeddingsAfter(db, plantId, EMBEDDER, 0, scoredImages + Math.ceil(enough));
  if (Math.abs(count - scoredImages) < enough) return;
  await updateTurn(db, plantId, { scoring_from: 0 });
}

/** One page of a round; gives where the next one begins, or null at its end. */
export async function scorePage(services: Needed, plantId: string, from: number): Promise<number | null> {
  const { db, config, memory } = services;
  const rows = await selectEmbeddingsAfter(db, plantId, EMBEDDER, from, PAGE_ROWS);
  if (rows.length > 0) {
    await followIndex(services, plantId);
    const found = await similarityOf(memory).call('nearest', {
      place: placeOf(config, plantId),
      vectors: joinVectors(rows.map((row) => row.vector)),
      k: SCORED_NEIGHBOURS + 1,
    });
    const scale = await plantScale(services, plantId);
    const scores = rows.map((row, index) => {
      const others = (found[index] ?? []).filter(({ number }) => number !== row.number);
      const likenesses = others.map(({ likeness }) => likeness);
      return { sha256: row.image_sha256.toString('hex'), ...neighbourScores(likenesses, scale) };
    });
    await writeScores(db, plantId, scores);
  }
  const last = rows.at(-1);
  const next = last && rows.length === PAGE_ROWS ? last.number : null;
  if (next !== null) await updateTurn(db, plantId, { scoring_from: next });
  else {
    const count = await countEmbeddingsAfter(db, plantId, EMBEDDER, 0, Number.MAX_SAFE_INTEGER);
    await updateTurn(db, plantId, { scoring_from: null, scored_images: count });
  }
  return next;
}
