/** The conditions under which an image was taken, and whether it belongs to a cell of them. */
import { modeWord } from '#schema/packml.ts';
import type { InspectionResult } from '../pipeline/frame.ts';
import type { Quota } from './capture-policy.ts';

type Conditions = Record<string, string | number | null>;

export function conditionsOf({ cameraId, context, imageStats, position }: ConditionSource): Conditions {
  const { brightness, contrast, colourCast, sharpness } = imageStats;
  return {
    cameraId,
    productCode: context?.productCode ?? null,
    recipeCode: context?.recipeCode ?? null,
    batchCode: context?.batchCode ?? null,
    machineMode: context?.machineMode ?? null,
    speedPerMin: context?.speedPerMin ?? null,
    temperatureC: context?.temperatureC ?? null,
    humidityPercent: context?.humidityPercent ?? null,
    brightness,
    contrast,
    colourCast,
    sharpness,
    offsetXPx: position?.offsetXPx ?? null,
    offsetYPx: position?.offsetYPx ?? null,
    rotationDeg: position?.rotationDeg ?? null,
  };
}

type ConditionSource = Pick<InspectionResult, 'cameraId' | 'context' | 'imageStats' | 'position'>;

/** A range takes its lower bound in and leaves its upper one out. A condition that is not known, or that this version does not know, fits nothing. */
export function fitsCell(conditions: Conditions, cell: Quota['cell']): boolean {
  return Object.entries(cell).every(([name, wanted]) => {
    const value = conditions[name] ?? null;
    if (value === null) return false;
    if (name === 'machineMode') return modeWord(String(value)) === modeWord(String(wanted));
    if (typeof wanted !== 'object') return value === wanted;
    if (typeof value !== 'number') return false;
    return value >= (wanted.min ?? Number.NEGATIVE_INFINITY) && value < (wanted.max ?? Number.POSITIVE_INFINITY);
  });
}
