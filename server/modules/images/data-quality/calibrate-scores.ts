/**
 * From out-of-fold scores to probabilities: a scale and an offset a class in front of a softmax, by the likelihood of the labels as they
 * are (Platt 1999, for several classes). Mildly held, so that classes that are told apart without fault do not become certainties.
 */

const STEPS = 250;
const RATE = 0.1;
/** Of the labels' number: holds the scales down where nothing else does. */
const HOLD = 1e-3;
/** Rows that the scales are learnt from. */
const MOST_ROWS = 20_000;

/** Probabilities rows × classes, row by row; each row adds up to 1. */
export function calibrateScores(scores: Float64Array, classOf: Int32Array, classes: number): Float64Array {
  const rows = classOf.length;
  const stride = Math.max(1, Math.ceil(rows / MOST_ROWS));
  const used = Math.ceil(rows / stride);
  const parameters = new Float64Array(2 * classes).fill(1, 0, classes);
  const gradient = new Float64Array(2 * classes);
  const mean = new Float64Array(2 * classes);
  const square = new Float64Array(2 * classes);
  const probability = new Float64Array(classes);
  // Adam (Kingma and Ba 2015) with its usual rates of forgetting: the same result on every machine, no line search.
  for (let step = 1; step <= STEPS; step++) {
    gradient.fill(0);
    for (let row = 0; row < rows; row += stride) {
      softmax(scores, row, classes, parameters, probability);
      for (let each = 0; each < classes; each++) {
        const error = ((probability[each] ?? 0) - (classOf[row] === each ? 1 : 0)) / used;
        gradient[each] = (gradient[each] ?? 0) + error * (scores[row * classes + each] ?? 0);
        gradient[classes + each] = (gradient[classes + each] ?? 0) + error;
      }
    }
    for (let at = 0; at < gradient.length; at++) {
      const slope = (gradient[at] ?? 0) + HOLD * (parameters[at] ?? 0);
      mean[at] = 0.9 * (mean[at] ?? 0) + 0.1 * slope;
      square[at] = 0.999 * (square[at] ?? 0) + 0.001 * slope * slope;
      const steady = Math.sqrt((square[at] ?? 0) / (1 - 0.999 ** step)) + 1e-8;
      parameters[at] = (parameters[at] ?? 0) - (RATE * (mean[at] ?? 0)) / (1 - 0.9 ** step) / steady;
    }
  }
  const result = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    softmax(scores, row, classes, parameters, probability);
    result.set(probability, row * classes);
  }
  return result;
}

function softmax(
  scores: Float64Array,
  row: number,
  classes: number,
  parameters: Float64Array,
  into: Float64Array,
): void {
  let most = Number.NEGATIVE_INFINITY;
  for (let each = 0; each < classes; each++) {
    into[each] = (parameters[each] ?? 0) * (scores[row * classes + each] ?? 0) + (parameters[classes + each] ?? 0);
    most = Math.max(most, into[each] ?? 0);
  }
  let total = 0;
  for (let each = 0; each < classes; each++) {
    into[each] = Math.exp((into[each] ?? 0) - most);
    total += into[each] ?? 0;
  }
  for (let each = 0; each < classes; each++) into[each] = (into[each] ?? 0) / total;
}
