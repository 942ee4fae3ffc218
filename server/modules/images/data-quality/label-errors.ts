/**
 * Probable label errors by confident learning (Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset
 * Labels"): what a classifier that has not seen an image says of it, against what people said.
 */
import { createRandom, shuffled } from '../../../maths/random.ts';
import { calibrateScores } from './calibrate-scores.ts';
import { outOfFoldScores, standardiseRows } from './ridge-folds.ts';
import { midRanks } from './statistics.ts';

export interface LabelErrorOptions {
  seed: number;
  folds?: number;
  /** Rows with the same number stay in one fold, such as near duplicates: a copy would answer for its twin. Negative: alone. */
  groupOf?: ArrayLike<number>;
}

export interface LabelErrors {
  /** Names of the classes that were told apart. */
  classes: string[];
  /** Rows × classes, out of fold; NaN where a row could not be judged. */
  probabilities: Float64Array;
  /** From 0 (surely wrong) to 1: how far the label's probability lies above that of the likeliest other class. NaN: not judged. */
  scores: Float32Array;
  /** 1: the other class is likelier than the label, and as likely as it is for images that bear it. */
  flagged: Uint8Array;
  /** Index of the likeliest class; −1: not judged. */
  likeliest: Int32Array;
  /** How well the labels can be told from the images at all: mean over the classes of the out-of-fold AUROC. */
  skill: number;
}

const FOLDS = 5;
/** A class with fewer rows than this cannot be learnt; its rows are not judged and teach nothing. */
export const LEAST_OF_CLASS = 5;
/** Where the images hardly tell the labels, whoever doubts one is guessing: nothing is flagged. */
export const LEAST_SKILL = 0.7;

/** Undefined when there are not two classes to tell apart. `vectors`: rows × dimensions, without NaN. */
export function labelErrors(
  vectors: Float32Array,
  dimensions: number,
  labels: readonly string[],
  { seed, folds = FOLDS, groupOf }: LabelErrorOptions,
): LabelErrors | undefined {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const classes = [...counts.keys()].filter((label) => (counts.get(label) ?? 0) >= LEAST_OF_CLASS).sort();
  if (classes.length < 2) return undefined;
  const indexOf = new Map(classes.map((label, index) => [label, index]));
  const judged = labels.flatMap((label, index) => (indexOf.has(label) ? [index] : []));
  const classOf = Int32Array.from(judged, (index) => indexOf.get(labels[index] ?? '') ?? -1);
  const rows = standardiseRows(gatherRows(vectors, dimensions, judged), dimensions);
  const groups = judged.map((index) => groupOf?.[index] ?? -1);
  const foldOf = dealFolds(classOf, classes.length, groups, folds, seed);
  const scores = outOfFoldScores({ rows, dimensions, classOf, classes: classes.length, foldOf, folds });
  const probabilities = calibrateScores(scores, classOf, classes.length);
  const found = confidentLearning(probabilities, classOf, classes.length);
  const skill = meanAuroc(scores, classOf, classes.length);
  if (skill < LEAST_SKILL) found.flagged.fill(0);
  return { ...spread(found, judged, labels.length, classes), skill };
}

interface Judged {
  probabilities: Float64Array;
  scores: Float32Array;
  flagged: Uint8Array;
  likeliest: Int32Array;
}

/** A label is doubted when another class reaches the mean confidence of the rows that bear that class (the confident joint). */
export function confidentLearning(probabilities: Float64Array, classOf: Int32Array, classes: number): Judged {
  const rows = classOf.length;
  const threshold = new Float64Array(classes);
  const bearing = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    const own = classOf[row] ?? 0;
    threshold[own] = (threshold[own] ?? 0) + (probabilities[row * classes + own] ?? 0);
    bearing[own] = (bearing[own] ?? 0) + 1;
  }
  for (let each = 0; each < classes; each++) threshold[each] = (threshold[each] ?? 0) / (bearing[each] || 1);
  const judged: Judged = {
    probabilities,
    scores: new Float32Array(rows),
    flagged: new Uint8Array(rows),
    likeliest: new Int32Array(rows),
  };
  for (let row = 0; row < rows; row++) {
    const own = classOf[row] ?? 0;
    let other = own === 0 ? 1 : 0;
    for (let each = 0; each < classes; each++)
      if (each !== own && (probabilities[row * classes + each] ?? 0) > (probabilities[row * classes + other] ?? 0))
        other = each;
    const ownProbability = probabilities[row * classes + own] ?? 0;
    const otherProbability = probabilities[row * classes + other] ?? 0;
    judged.scores[row] = Math.min(1, Math.max(0, (ownProbability - otherProbability + 1) / 2));
    judged.likeliest[row] = otherProbability > ownProbability ? other : own;
    judged.flagged[row] = otherProbability > ownProbability && otherProbability >= (threshold[other] ?? 0) ? 1 : 0;
  }
  return judged;
}

function meanAuroc(scores: Float64Array, classOf: Int32Array, classes: number): number {
  let total = 0;
  for (let each = 0; each < classes; each++) {
    const ranks = midRanks(Float64Array.from(classOf, (_, row) => scores[row * classes + each] ?? 0));
    let own = 0;
    let sum = 0;
    for (let row = 0; row < ranks.length; row++) {
      if (classOf[row] !== each) continue;
      own += 1;
      sum += ranks[row] ?? 0;
    }
    total += (sum - (own * (own + 1)) / 2) / (own * (classOf.length - own)) / classes;
  }
  return total;
}

/** Deals each class's rows to the folds like cards, shuffled; a group goes where its first row goes. */
export function dealFolds(
  classOf: Int32Array,
  classes: number,
  groupOf: readonly number[],
  folds: number,
  seed: number,
): Int32Array {
  const random = createRandom(seed);
  const foldOf = new Int32Array(classOf.length).fill(-1);
  const foldOfGroup = new Map<number, number>();
  let next = 0;
  for (let each = 0; each < classes; each++) {
    const members = [...classOf.keys()].filter((row) => classOf[row] === each);
    for (const row of shuffled(members, random)) {
      const group = groupOf[row] ?? -1;
      const known = group < 0 ? undefined : foldOfGroup.get(group);
      const fold = known ?? next++ % folds;
      if (group >= 0 && known === undefined) foldOfGroup.set(group, fold);
      foldOf[row] = fold;
    }
  }
  return foldOf;
}

export function gatherRows(vectors: Float32Array, dimensions: number, rows: readonly number[]): Float32Array {
  const result = new Float32Array(rows.length * dimensions);
  let at = 0;
  for (const row of rows) {
    result.set(vectors.subarray(row * dimensions, (row + 1) * dimensions), at);
    at += dimensions;
  }
  return result;
}

function spread(found: Judged, judged: readonly number[], rows: number, classes: string[]): Omit<LabelErrors, 'skill'> {
  const result = {
    classes,
    probabilities: new Float64Array(rows * classes.length).fill(Number.NaN),
    scores: new Float32Array(rows).fill(Number.NaN),
    flagged: new Uint8Array(rows),
    likeliest: new Int32Array(rows).fill(-1),
  };
  judged.forEach((row, at) => {
    const own = found.probabilities.subarray(at * classes.length, (at + 1) * classes.length);
    result.probabilities.set(own, row * classes.length);
    result.scores[row] = found.scores[at] ?? 0;
    result.flagged[row] = found.flagged[at] ?? 0;
    result.likeliest[row] = found.likeliest[at] ?? 0;
  });
  return result;
}
