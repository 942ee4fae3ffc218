/** Compares two ways to do the same in one run, so that the machine's mood hits both. */
import { percentile } from './percentiles.ts';

export interface PairedRatio {
  /** Median over the rounds of subject / floor. */
  ratio: number;
  /** Distribution-free 95 % interval of that median (order statistics, sign test); null with fewer than 6 rounds. */
  interval: [low: number, high: number] | null;
  /** Medians of each side. */
  subject: number;
  floor: number;
  rounds: number;
}

export interface PairedRatioOptions {
  /** Each gives one measured number, for instance rows per second. */
  subject: () => Promise<number> | number;
  floor: () => Promise<number> | number;
  rounds: number;
  /** Rounds that are run and not counted: compilers, caches and pools get warm. */
  warmUpRounds?: number;
}

/** Measures both sides in each round, the order changing from round to round, so that neither profits from coming second. Throws on a value that is not above 0. */
export async function measurePairedRatio(options: PairedRatioOptions): Promise<PairedRatio> {
  const { subject, floor, rounds, warmUpRounds = 1 } = options;
  if (!(Number.isSafeInteger(rounds) && rounds > 0))
    throw new RangeError(`rounds is ${rounds}; give a whole number above 0`);
  const pairs: { subject: number; floor: number }[] = [];

  for (let round = -warmUpRounds; round < rounds; round++) {
    const pair = { subject: 0, floor: 0 };
    const sides: ('subject' | 'floor')[] = round % 2 === 0 ? ['subject', 'floor'] : ['floor', 'subject'];
    for (const side of sides) {
      pair[side] = await (side === 'subject' ? subject() : floor());
      if (!(pair[side] > 0 && Number.isFinite(pair[side])))
        throw new RangeError(`round ${round}: ${side} measured ${pair[side]}`);
    }
    if (round >= 0) pairs.push(pair);
  }

  const ratios = pairs.map((pair) => pair.subject / pair.floor);
  return {
    ratio: percentile(ratios, 50),
    interval: medianInterval(ratios),
    subject: percentile(
      pairs.map((pair) => pair.subject),
      50,
    ),
    floor: percentile(
      pairs.map((pair) => pair.floor),
      50,
    ),
    rounds,
  };
}

/** The narrowest symmetric pair of order statistics that holds the median with at least 95 %: P(B(n, ½) < k) ≤ 2.5 % on each side. */
export function medianInterval(values: readonly number[]): [low: number, high: number] | null {
  const n = values.length;
  let probability = 0.5 ** n;
  let below = probability;
  let k = 0;
  while (below <= 0.025) {
    k++;
    probability *= (n - k + 1) / k;
    below += probability;
  }
  if (k === 0) return null;
  const ascending = [...values].sort((a, b) => a - b);
  return [ascending[k - 1] ?? Number.NaN, ascending[n - k] ?? Number.NaN];
}
