/**
 * Cross-validated ridge classification: one linear score a class, by least squares on ±1 targets with a quadratic penalty (Hoerl and Kennard
 * 1970). One strong penalty for all sets: with a twentieth of the labels wrong, a weakly held classifier learns the wrong ones by heart and
 * finds nothing to say against them. The products of features are summed up a fold, so that every fold's fit costs no second look at the rows.
 */

/** Rows have unit length, so that it is measured in rows: each weight is held as if by this share of one. */
const PENALTY = 0.3;
/** Square of the constant that stands beside the features and gives the classes their offset. */
const CONSTANT_SQUARE = 0.1;

/** Standardised column by column, then each row of unit length. Rows × dimensions, row by row; the argument stays as it is. */
export function standardiseRows(vectors: Float32Array, dimensions: number): Float32Array {
  const rows = vectors.length / dimensions;
  const mean = new Float64Array(dimensions);
  const deviation = new Float64Array(dimensions);
  for (let at = 0; at < vectors.length; at++)
    mean[at % dimensions] = (mean[at % dimensions] ?? 0) + (vectors[at] ?? 0) / rows;
  for (let at = 0; at < vectors.length; at++)
    deviation[at % dimensions] =
      (deviation[at % dimensions] ?? 0) + ((vectors[at] ?? 0) - (mean[at % dimensions] ?? 0)) ** 2 / rows;
  for (let column = 0; column < dimensions; column++) deviation[column] = Math.sqrt(deviation[column] ?? 0) || 1;
  const result = new Float32Array(vectors.length);
  for (let row = 0; row < rows; row++) {
    const from = row * dimensions;
    let square = 0;
    for (let column = 0; column < dimensions; column++) {
      const value = ((vectors[from + column] ?? 0) - (mean[column] ?? 0)) / (deviation[column] ?? 0);
      result[from + column] = value;
      square += value * value;
    }
    const length = Math.sqrt(square) || 1;
    for (let column = 0; column < dimensions; column++) result[from + column] = (result[from + column] ?? 0) / length;
  }
  return result;
}

export interface RidgeInput {
  /** From `standardiseRows`. */
  rows: Float32Array;
  dimensions: number;
  /** Class of each row, 0 to classes − 1. */
  classOf: Int32Array;
  classes: number;
  /** Fold of each row, 0 to folds − 1. */
  foldOf: Int32Array;
  folds: number;
}

/** Scores rows × classes, each row's by a fit that has not seen its fold: about 1 for its class and −1 for the others. */
export function outOfFoldScores({ rows, dimensions, classOf, classes, foldOf, folds }: RidgeInput): Float64Array {
  const size = dimensions + 1;
  const products = Array.from({ length: folds }, () => new Float64Array(size * size));
  const targets = Array.from({ length: folds }, () => new Float64Array(size * classes));
  const constant = Math.sqrt(CONSTANT_SQUARE);
  const row = new Float64Array(size);
  const load = (index: number) => {
    for (let column = 0; column < dimensions; column++) row[column] = rows[index * dimensions + column] ?? 0;
    row[dimensions] = constant;
  };
  for (let index = 0; index < classOf.length; index++) {
    load(index);
    addProducts(arrayAt(products, foldOf[index] ?? 0), row);
    const target = arrayAt(targets, foldOf[index] ?? 0);
    for (let column = 0; column < size; column++)
      for (let each = 0; each < classes; each++)
        target[column * classes + each] =
          (target[column * classes + each] ?? 0) + (classOf[index] === each ? (row[column] ?? 0) : -(row[column] ?? 0));
  }
  const allProducts = sum(products);
  const allTargets = sum(targets);

  const weights = products.map((held, fold) => {
    const left = allProducts.map((value, at) => value - (held[at] ?? 0));
    for (let column = 0; column < size; column++)
      left[column * size + column] = (left[column * size + column] ?? 0) + PENALTY;
    const right = allTargets.map((value, at) => value - (arrayAt(targets, fold)[at] ?? 0));
    return solve(left, right, size, classes);
  });
  const scores = new Float64Array(classOf.length * classes);
  for (let index = 0; index < classOf.length; index++) {
    load(index);
    const weight = arrayAt(weights, foldOf[index] ?? 0);
    for (let column = 0; column < size; column++)
      for (let each = 0; each < classes; each++)
        scores[index * classes + each] =
          (scores[index * classes + each] ?? 0) + (row[column] ?? 0) * (weight[column * classes + each] ?? 0);
  }
  return scores;
}

/** Adds row · rowᵀ, the lower triangle only. */
function addProducts(products: Float64Array, row: Float64Array): void {
  const size = row.length;
  for (let i = 0; i < size; i++) {
    const value = row[i] ?? 0;
    const from = i * size;
    for (let j = 0; j <= i; j++) products[from + j] = (products[from + j] ?? 0) + value * (row[j] ?? 0);
  }
}

function sum(arrays: readonly Float64Array[]): Float64Array {
  const total = new Float64Array(arrays[0]?.length ?? 0);
  for (const each of arrays) for (let at = 0; at < total.length; at++) total[at] = (total[at] ?? 0) + (each[at] ?? 0);
  return total;
}

/** Solves left · x = right for a positive definite left (lower triangle, overwritten) by Cholesky's decomposition; right has `width` columns. */
function solve(left: Float64Array, right: Float64Array, size: number, width: number): Float64Array {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let value = left[i * size + j] ?? 0;
      for (let k = 0; k < j; k++) value -= (left[i * size + k] ?? 0) * (left[j * size + k] ?? 0);
      left[i * size + j] = i === j ? Math.sqrt(value) : value / (left[j * size + j] ?? 0);
    }
  }
  for (let column = 0; column < width; column++) {
    for (let i = 0; i < size; i++) {
      let value = right[i * width + column] ?? 0;
      for (let k = 0; k < i; k++) value -= (left[i * size + k] ?? 0) * (right[k * width + column] ?? 0);
      right[i * width + column] = value / (left[i * size + i] ?? 0);
    }
    for (let i = size - 1; i >= 0; i--) {
      let value = right[i * width + column] ?? 0;
      for (let k = i + 1; k < size; k++) value -= (left[k * size + i] ?? 0) * (right[k * width + column] ?? 0);
      right[i * width + column] = value / (left[i * size + i] ?? 0);
    }
  }
  return right;
}

function arrayAt(arrays: readonly Float64Array[], index: number): Float64Array {
  return arrays[index] as Float64Array;
}
