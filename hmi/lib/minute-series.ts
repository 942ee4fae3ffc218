/** The last hour, minute by minute, with a gap where the server has no bucket. */

const MINUTE_MS = 60_000;
const MINUTES = 60;

interface MinuteBucket {
  bucket: string;
  total: number;
  rejectRate: number | null;
  rejectRateLow?: number | null;
  rejectRateHigh?: number | null;
}

export interface MinuteSeries {
  /** Start of each minute in seconds since the epoch, oldest first; the last is the present, unfinished minute. */
  seconds: number[];
  /** Share of rejects, 0 to 1; null where no part passed. */
  rate: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
}

/** `nowMs` by the server's clock: gaps at the end, where the line stands still, count as gaps too. */
export function minuteSeries(buckets: readonly MinuteBucket[], nowMs: number): MinuteSeries {
  const byMinute = new Map(buckets.map((bucket) => [Math.floor(Date.parse(bucket.bucket) / MINUTE_MS), bucket]));
  const last = Math.floor(nowMs / MINUTE_MS);
  const series: MinuteSeries = { seconds: [], rate: [], low: [], high: [] };
  for (let minute = last - MINUTES + 1; minute <= last; minute += 1) {
    const bucket = byMinute.get(minute);
    const isFilled = bucket !== undefined && bucket.total > 0;
    series.seconds.push((minute * MINUTE_MS) / 1000);
    series.rate.push(isFilled ? bucket.rejectRate : null);
    series.low.push(isFilled ? (bucket.rejectRateLow ?? null) : null);
    series.high.push(isFilled ? (bucket.rejectRateHigh ?? null) : null);
  }
  return series;
}

/** Position of the newest value, if any. */
export function lastFilled(values: readonly (number | null)[]): number | undefined {
  const index = values.findLastIndex((value) => value !== null);
  return index < 0 ? undefined : index;
}

/** Runs of neighbouring values: what may be joined by a line. */
export function runs(values: readonly (number | null)[]): { index: number; value: number }[][] {
  const found: { index: number; value: number }[][] = [];
  let run: { index: number; value: number }[] = [];
  values.forEach((value, index) => {
    if (value === null) {
      if (run.length > 0) found.push(run);
      run = [];
    } else {
      run.push({ index, value });
    }
  });
  if (run.length > 0) found.push(run);
  return found;
}

/** Upper end of a rate axis: calm while rates are low, never clipping the line. At most 1. */
export function rateCeiling(values: readonly (number | null)[]): number {
  const highest = values.reduce<number>((top, value) => Math.max(top, value ?? 0), 0);
  const steps = [0.02, 0.05, 0.1, 0.2, 0.5];
  return steps.find((step) => step >= highest * 1.1) ?? 1;
}
