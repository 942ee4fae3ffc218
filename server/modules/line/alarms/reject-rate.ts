/**
 * Whether a line rejects more than its own history of the same product explains: an attribute chart for rates, one-sided.
 *
 * The subgroup's x rejects of n parts are compared with the history's X of N by the conditional test of two Poisson rates (Przyborowski
 * and Wilenski 1940): given x + X, x is binomial with n / (n + N), so that P(at least x) = I_{n/(n+N)}(x, X + 1). It is exact for few
 * rejects, where the normal limits of a p chart are not; it is on the safe side for high rates, because a binomial varies less than a
 * Poisson; and it takes the history's own length into account.
 *
 * What varies more between subgroups than chance would have it (shifts, material, time of day) is measured as in Laney's p′ chart (2002),
 * by σ_z from the moving range of the standardised rates. The rate itself is then taken to vary as a gamma with that variance, so that
 * counts are negative binomial: I_{μ/(μ+k)}(x, k + 1) with 1/k = (σ_z² − 1) / mean expected rejects + σ_z² / X, which is the test
 * above where σ_z is 1. (Scaling by σ_z alone, as p′ limits do, has too light a tail: three times the false alarms in simulation.)
 *
 * Simulated run lengths between false alarms on lines in control, 60,000 subgroups each, histories of 100 subgroups: 2,600 to 3,200 without
 * more than chance (1 or 2 % of 60 to 300 parts), 1,100 where the rate varies by a fifth (lognormal), 570 to 710 where it varies by a third
 * to a half; with the least history of 30 subgroups 240 to 310 there. A subgroup is five minutes.
 */
import { incompleteBeta } from '../../../maths/incomplete-beta.ts';

export interface Subgroup {
  parts: number;
  rejects: number;
}

export interface RejectRateChart {
  /** Rejects as a share of parts: in the history, and above which a subgroup of the newest one's size is out of limits. */
  centre: number;
  limit: number;
  /** σ_z² of Laney's p′ chart, at least 1. */
  overdispersion: number;
  historyParts: number;
  historySubgroups: number;
}

export type RejectRateJudgement =
  /** Too little history; or the newest subgroup is too thin to say anything, whatever came before. */
  | { kind: 'unknown' | 'thin'; reason: string }
  | { kind: 'out' | 'in' | 'between'; chart: RejectRateChart; rate: number; newest: Subgroup };

/** Chance of a false alarm in one subgroup: in control, 1000 subgroups pass on average between two of them or more. */
export const FALSE_ALARM = 0.001;
/** Back inside when so much is explained by chance; in between all stays as it was. */
const BACK_INSIDE = 0.05;
/** A moving range of fewer says too little about what is usual. */
export const LEAST_SUBGROUPS = 30;
export const LEAST_PARTS = 20;

/** Judges the newest subgroup by those before it, oldest first. Those with fewer than `LEAST_PARTS` parts say nothing and are left out. */
export function judgeRejectRate(history: readonly Subgroup[], newest: Subgroup): RejectRateJudgement {
  if (newest.parts < LEAST_PARTS)
    return { kind: 'thin', reason: `${newest.parts} parts in the newest subgroup; it takes ${LEAST_PARTS}` };
  const usable = history.filter(({ parts }) => parts >= LEAST_PARTS);
  if (usable.length < LEAST_SUBGROUPS) {
    const missing = `${usable.length} subgroups of this product so far; limits take ${LEAST_SUBGROUPS}`;
    return { kind: 'unknown', reason: missing };
  }
  const parts = usable.reduce((total, each) => total + each.parts, 0);
  const rejects = usable.reduce((total, each) => total + each.rejects, 0);
  const overdispersion = laneyVariance(usable, rejects / parts);
  const known = { parts, rejects, overdispersion, perSubgroup: rejects / usable.length };
  const tail = chanceOfAtLeast(newest.rejects, newest.parts, known);
  const chart = {
    centre: rejects / parts,
    limit: upperLimit(newest.parts, known),
    overdispersion,
    historyParts: parts,
    historySubgroups: usable.length,
  };
  const kind = tail <= FALSE_ALARM ? 'out' : tail >= BACK_INSIDE ? 'in' : 'between';
  return { kind, chart, rate: newest.rejects / newest.parts, newest };
}

interface Known extends Subgroup {
  overdispersion: number;
  /** Mean rejects of a subgroup. */
  perSubgroup: number;
}

function chanceOfAtLeast(count: number, parts: number, known: Known): number {
  if (count <= 0) return 1;
  const { overdispersion, perSubgroup, rejects } = known;
  if (rejects === 0) return incompleteBeta(parts / (parts + known.parts), count, 1);
  const expected = (parts / known.parts) * rejects;
  const shape = 1 / ((overdispersion - 1) / perSubgroup + overdispersion / rejects);
  return incompleteBeta(expected / (expected + shape), count, shape + 1);
}

/** The highest rate of so many parts that is still explained: between two counts where counts are few. */
function upperLimit(parts: number, known: Known): number {
  let [low, high] = [0, parts];
  if (chanceOfAtLeast(high, parts, known) > FALSE_ALARM) return 1;
  while (high - low > 0.01) {
    const middle = (low + high) / 2;
    if (chanceOfAtLeast(middle, parts, known) > FALSE_ALARM) low = middle;
    else high = middle;
  }
  return low / parts;
}

/** σ_z² from the mean moving range of two; d₂ = 1.128. */
function laneyVariance(subgroups: readonly Subgroup[], centre: number): number {
  if (centre <= 0 || centre >= 1) return 1;
  const standardised = subgroups.map(
    ({ parts, rejects }) => (rejects / parts - centre) / Math.sqrt((centre * (1 - centre)) / parts),
  );
  let ranges = 0;
  for (let index = 1; index < standardised.length; index++)
    ranges += Math.abs((standardised[index] ?? 0) - (standardised[index - 1] ?? 0));
  const sigma = ranges / (standardised.length - 1) / 1.128;
  return Math.max(1, sigma * sigma);
}
