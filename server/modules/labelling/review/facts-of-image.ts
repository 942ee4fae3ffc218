/** What the worth of a decision is reckoned from, as the pool has it. */
import type { PoolImageRow } from '../../images/pool/pool.table.ts';
import type { ImageFacts } from './worth.ts';

/** Where models reject on the calibrated scale (schema/model-manifest.ts). */
const REJECT_AT = 0.5;

type Needed = Pick<PoolImageRow, 'verdict' | 'score' | 'uniqueness' | 'keep_probability'>;

export function factsOf(
  row: Needed,
  known: Pick<ImageFacts, 'cell' | 'hasLabelledTwin'> = { cell: null, hasLabelledTwin: false },
): ImageFacts {
  const { verdict, score, uniqueness, keep_probability: keepProbability } = row;
  return {
    verdict,
    score,
    threshold: score === null ? null : REJECT_AT,
    novelty: uniqueness,
    keepProbability,
    ...known,
  };
}
