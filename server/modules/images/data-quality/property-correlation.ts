/**
 * Does something tell the classes apart that has nothing to do with the part: all defects taken on the night shift, by one camera, in dim
 * light? A model would learn that instead. Numbers are judged by how well they rank a class above the rest (Somers' D = |2 · AUROC − 1|), words by
 * the share of the class's entropy that they take away. Both are held against the same labels dealt out anew: the largest standardised value of
 * all pairs in each deal bounds what chance gives (Westfall and Young 1993), so that small sets with many properties do not cry wolf.
 */

import { createRandom, sampleIndices } from '../../../maths/random.ts';
import { ANY_DEFECT } from './audit-types.ts';
import { midRanks } from './statistics.ts';

export interface Properties {
  /** NaN: not known. */
  numbers: ReadonlyMap<string, ArrayLike<number>>;
  /** Null is a value of its own: "nobody knows for the defects only" is a trap too. */
  categories: ReadonlyMap<string, readonly (string | null)[]>;
}

export interface Correlation {
  property: string;
  isNumber: boolean;
  /** The class that it tells from all others; `ANY_DEFECT` stands for all but good. */
  label: string;
  /** 0 to 1, what chance gives already taken off. */
  strength: number;
  /** Larger than chance allows, and large enough to matter. */
  flagged: boolean;
}

const PERMUTATIONS = 200;
/** Share of sets without any correlation in which one is seen by chance. */
const CHANCE = 0.01;
/** Ranks a class above the rest as well as an AUROC of 0.8. */
const LEAST_NUMBER = 0.6;
const LEAST_CATEGORY = 0.2;
/** Images of a class, and with a known value. */
const LEAST_IMAGES = 5;
const MOST_ROWS = 10_000;

/** Every property with every class, strongest first. Empty when there are not two classes. */
export function correlations(labels: readonly string[], properties: Properties, seed: number): Correlation[] {
  const random = createRandom(seed);
  const rows = sampleIndices(labels.length, MOST_ROWS, random).toSorted();
  const { classes, classOf } = codes(Array.from(rows, (row) => labels[row] ?? ''));
  if (classes.length < 2) return [];
  const measures = [
    ...[...properties.numbers].map(([property, values]) =>
      numberMeasure(
        property,
        Float64Array.from(rows, (row) => values[row] ?? Number.NaN),
        classes.length,
      ),
    ),
    ...[...properties.categories].map(([property, values]) =>
      categoryMeasure(
        property,
        Array.from(rows, (row) => values[row] ?? null),
        classes.length,
      ),
    ),
  ].filter((measure) => measure !== undefined);

  const found = measures.map((measure) => measure.strengths(classOf));
  const permuted = found.map((each) => Array.from(each, () => new Float64Array(PERMUTATIONS)));
  const dealt = new Int32Array(classOf.length);
  for (let times = 0; times < PERMUTATIONS; times++) {
    const deal = sampleIndices(classOf.length, classOf.length, random);
    for (let row = 0; row < dealt.length; row++) dealt[row] = classOf[deal[row] ?? 0] ?? 0;
    measures.forEach((measure, at) => {
      measure.strengths(dealt).forEach((strength, target) => {
        const kept = permuted[at]?.[target];
        if (kept) kept[times] = strength;
      });
    });
  }
  return judge(measures, classes, found, permuted);
}

interface Measure {
  property: string;
  isNumber: boolean;
  /** For each class against the rest; NaN: too few. */
  strengths(classOf: Int32Array): Float64Array;
}

function judge(
  measures: readonly Measure[],
  classes: readonly string[],
  found: readonly Float64Array[],
  permuted: readonly Float64Array[][],
): Correlation[] {
  const largest = new Float64Array(PERMUTATIONS);
  const pairs = measures.flatMap(({ property, isNumber }, at) =>
    classes.flatMap((label, target) => {
      const strength = found[at]?.[target] ?? Number.NaN;
      const byChance = permuted[at]?.[target];
      if (Number.isNaN(strength) || !byChance) return [];
      const mean = byChance.reduce((sum, value) => sum + value, 0) / PERMUTATIONS;
      const deviation = Math.sqrt(byChance.reduce((sum, value) => sum + (value - mean) ** 2, 0) / PERMUTATIONS) || 1e-9;
      byChance.forEach((value, times) => {
        largest[times] = Math.max(largest[times] ?? 0, (value - mean) / deviation);
      });
      const adjusted = Math.max(0, (strength - mean) / Math.max(1e-9, 1 - mean));
      return [
        {
          property,
          isNumber,
          label: label === 'good' ? ANY_DEFECT : label,
          strength: adjusted,
          times: (strength - mean) / deviation,
        },
      ];
    }),
  );
  const bound = largest.toSorted()[Math.ceil((1 - CHANCE) * PERMUTATIONS) - 1] ?? Number.POSITIVE_INFINITY;
  return pairs
    .map(({ times, ...pair }) => ({
      ...pair,
      flagged: times > bound && pair.strength >= (pair.isNumber ? LEAST_NUMBER : LEAST_CATEGORY),
    }))
    .sort((a, b) => Number(b.flagged) - Number(a.flagged) || b.strength - a.strength);
}

function numberMeasure(property: string, values: Float64Array, classes: number): Measure | undefined {
  const ranks = midRanks(values);
  const known = ranks.reduce((count, rank) => count + (Number.isNaN(rank) ? 0 : 1), 0);
  if (known < 2 * LEAST_IMAGES || new Set(values.filter((value) => !Number.isNaN(value))).size < 2) return undefined;
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  return {
    property,
    isNumber: true,
    strengths(classOf) {
      sums.fill(0);
      counts.fill(0);
      for (let row = 0; row < ranks.length; row++) {
        const rank = ranks[row] ?? 0;
        if (Number.isNaN(rank)) continue;
        sums[classOf[row] ?? 0] = (sums[classOf[row] ?? 0] ?? 0) + rank;
        counts[classOf[row] ?? 0] = (counts[classOf[row] ?? 0] ?? 0) + 1;
      }
      return sums.map((sum, each) => {
        const own = counts[each] ?? 0;
        const others = known - own;
        if (own < LEAST_IMAGES || others < LEAST_IMAGES) return Number.NaN;
        return Math.abs((2 * (sum - (own * (own + 1)) / 2)) / (own * others) - 1);
      });
    },
  };
}

function categoryMeasure(property: string, values: readonly (string | null)[], classes: number): Measure | undefined {
  const { classes: words, classOf: wordOf } = codes(values.map((value) => value ?? ''));
  if (words.length < 2 || words.length > values.length / 2) return undefined;
  const table = new Float64Array(words.length * classes);
  const ofWord = new Float64Array(words.length);
  for (const word of wordOf) ofWord[word] = (ofWord[word] ?? 0) + 1;
  return {
    property,
    isNumber: false,
    strengths(classOf) {
      table.fill(0);
      for (let row = 0; row < wordOf.length; row++)
        table[(wordOf[row] ?? 0) * classes + (classOf[row] ?? 0)] =
          (table[(wordOf[row] ?? 0) * classes + (classOf[row] ?? 0)] ?? 0) + 1;
      return Float64Array.from({ length: classes }, (_, each) => {
        let own = 0;
        let left = 0;
        for (let word = 0; word < words.length; word++) {
          const hits = table[word * classes + each] ?? 0;
          own += hits;
          left += (ofWord[word] ?? 0) * entropy(hits / (ofWord[word] ?? 0));
        }
        if (own < LEAST_IMAGES || wordOf.length - own < LEAST_IMAGES) return Number.NaN;
        return 1 - left / wordOf.length / entropy(own / wordOf.length);
      });
    },
  };
}

function entropy(share: number): number {
  return share <= 0 || share >= 1 ? 0 : -share * Math.log(share) - (1 - share) * Math.log(1 - share);
}

function codes(words: readonly string[]): { classes: string[]; classOf: Int32Array } {
  const classes = [...new Set(words)].sort();
  const indexOf = new Map(classes.map((word, index) => [word, index]));
  return { classes, classOf: Int32Array.from(words, (word) => indexOf.get(word) ?? 0) };
}
