/** A twentieth of the labels good and defect is swapped on real images: how many of these stand in the first tenth of the doubted ones? */
import { labelErrors } from '../../server/modules/images/data-quality/label-errors.ts';
import { type RealDataSet, realDataFolder } from '../support/real-data.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import type { ProofOptions, ProofResult } from './kit/run-proofs.ts';
import { embedSet } from './label-errors/embed-set.ts';

export const name = 'label-errors';
export const about =
  'of 5 % swapped labels on bottle, 70 % and more stand in the first tenth of the ranking, mean of the seeds';

const fullSize = 20;
const sets: readonly RealDataSet[] = ['bottle', 'cookies', 'magnetic-tile'];
/** The one that is promised; the others are told. */
const promised: RealDataSet = 'bottle';
const promisedShare = 0.7;
const swappedShare = 0.05;
const lookedAtShare = 0.1;

interface Judged {
  images: number;
  swapped: number;
  /** Share of the swapped in the first tenth, over the seeds. */
  meanShare: number;
  leastShare: number;
  /** How many stand under suspicion at all, and the share of these that were swapped. */
  meanSuspected: number;
  precision: number;
  /** Under suspicion without any swap: the limit of the method, or errors of the set's own. */
  suspectedUnswapped: number;
}

export async function run({
  seed,
  n = fullSize,
  report,
  only = sets,
}: ProofOptions & { only?: readonly RealDataSet[] }): Promise<ProofResult> {
  const all = realDataFolder();
  if (all === undefined) throw new Error('LEHR_TEST_DATA: no real images here; name the folder of the data sets');
  const judged: Record<string, Judged> = {};
  let tried = 0;
  for (const set of only) {
    const { labels, vectors, dimensions } = await embedSet(`${all}/${set}`);
    judged[set] = judge(labels, vectors, dimensions, seed, n);
    tried += n;
    report(`${set}: ${JSON.stringify(judged[set])}`);
  }
  return {
    n: tried,
    counted: { seeds: n, sets: only.length, swapped: judged[promised]?.swapped ?? 0 },
    sets: judged,
    holds: (judged[promised]?.meanShare ?? 0) >= promisedShare,
  };
}

function judge(labels: readonly string[], vectors: Float32Array, dimensions: number, seed: number, n: number): Judged {
  const swapped = Math.round(labels.length * swappedShare);
  const lookedAt = Math.floor(labels.length * lookedAtShare);
  const shares: number[] = [];
  let suspected = 0;
  let right = 0;
  for (let each = 0; each < n; each++) {
    const random = createSeededRandom(seed * 1000 + each);
    const swaps = new Set(random.shuffle([...labels.keys()]).slice(0, swapped));
    const given = labels.map((label, index) => (swaps.has(index) ? (label === 'good' ? 'defect' : 'good') : label));
    const found = labelErrors(vectors, dimensions, given, { seed: seed + each });
    if (!found) throw new Error('there are not two classes');
    const first = [...labels.keys()].sort((a, b) => (found.scores[a] ?? 1) - (found.scores[b] ?? 1)).slice(0, lookedAt);
    shares.push(first.filter((index) => swaps.has(index)).length / swapped);
    for (const index of labels.keys()) {
      if (!found.flagged[index]) continue;
      suspected += 1;
      if (swaps.has(index)) right += 1;
    }
  }
  const unswapped = labelErrors(vectors, dimensions, labels, { seed })?.flagged.reduce((sum, flag) => sum + flag, 0);
  return {
    images: labels.length,
    swapped,
    meanShare: shares.reduce((sum, share) => sum + share, 0) / n,
    leastShare: Math.min(...shares),
    meanSuspected: suspected / n,
    precision: suspected === 0 ? 1 : right / suspected,
    suspectedUnswapped: unswapped ?? 0,
  };
}
