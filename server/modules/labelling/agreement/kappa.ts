/** Agreement beyond chance between people who sort the same things into classes. */

export interface Estimate {
  /** What it was reckoned from. */
  n: number;
  value: number;
  /** 95 % interval. */
  low: number;
  high: number;
}

const Z95 = 1.959963984540054;

/**
 * Cohen's kappa of two people (Educational and Psychological Measurement 20, 1960, 37–46) with the asymptotic interval of Fleiss, Cohen and
 * Everitt (Psychological Bulletin 72, 1969, 323–327, equation 13). `counts[i][j]`: how often the one said class i and the other class j.
 * Where both always say the same single class chance alone explains it: 0, with an interval that says nothing.
 */
export function cohenKappa(counts: readonly (readonly number[])[]): Estimate {
  const size = counts.length;
  const n = counts.flat().reduce((sum, count) => sum + count, 0);
  if (n === 0) return { n, value: 0, low: -1, high: 1 };
  const share = (i: number, j: number) => (counts[i]?.[j] ?? 0) / n;
  const indices = Array.from({ length: size }, (_, index) => index);
  const rows = indices.map((i) => indices.reduce((sum, j) => sum + share(i, j), 0));
  const columns = indices.map((j) => indices.reduce((sum, i) => sum + share(i, j), 0));
  const row = (i: number) => rows[i] ?? 0;
  const column = (j: number) => columns[j] ?? 0;
  const observed = indices.reduce((sum, i) => sum + share(i, i), 0);
  const expected = indices.reduce((sum, i) => sum + row(i) * column(i), 0);
  if (expected === 1) return { n, value: 0, low: -1, high: 1 };
  const value = (observed - expected) / (1 - expected);

  const same = indices.reduce((sum, i) => sum + share(i, i) * (1 - (row(i) + column(i)) * (1 - value)) ** 2, 0);
  const different = indices.reduce(
    (sum, i) => sum + indices.reduce((inner, j) => inner + (i === j ? 0 : share(i, j) * (column(i) + row(j)) ** 2), 0),
    0,
  );
  const variance =
    (same + (1 - value) ** 2 * different - (value - expected * (1 - value)) ** 2) / (n * (1 - expected) ** 2);
  return { n, value, ...interval(value, Math.sqrt(Math.max(0, variance)), -1, 1) };
}

/**
 * Fleiss' kappa of many people (Psychological Bulletin 76, 1971, 378–382), for any number of people from two on a thing.
 * `counts[i][j]`: how many said class j of thing i. undefined when nothing was seen by two, or all is of one class.
 */
export function fleissKappa(counts: readonly (readonly number[])[]): number | undefined {
  const things = counts.filter((row) => sum(row) >= 2);
  const total = things.reduce((all, row) => all + sum(row), 0);
  if (total === 0) return undefined;
  const classes = things[0]?.length ?? 0;
  const observed =
    things.reduce((all, row) => {
      const raters = sum(row);
      return all + row.reduce((inner, count) => inner + count * (count - 1), 0) / (raters * (raters - 1));
    }, 0) / things.length;
  let expected = 0;
  for (let j = 0; j < classes; j += 1) {
    expected += (things.reduce((all, row) => all + (row[j] ?? 0), 0) / total) ** 2;
  }
  return expected === 1 ? undefined : (observed - expected) / (1 - expected);
}

/**
 * 95 % percentile interval by resampling the things (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13). `random`
 * gives numbers from 0 to below 1. undefined when the figure is.
 */
export function bootstrap<Thing>(
  things: readonly Thing[],
  figure: (sample: readonly Thing[]) => number | undefined,
  random: () => number,
  samples = 300,
): Estimate | undefined {
  const value = figure(things);
  if (value === undefined) return undefined;
  const values: number[] = [];
  for (let at = 0; at < samples; at += 1) {
    const sample = things.map(() => things[Math.floor(random() * things.length)] as Thing);
    const drawn = figure(sample);
    if (drawn !== undefined) values.push(drawn);
  }
  values.sort((a, b) => a - b);
  const quantile = (share: number) => values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? value;
  return { n: things.length, value, low: Math.min(value, quantile(0.025)), high: Math.max(value, quantile(0.975)) };
}

function interval(value: number, deviation: number, least: number, most: number): { low: number; high: number } {
  return { low: Math.max(least, value - Z95 * deviation), high: Math.min(most, value + Z95 * deviation) };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
