/** How well distances tell defects from good parts. Higher means more anomalous throughout. */

/** Probability that a defect scores above a good part, ties count half (Mann and Whitney 1947). NaN when one side is empty. */
export function auroc(defects: readonly number[], good: readonly number[]): number {
  const all = [
    ...defects.map((value) => ({ value, isDefect: true })),
    ...good.map((value) => ({ value, isDefect: false })),
  ];
  all.sort((a, b) => a.value - b.value);
  let goodBelow = 0;
  let wins = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to++;
    const tied = all.slice(from, to);
    const tiedDefects = tied.filter((item) => item.isDefect).length;
    wins += tiedDefects * (goodBelow + (tied.length - tiedDefects) / 2);
    goodBelow += tied.length - tiedDefects;
    from = to;
  }
  return wins / (defects.length * good.length);
}

/** Share of defects above the lowest threshold that rejects at most `rate` of the good parts. */
export function recallAt(rate: number, defects: readonly number[], good: readonly number[]): number {
  const sorted = good.toSorted((a, b) => b - a);
  const threshold = sorted[Math.floor(rate * sorted.length)] ?? Number.NEGATIVE_INFINITY;
  return defects.filter((value) => value > threshold).length / defects.length;
}

export interface PixelCounter {
  add(value: number, isDefect: boolean): void;
  /** Area under the curve over all pixels added; null when one of the classes never came. */
  auroc(): number | null;
}

/** Pixels are too many to sort: values are counted by the leading 19 bits of their float32 pattern, which keeps order. */
export function createPixelCounter(): PixelCounter {
  const SHIFT = 12;
  const BINS = 2 ** (31 - SHIFT);
  const defects = new Float64Array(BINS);
  const good = new Float64Array(BINS);
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  return {
    /** `value` ≥ 0. */
    add(value, isDefect) {
      float[0] = Math.max(value, 0);
      const bin = ((bits[0] ?? 0) & 0x7fffffff) >>> SHIFT;
      const counts = isDefect ? defects : good;
      counts[bin] = (counts[bin] ?? 0) + 1;
    },
    auroc() {
      let goodBelow = 0;
      let defectCount = 0;
      let wins = 0;
      for (let bin = 0; bin < BINS; bin++) {
        const [here, goodHere] = [defects[bin] ?? 0, good[bin] ?? 0];
        wins += here * (goodBelow + goodHere / 2);
        goodBelow += goodHere;
        defectCount += here;
      }
      return goodBelow > 0 && defectCount > 0 ? wins / (goodBelow * defectCount) : null;
    },
  };
}
