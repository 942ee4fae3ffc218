/** How a camera is to look, as the API has coerced it, and whether that can be kept. */
import { checkRange, checkText, MAGNITUDE, type Refusal } from '../../../kit/check-values.ts';
import type { Band, BandedStatistic } from './camera-setups.table.ts';

type Maybe<T> = T | null | undefined;

export interface RegionInput {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface BandInput {
  min?: Maybe<number>;
  max?: Maybe<number>;
}

export interface CameraSetupInput {
  cameraId: string;
  recipeCode?: Maybe<string>;
  roi?: Maybe<RegionInput>;
  referenceSha256?: Maybe<string>;
  maxOffsetPx?: Maybe<number>;
  maxRotationDeg?: Maybe<number>;
  bands?: Maybe<Partial<Record<BandedStatistic, Maybe<BandInput>>>>;
}

/** Most that each statistic can be. */
const HIGHEST: Record<BandedStatistic, number> = { brightness: 1, contrast: 1, colourCast: 1, sharpness: MAGNITUDE };
/** A region smaller than this share shows nothing. */
const LEAST_SHARE = 0.01;

export function checkSetup(input: CameraSetupInput): Refusal | undefined {
  return (
    checkText('input.recipeCode', input.recipeCode) ??
    (input.recipeCode?.trim() === ''
      ? { field: 'input.recipeCode', value: '', reason: 'is empty; leave it out for every recipe' }
      : undefined) ??
    (input.roi ? checkRegion(input.roi) : undefined) ??
    checkRange('input.maxOffsetPx', input.maxOffsetPx ?? 1, 0.1, 10_000) ??
    checkRange('input.maxRotationDeg', input.maxRotationDeg ?? 1, 0.1, 180) ??
    checkBands(input.bands ?? {})
  );
}

function checkRegion({ x, y, width, height }: RegionInput): Refusal | undefined {
  return (
    checkRange('input.roi.x', x, 0, 1) ??
    checkRange('input.roi.y', y, 0, 1) ??
    checkRange('input.roi.width', width, LEAST_SHARE, 1 - x) ??
    checkRange('input.roi.height', height, LEAST_SHARE, 1 - y)
  );
}

function checkBands(bands: NonNullable<CameraSetupInput['bands']>): Refusal | undefined {
  for (const [name, highest] of Object.entries(HIGHEST) as [BandedStatistic, number][]) {
    const { min, max } = bands[name] ?? {};
    const path = `input.bands.${name}`;
    const refusal = checkRange(`${path}.min`, min ?? 0, 0, highest) ?? checkRange(`${path}.max`, max ?? 0, 0, highest);
    if (refusal) return refusal;
    if (typeof min === 'number' && typeof max === 'number' && min >= max)
      return { field: `${path}.max`, value: String(max), reason: `is not above ${min}; send a greater one` };
  }
  return undefined;
}

/** Only bands that bound something. */
export function storedBands(bands: CameraSetupInput['bands']): Partial<Record<BandedStatistic, Band>> {
  const stored: Partial<Record<BandedStatistic, Band>> = {};
  for (const name of Object.keys(HIGHEST) as BandedStatistic[]) {
    const { min = null, max = null } = bands?.[name] ?? {};
    if (min !== null || max !== null) stored[name] = { min, max };
  }
  return stored;
}
