/** How much more often a class is found where its images lie by one property: what each image adds to a correlation. */
import { ANY_DEFECT } from './audit-types.ts';
import { quantileOf } from './statistics.ts';

const STEPS = 10;
/** A word for the value of a number: which tenth of the set it lies in. */
export interface Cells {
  /** Cell of each row; −1: not known. */
  cellOf: Int32Array;
  /** What each cell holds: a word, or the bounds of a tenth. */
  names: string[];
}

export function categoryCells(values: readonly (string | null)[]): Cells {
  const names = [...new Set(values.map((value) => value ?? ''))].sort();
  const indexOf = new Map(names.map((name, index) => [name, index]));
  return { names, cellOf: Int32Array.from(values, (value) => indexOf.get(value ?? '') ?? -1) };
}

/** Cells of about equal numbers. */
export function numberCells(values: ArrayLike<number>, steps = STEPS): Cells {
  const known = Float64Array.from(values).filter((value) => !Number.isNaN(value));
  const bounds = Array.from({ length: steps - 1 }, (_, at) => quantileOf(known, (at + 1) / steps));
  const cellOf = Int32Array.from(values, (value) =>
    Number.isNaN(value) ? -1 : bounds.filter((bound) => value > bound).length,
  );
  const names = Array.from(
    { length: steps },
    (_, at) => `${at === 0 ? '' : round(bounds[at - 1])}…${round(bounds[at])}`,
  );
  return { names, cellOf };
}

function round(value: number | undefined): string {
  return value === undefined ? '' : String(Number(value.toPrecision(3)));
}

/** From 0 (only this class is found where the image lies) to 1 (no more of it than elsewhere), for the images that bear the label. */
export function liftScores(labels: readonly string[], label: string, { cellOf, names }: Cells) {
  const isOf = (each: string | undefined) => (label === ANY_DEFECT ? each !== 'good' : each === label);
  const own = new Float64Array(names.length);
  const all = new Float64Array(names.length);
  let total = 0;
  for (let row = 0; row < labels.length; row++) {
    const cell = cellOf[row] ?? 0;
    const bears = isOf(labels[row]) ? 1 : 0;
    total += bears;
    if (cell < 0) continue;
    own[cell] = (own[cell] ?? 0) + bears;
    all[cell] = (all[cell] ?? 0) + 1;
  }
  const share = total / labels.length;
  const lift = own.map((count, cell) => Math.max(0, (count / (all[cell] ?? 0) - share) / Math.max(1e-9, 1 - share)));
  const most =
    [...lift.keys()].sort((a, b) => (own[b] ?? 0) - (own[a] ?? 0) || (lift[b] ?? 0) - (lift[a] ?? 0))[0] ?? 0;
  return {
    scores: Float32Array.from(labels, (each, row) =>
      isOf(each) && (cellOf[row] ?? 0) >= 0 ? 1 - (lift[cellOf[row] ?? 0] ?? 0) : 1,
    ),
    /** Where most images of the class lie, what share of the class that is, and what share of all images. */
    name: names[most] ?? '',
    shareOfClass: total === 0 ? 0 : (own[most] ?? 0) / total,
    shareOfAll: (all[most] ?? 0) / Math.max(1, labels.length),
  };
}
