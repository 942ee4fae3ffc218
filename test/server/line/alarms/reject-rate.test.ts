/** The chart of reject rates: its function against known values, its power, and by simulation how often it cries wolf. */
import { describe, expect, it } from 'vitest';
import { incompleteBeta, logGamma } from '../../../../server/maths/incomplete-beta.ts';
import {
  FALSE_ALARM,
  judgeRejectRate,
  LEAST_PARTS,
  LEAST_SUBGROUPS,
  type Subgroup,
} from '../../../../server/modules/line/alarms/reject-rate.ts';
import { createSeededRandom } from '../../../support/seeded-random.ts';

/** P(X ≥ x) of a binomial, summed term by term. */
function binomialTail(x: number, n: number, p: number): number {
  let sum = 0;
  for (let k = x; k <= n; k++)
    sum += Math.exp(
      logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) + k * Math.log(p) + (n - k) * Math.log1p(-p),
    );
  return sum;
}

/** One subgroup of a line whose own rate wanders by `spread` (of the logarithm) from subgroup to subgroup. */
function produce(random: ReturnType<typeof createSeededRandom>, parts: number, rate: number, spread: number): Subgroup {
  const own = Math.min(1, rate * Math.exp(spread * random.normal() - (spread * spread) / 2));
  let rejects = 0;
  for (let part = 0; part < parts; part++) if (random.next() < own) rejects += 1;
  return { parts, rejects };
}

/** False alarms of a chart that follows a line in control; what was out is left out of its history, as on a real line. */
function simulate(seed: number, subgroups: number, setting: { parts: number; rate: number; spread: number }) {
  const random = createSeededRandom(seed);
  const history = Array.from({ length: 100 }, () => produce(random, setting.parts, setting.rate, setting.spread));
  let alarms = 0;
  for (let index = 0; index < subgroups; index++) {
    const newest = produce(random, setting.parts, setting.rate, setting.spread);
    const judged = judgeRejectRate(history, newest);
    if (judged.kind === 'out') {
      alarms += 1;
      continue;
    }
    history.push(newest);
    history.shift();
  }
  return alarms;
}

describe('the incomplete beta function', () => {
  it('agrees with sums of binomial terms', () => {
    for (const [x, n, p] of [
      [1, 10, 0.1],
      [3, 50, 0.02],
      [40, 300, 0.1],
      [250, 300, 0.9],
      [12, 3000, 0.002],
    ] as const)
      expect(incompleteBeta(p, x, n - x + 1) / binomialTail(x, n, p)).toBeCloseTo(1, 9);
    expect(incompleteBeta(0.5, 2.5, 2.5)).toBeCloseTo(0.5, 12);
    // I_x(1, b) = 1 − (1 − x)^b
    expect(incompleteBeta(0.3, 1, 7.25)).toBeCloseTo(1 - 0.7 ** 7.25, 12);
    expect([incompleteBeta(0, 1, 1), incompleteBeta(1, 1, 1)]).toEqual([0, 1]);
  });

  it('agrees with factorials', () => {
    expect(Math.exp(logGamma(11))).toBeCloseTo(3_628_800, 4);
    expect(Math.exp(logGamma(0.5)) ** 2).toBeCloseTo(Math.PI, 10);
  });
});

describe('the chart of a line', () => {
  const random = createSeededRandom(1);
  const usual = (count: number, parts = 300, rate = 0.02) =>
    Array.from({ length: count }, () => produce(random, parts, rate, 0));

  it('says why it cannot judge', () => {
    const newest = { parts: 300, rejects: 300 };
    expect(judgeRejectRate(usual(LEAST_SUBGROUPS - 1), newest)).toEqual({
      kind: 'unknown',
      reason: `${LEAST_SUBGROUPS - 1} subgroups of this product so far; limits take ${LEAST_SUBGROUPS}`,
    });
    expect(judgeRejectRate(usual(100), { parts: LEAST_PARTS - 1, rejects: 0 })).toMatchObject({ kind: 'thin' });
    // too small to say anything of what is usual
    expect(judgeRejectRate(usual(100, LEAST_PARTS - 1), newest)).toMatchObject({ kind: 'unknown' });
    expect(judgeRejectRate(usual(LEAST_SUBGROUPS), newest)).toMatchObject({ kind: 'out' });
  });

  it('is out above its limit and only there, and in again when chance explains it', () => {
    const history = usual(100);
    const judged = judgeRejectRate(history, { parts: 300, rejects: 6 });
    if ('reason' in judged) throw new Error(judged.reason);
    expect(judged.kind).toBe('in');
    expect(judged.chart.centre).toBeCloseTo(0.02, 2);
    const most = Math.floor(judged.chart.limit * 300);
    expect(judgeRejectRate(history, { parts: 300, rejects: most + 1 })).toMatchObject({ kind: 'out' });
    expect(judgeRejectRate(history, { parts: 300, rejects: most })).toMatchObject({ kind: 'between' });
    expect(most).toBeGreaterThan(10);
    expect(most).toBeLessThan(20);
  });

  it('judges a history without any reject by its length', () => {
    const none = Array.from({ length: 50 }, () => ({ parts: 100, rejects: 0 }));
    expect(judgeRejectRate(none, { parts: 100, rejects: 1 })).toMatchObject({ kind: 'between' });
    expect(judgeRejectRate(none, { parts: 100, rejects: 2 })).toMatchObject({ kind: 'out' });
  });

  it('allows for what varies more than chance, and finds a doubled rate at once where it does not', () => {
    const [calm, wild] = [0, 0.5].map((spread) => {
      const seeded = createSeededRandom(7);
      return Array.from({ length: 100 }, () => produce(seeded, 1000, 0.02, spread));
    }) as [Subgroup[], Subgroup[]];
    const doubled = { parts: 1000, rejects: 42 };
    expect(judgeRejectRate(calm, doubled)).toMatchObject({
      kind: 'out',
      chart: { overdispersion: expect.closeTo(1, 0) },
    });
    const judged = judgeRejectRate(wild, doubled);
    if ('reason' in judged) throw new Error(judged.reason);
    expect(judged.chart.overdispersion).toBeGreaterThan(3);
    expect(judged.kind).not.toBe('out');
  });

  it('keeps its promise of false alarms on a line in control, also one that wanders', () => {
    const settings = [
      { parts: 60, rate: 0.01, spread: 0 },
      { parts: 300, rate: 0.02, spread: 0 },
      { parts: 300, rate: 0.02, spread: 0.3 },
    ];
    const subgroups = 4000;
    for (const [index, setting] of settings.entries()) {
      const alarms = simulate(11 + index, subgroups, setting);
      // promised at most 4 on average without wandering; a Poisson with mean 4 is above 12 once in 3000 times
      expect(alarms, JSON.stringify(setting)).toBeLessThanOrEqual(FALSE_ALARM * subgroups * 3);
    }
  });
});
