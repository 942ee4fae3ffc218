/** Regions in the shapes that layouts know: one ring, one mask, one box. */
import type { Region } from '#schema/region.ts';
import { iouOf, rasterise, traceMask } from '#schema/region-geometry.ts';
import type { Size } from './format.ts';

/** The rings of a region; a box has one of four corners, a mask those along the edges of its pixels. */
export function ringsOf(region: Region, { width, height }: Size): number[][] {
  if (region.kind === 'polygon') return region.rings;
  if (region.kind === 'mask') return traceMask(rasterise(region, width, height), width, height);
  const { x, y } = region;
  return [[x, y, x + region.width, y, x + region.width, y + region.height, x, y + region.height]];
}

/**
 * One ring for several: each is walked around, with bridges there and back along the same way, so that filling the ring (even-odd) gives
 * the pixels of all of them, holes included.
 */
export function joinRings(rings: readonly number[][]): number[] {
  const [first = [], ...others] = rings;
  if (others.length === 0) return [...first];
  const [x = 0, y = 0] = first;
  const joined = [...first, x, y];
  for (const ring of others) joined.push(...ring, ring[0] ?? 0, ring[1] ?? 0, x, y);
  return joined;
}

/** Whether filling each ring by itself gives other pixels than filling them together. */
export function hasHoles(region: Region, { width, height }: Size): boolean {
  if (region.kind !== 'polygon' || region.rings.length < 2) return false;
  const parts = region.rings.map((ring): Region => ({ ...region, rings: [ring] }));
  return iouOf([region], parts, width, height) < 1;
}

/** All regions in one bitmap. */
export function unionOf(regions: readonly Region[], { width, height }: Size): Uint8Array {
  const union = new Uint8Array(width * height);
  for (const region of regions) {
    const own = rasterise(region, width, height);
    for (let at = 0; at < own.length; at += 1) if (own[at]) union[at] = 1;
  }
  return union;
}

/** With no more digits than a hundred-thousandth of a pixel needs. */
export function rounded(value: number, digits = 5): number {
  return Number(value.toFixed(digits));
}
