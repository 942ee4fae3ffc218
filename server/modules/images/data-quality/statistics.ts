/** Small statistics that the looks for traps share. */

/** Mid-ranks from 1, ties sharing their mean; NaN stays NaN. */
export function midRanks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, index) => index)
    .filter((index) => !Number.isNaN(values[index]))
    .sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Float64Array(values.length).fill(Number.NaN);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] ?? 0] === values[order[from] ?? 0]) to++;
    for (let at = from; at <= to; at++) ranks[order[at] ?? 0] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return ranks;
}

export function medianOf(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

/** Value below which the share of the values lies, by the nearest rank. */
export function quantileOf(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

/** P(at least `marked` of `drawn`) when `drawn` of `all` are drawn and `allMarked` of these are marked (hypergeometric, Fisher's exact test). */
export function upperTail(drawn: number, marked: number, all: number, allMarked: number): number {
  const most = Math.min(drawn, allMarked);
  let total = 0;
  for (let count = marked; count <= most; count++) {
    if (drawn - count > all - allMarked) continue;
    total += Math.exp(logChoose(allMarked, count) + logChoose(all - allMarked, drawn - count) - logChoose(all, drawn));
  }
  return Math.min(1, total);
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

const factorials: number[] = [0, 0];
function logFactorial(n: number): number {
  for (let at = factorials.length; at <= n; at++) factorials.push((factorials[at - 1] ?? 0) + Math.log(at));
  return factorials[n] ?? 0;
}
