import fc from 'fast-check';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { statsQuery } from '../../hmi/features/line/stats-query.ts';
import { lastFilled, minuteSeries, rateCeiling, runs } from '../../hmi/lib/minute-series.ts';

const now = Date.parse('2026-03-01T12:30:41Z');
const bucket = (minutesAgo: number, total: number, reject: number) => ({
  bucket: new Date(Math.floor(now / 60_000) * 60_000 - minutesAgo * 60_000).toISOString(),
  total,
  rejectRate: total === 0 ? null : reject / total,
});

describe('the last hour by minute', () => {
  it('has sixty minutes that end with the present one, and a gap where the server has no parts', () => {
    const series = minuteSeries(
      [bucket(0, 10, 1), bucket(3, 8, 0), bucket(4, 0, 0), bucket(59, 4, 4), bucket(60, 9, 9)],
      now,
    );
    expect(series.seconds).toHaveLength(60);
    expect(series.seconds.at(-1)).toBe(Date.parse('2026-03-01T12:30:00Z') / 1000);
    expect(series.rate.at(-1)).toBe(0.1);
    expect(series.rate.at(-2)).toBeNull();
    expect(series.rate.at(-4)).toBe(0);
    expect(series.rate.at(-5)).toBeNull();
    expect(series.rate[0]).toBe(1);
    expect(series.rate.filter((rate) => rate !== null)).toHaveLength(3);
  });
});

describe('drawing a line through a series', () => {
  const values = fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 80 });

  it('joins neighbours only, and leaves out nothing but the gaps', () => {
    fc.assert(
      fc.property(values, (series) => {
        const found = runs(series);
        const points = found.flat();
        expect(points.map(({ index }) => index)).toEqual([...series.keys()].filter((index) => series[index] !== null));
        for (const run of found) {
          run.forEach(({ index, value }, position) => {
            expect(index).toBe((run[0]?.index ?? 0) + position);
            expect(series[index]).toBe(value);
          });
        }
        expect(lastFilled(series)).toBe(points.at(-1)?.index);
      }),
    );
  });

  it('never clips the line, and never has an axis beyond the whole', () => {
    fc.assert(
      fc.property(values, (series) => {
        const ceiling = rateCeiling(series);
        expect(ceiling).toBeLessThanOrEqual(1);
        expect(ceiling).toBeGreaterThanOrEqual(Math.max(0.02, ...series.map((value) => value ?? 0)));
      }),
    );
  });
});

describe('the query behind the chart', () => {
  it('parses, and covers the hour that ends with the present minute', () => {
    const text = statsQuery('TGluZTo"x', Date.parse('2026-03-01T12:30:00Z'));
    expect(() => parse(text)).not.toThrow();
    expect(text).toContain('from: "2026-03-01T11:31:00.000Z", to: "2026-03-01T12:31:00.000Z"');
  });
});
