/** The arithmetic that benchmarks and proofs stand on. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measurePairedRatio, medianInterval } from '../bench/kit/paired-ratio.ts';
import { percentile, summarise } from '../bench/kit/percentiles.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const values = fc.array(finite, { minLength: 1, maxLength: 200 });

describe('taking a percentile', () => {
  it('gives the smallest measured value that enough values do not exceed', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (measured, percent) => {
        const result = percentile(measured, percent);
        const share = (limit: (value: number) => boolean) => measured.filter(limit).length * 100;
        expect(measured).toContain(result);
        expect(share((value) => value <= result)).toBeGreaterThanOrEqual(percent * measured.length);
        expect(share((value) => value < result)).toBeLessThan(percent * measured.length);
      }),
    );
  });

  it('does not round a whole rank up', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    for (let percent = 1; percent <= 100; percent++) expect(percentile(hundred, percent)).toBe(percent);
  });

  it('refuses what was never measured', () => {
    expect(() => percentile([], 50)).toThrow('no values');
    expect(() => percentile([1, Number.NaN], 50)).toThrow('NaN');
    expect(() => percentile([1], 0)).toThrow('percent is 0');
  });

  it('summarises in order', () => {
    expect(summarise([3, 1, 2])).toEqual({ n: 3, min: 1, p50: 2, p95: 3, p99: 3, max: 3, mean: 2 });
  });
});

describe('comparing with a floor', () => {
  it('changes the order of the two sides from round to round and leaves the warm-up out', async () => {
    const calls: string[] = [];
    const measured = await measurePairedRatio({
      rounds: 3,
      warmUpRounds: 1,
      subject: () => calls.push('subject') * 0 + (calls.length < 3 ? 1000 : 6),
      floor: () => calls.push('floor') * 0 + 3,
    });
    expect(calls).toEqual(['floor', 'subject', 'subject', 'floor', 'floor', 'subject', 'subject', 'floor']);
    expect(measured).toEqual({ ratio: 2, interval: null, subject: 6, floor: 3, rounds: 3 });
  });

  it('refuses a side that measured nothing', async () => {
    await expect(measurePairedRatio({ rounds: 1, subject: () => 0, floor: () => 1 })).rejects.toThrow(
      'subject measured 0',
    );
  });

  it('gives an interval that holds the median of 95 in 100 samples', () => {
    const random = createSeededRandom(7);
    for (const size of [6, 9, 20, 51]) {
      const samples = Array.from({ length: 1000 }, () => Array.from({ length: size }, () => random.normal()));
      const intervals = samples.map(medianInterval);
      const holding = intervals.filter((interval) => interval && interval[0] <= 0 && interval[1] >= 0);
      expect(holding.length, `samples of ${size}`).toBeGreaterThan(930);
    }
    expect(medianInterval([1, 2, 3, 4, 5])).toBeNull();
  });
});

describe('drawing seeded numbers', () => {
  it('repeats itself for the same seed and only for it', () => {
    const draw = (seed: number) => {
      const random = createSeededRandom(seed);
      return [random.next(), random.normal(), random.integer(1000), ...random.shuffle([1, 2, 3, 4, 5])];
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('is even and keeps what it shuffles', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.array(fc.nat()), (seed, items) => {
        const random = createSeededRandom(seed);
        expect(random.shuffle(items).sort()).toEqual([...items].sort());
      }),
    );
    const random = createSeededRandom(3);
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 10_000; draw++) {
      const digit = random.integer(10);
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1150);
  });
});
