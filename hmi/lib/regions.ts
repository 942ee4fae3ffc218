/** Regions of the contract and their pixels, for screens. */
export type { Region } from '#schema/region.ts';
export { decodeMask, encodeMask, rasterise, traceMask } from '#schema/region-geometry.ts';
