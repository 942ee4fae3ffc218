/** The scale that a plant's distances are measured by. */
import { EMBEDDER } from './embedding-graph.ts';
import { joinVectors, type Needed, placeOf, similarityOf } from './follow-index.ts';
import { selectSample } from './similarity.queries.ts';

const SAMPLE = 100;

/** Median over a sample of the mean distance to the ten nearest; 0 while there are fewer than two images. */
export async function plantScale({ db, config, memory }: Needed, plantId: string): Promise<number> {
  const similarity = similarityOf(memory);
  const place = placeOf(config, plantId);
  // the process remembers it until the index has grown by a tenth
  const known = await similarity.call('scale', { place, sample: null });
  if (known !== null) return known;
  const rows = await selectSample(db, plantId, EMBEDDER, SAMPLE);
  const sample = joinVectors(rows.map((row) => row.vector));
  return (await similarity.call('scale', { place, sample })) ?? 0;
}
