/** How far the images of a camera are from the bands that its recipe gives them: pure. */

export interface StatisticBand {
  min: number | null;
  max: number | null;
}

export interface BandDistance {
  /** 1 at the edge of the worst statistic's band, above it outside; 0 in the middle, and where there is no band. */
  ratio: number;
  statistic: string | null;
  value: number | null;
  band: StatisticBand | null;
}

/** The worst of the statistics. One that was not measured, or has no band, says nothing. */
export function distanceFromBands(
  medians: Readonly<Record<string, number | null>>,
  bands: Readonly<Record<string, StatisticBand | null | undefined>>,
): BandDistance {
  let worst: BandDistance = { ratio: 0, statistic: null, value: null, band: null };
  for (const [statistic, value] of Object.entries(medians)) {
    const band = bands[statistic];
    if (value === null || !band) continue;
    const ratio = distanceFromBand(value, band);
    if (ratio > worst.ratio) worst = { ratio, statistic, value, band };
  }
  return worst;
}

/** With both ends the distance from the middle in half widths; with one end how much of the way to it is gone. */
function distanceFromBand(value: number, { min, max }: StatisticBand): number {
  if (min !== null && max !== null) {
    const half = (max - min) / 2;
    const distance = Math.abs(value - (min + max) / 2);
    return half > 0 ? distance / half : distance > 0 ? Number.MAX_VALUE : 1;
  }
  if (max !== null) return ratioOf(value, max);
  return min === null ? 0 : ratioOf(min, value);
}

/** Of quantities that are not negative; below both, nothing is near its limit. */
function ratioOf(value: number, limit: number): number {
  if (value <= 0) return limit < value ? Number.MAX_VALUE : 0;
  return limit > 0 ? value / limit : Number.MAX_VALUE;
}
