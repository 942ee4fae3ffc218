/**
 * Divides images into train, validation and golden without tearing a unit apart: after the iterative stratification of Sechidis et al.
 * (2011), units with the largest first, each to the side where it brings the shares of all classes nearest to what is wanted. Deterministic
 * by its seed and whatever order the images come in.
 */
import { createHash } from 'node:crypto';
import type { SplitName } from './datasets.table.ts';
import type { SplitPolicy } from './split-policy.ts';
import { type UnitInput, unitsOf } from './split-units.ts';

export interface SplitInput extends UnitInput {
  /** Hexadecimal digits, each once. */
  sha256: readonly string[];
  label: readonly string[];
  /** Side that the image has to keep: golden, or what it was for in the version that this one goes on from. */
  kept: readonly (SplitName | null)[];
  /** 1: a frozen version trains on it or chooses with it, so it can never judge. */
  isTrainedOn: ArrayLike<number>;
}

export type SplitProblemCode = 'GOLDEN_MEETS_TRAIN' | 'LARGE_UNIT' | 'MISSING_CLASS';

export interface SplitProblem {
  code: SplitProblemCode;
  /** How many images it is about. */
  images: number;
  /** One of them; null where it is about none in particular. */
  imageSha256: string | null;
  /** The class that is missing; null where it is about all. */
  label: string | null;
  split: SplitName | null;
}

export interface SplitPlan {
  /** By image, in the order given. */
  split: SplitName[];
  units: number;
  /** Images in the largest unit. */
  largestUnit: number;
  /** The worst first, bounded. */
  problems: SplitProblem[];
}

const sides = ['train', 'validation', 'golden'] as const;
const mostProblems = 50;

interface Unit {
  members: number[];
  /** Images by class. */
  classes: Map<number, number>;
  order: string;
  forced: SplitName | null;
  mayJudge: boolean;
}

export function planSplit(input: SplitInput, policy: SplitPolicy): SplitPlan {
  const { names, codes } = codesOf(input.label);
  const units = collectUnits(input, codes, policy);
  const wanted: Record<SplitName, number> = {
    train: 1 - policy.validationShare - policy.goldenShare,
    validation: policy.validationShare,
    golden: policy.goldenShare,
  };
  const totals = new Float64Array(names.length);
  for (const code of codes) totals[code] = (totals[code] ?? 0) + 1;
  const counts = { train: totals.map(() => 0), validation: totals.map(() => 0), golden: totals.map(() => 0) };
  const split: SplitName[] = input.sha256.map(() => 'train');
  const put = (unit: Unit, side: SplitName) => {
    for (const index of unit.members) split[index] = side;
    for (const [code, n] of unit.classes) counts[side][code] = (counts[side][code] ?? 0) + n;
  };

  const problems: SplitProblem[] = [];
  for (const unit of units.filter(({ forced }) => forced !== null)) {
    put(unit, unit.forced ?? 'train');
    if (unit.forced === 'golden') problems.push(...keepTrained(input, unit, split));
  }
  const free = units.filter(({ forced }) => forced === null).sort(byWeight);
  for (const unit of free) {
    const open = sides.filter((side) => wanted[side] > 0 && (side !== 'golden' || unit.mayJudge));
    put(unit, nearest(unit, open, counts, wanted, totals));
  }
  const least = Math.min(...sides.map((side) => wanted[side]).filter((share) => share > 0));
  for (const unit of units) {
    const size = unit.members.length;
    if (size > 1 && size > Math.max(1, least * input.sha256.length)) {
      problems.push({ ...about(input, unit), code: 'LARGE_UNIT', images: size, label: null, split: null });
    }
  }
  problems.push(...missingClasses(names, counts, wanted, totals));
  return {
    split,
    units: units.length,
    largestUnit: units.reduce((most, unit) => Math.max(most, unit.members.length), 0),
    problems: problems.sort((a, b) => b.images - a.images).slice(0, mostProblems),
  };
}

/** The side where the squared distances of all classes to their wanted shares grow least; of equal ones the first. */
function nearest(
  unit: Unit,
  open: readonly SplitName[],
  counts: Record<SplitName, Float64Array>,
  wanted: Record<SplitName, number>,
  totals: Float64Array,
): SplitName {
  let best: SplitName = 'train';
  let least = Number.POSITIVE_INFINITY;
  for (const side of open) {
    let cost = 0;
    for (const [code, n] of unit.classes) {
      const total = totals[code] ?? 1;
      const missing = wanted[side] * total - (counts[side][code] ?? 0);
      cost += (n * n - 2 * n * missing) / (total * total);
    }
    if (cost < least - 1e-12) [best, least] = [side, cost];
  }
  return best;
}

/** What is golden stays, and what resembles it goes with it; what is trained on already cannot, and is told. */
function keepTrained(input: SplitInput, unit: Unit, split: SplitName[]): SplitProblem[] {
  const stuck = unit.members.filter((index) => input.kept[index] !== 'golden' && input.isTrainedOn[index] === 1);
  for (const index of stuck) split[index] = input.kept[index] ?? 'train';
  const [first] = stuck;
  if (first === undefined) return [];
  const imageSha256 = input.sha256[first] ?? null;
  return [{ code: 'GOLDEN_MEETS_TRAIN', images: stuck.length, imageSha256, label: null, split: 'golden' }];
}

function missingClasses(
  names: readonly string[],
  counts: Record<SplitName, Float64Array>,
  wanted: Record<SplitName, number>,
  totals: Float64Array,
): SplitProblem[] {
  return names.flatMap((label, code) =>
    sides
      .filter((side) => wanted[side] > 0 && (counts[side][code] ?? 0) === 0)
      .map((side) => ({
        code: 'MISSING_CLASS' as const,
        images: totals[code] ?? 0,
        imageSha256: null,
        label,
        split: side,
      })),
  );
}

function collectUnits(input: SplitInput, codes: Int32Array, policy: SplitPolicy): Unit[] {
  const units = new Map<number, Unit>();
  for (const [index, root] of unitsOf(input, policy).entries()) {
    const sha256 = input.sha256[index] ?? '';
    let unit = units.get(root);
    if (!unit) {
      unit = { members: [], classes: new Map(), order: sha256, forced: null, mayJudge: true };
      units.set(root, unit);
    }
    const code = codes[index] ?? 0;
    unit.members.push(index);
    unit.classes.set(code, (unit.classes.get(code) ?? 0) + 1);
    if (sha256 < unit.order) unit.order = sha256;
    unit.forced = stronger(unit.forced, input.kept[index] ?? null);
    unit.mayJudge &&= input.isTrainedOn[index] !== 1;
  }
  for (const unit of units.values()) unit.order = shuffled(policy.seed, unit.order);
  return [...units.values()];
}

/** Golden before train, since it stays what it is; train before validation, since what was learnt from cannot choose any more. */
function stronger(a: SplitName | null, b: SplitName | null): SplitName | null {
  for (const side of ['golden', 'train', 'validation'] as const) if (a === side || b === side) return side;
  return null;
}

/** Large units first, while every side has room; units of one size as the seed shuffles them. */
function byWeight(a: Unit, b: Unit): number {
  return b.members.length - a.members.length || (a.order < b.order ? -1 : 1);
}

function shuffled(seed: number, sha256: string): string {
  return createHash('sha256').update(`${seed}:${sha256}`).digest('hex');
}

function about(input: SplitInput, unit: Unit) {
  return { imageSha256: input.sha256[unit.members[0] ?? 0] ?? null };
}

function codesOf(labels: readonly string[]): { names: string[]; codes: Int32Array } {
  const names = [...new Set(labels)].sort();
  const byName = new Map(names.map((name, code) => [name, code]));
  return { names, codes: Int32Array.from(labels, (label) => byName.get(label) ?? 0) };
}
