/** Regions as callers send them, checked against the image. */
import type { Region } from '../../../../schema/region.ts';
import { checkRegion } from '../../../../schema/region-geometry.ts';
import { InvalidInputError } from '../../../kit/errors.ts';

type Maybe<T> = T | null | undefined;

export interface RegionInput {
  classCode: string;
  box?: Maybe<{ x: number; y: number; width: number; height: number }>;
  polygon?: Maybe<{ rings: readonly (readonly number[])[] }>;
  mask?: Maybe<{ width: number; height: number; counts: string }>;
}

/** Throws `InvalidInputError` that names the region and its member. */
export function readRegions(
  input: readonly RegionInput[],
  size: { width: number; height: number },
  most: number,
  field: string,
): Region[] {
  if (input.length > most)
    throw new InvalidInputError(field, input.length, `draw at most ${most} regions (LEHR_LIMIT_LABEL_REGIONS)`);
  return input.map((each, index) => {
    const at = `${field}[${index}]`;
    const region = checkRegion(shapeOf(each, at), size);
    if ('reason' in region)
      throw new InvalidInputError(`${at}.${region.field}`, region.value, `it ${region.reason}; draw it again`);
    return region;
  });
}

function shapeOf({ classCode, box, polygon, mask }: RegionInput, at: string): object {
  const given = [box, polygon, mask].filter((shape) => shape !== null && shape !== undefined);
  if (given.length !== 1)
    throw new InvalidInputError(at, `${given.length} shapes`, 'give exactly one of box, polygon and mask');
  if (box) return { kind: 'box', classCode, ...box };
  if (polygon) return { kind: 'polygon', classCode, ...polygon };
  return { kind: 'mask', classCode, ...mask };
}
