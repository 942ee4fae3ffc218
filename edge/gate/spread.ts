/** How values are spread, in bounded room however many there are: least and most are exact, what lies between is to 2 %. */
import { z } from 'zod';

export const SpreadSchema = z.object({
  count: z.int().positive(),
  least: z.number(),
  p50: z.number(),
  p99: z.number(),
  p999: z.number(),
  most: z.number(),
});

export type SpreadSummary = z.infer<typeof SpreadSchema>;

export interface Spread {
  /** What is no number is not taken. */
  add(value: number): void;
  /** Null while there is nothing. */
  summary(): SpreadSummary | null;
}

/** Width of a class of values, relative to 1 + value. */
const STEP = Math.log(1.02);
const DIGITS = 10;

export function createSpread(): Spread {
  const classes = new Map<number, number>();
  let count = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;

  return {
    add(value) {
      if (!Number.isFinite(value)) return;
      const at = Math.sign(value) * Math.round(Math.log1p(Math.abs(value)) / STEP);
      classes.set(at, (classes.get(at) ?? 0) + 1);
      count++;
      least = Math.min(least, value);
      most = Math.max(most, value);
    },
    summary() {
      if (count === 0) return null;
      const ascending = [...classes].toSorted(([a], [b]) => a - b);
      const quantile = (share: number) => {
        let below = 0;
        let at = 0;
        for (const [next, size] of ascending) {
          at = next;
          below += size;
          if (below >= share * count) break;
        }
        const value = Math.sign(at) * Math.expm1(Math.abs(at) * STEP);
        return tidy(Math.min(most, Math.max(least, value)));
      };
      const [p50, p99, p999] = [quantile(0.5), quantile(0.99), quantile(0.999)];
      return { count, least: tidy(least), p50, p99, p999, most: tidy(most) };
    },
  };
}

function tidy(value: number): number {
  return Math.round(value * DIGITS) / DIGITS;
}
