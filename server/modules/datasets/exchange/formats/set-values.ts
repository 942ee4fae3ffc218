/** Values of foreign files: numbers that are numbers, regions that lie within their image. */
import type { Region } from '#schema/region.ts';
import { checkRegion } from '#schema/region-geometry.ts';
import { SetFault, type Size } from './format.ts';

/** Annotation tools let a hand slip so far over the edge; more is a mistake. */
const SLIP_PX = 1;
const LARGEST = 1e9;
const number = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i;

/** Throws for what is no finite number of a sensible size. */
export function numberOf(value: unknown, what: string): number {
  const found =
    typeof value === 'number' ? value : typeof value === 'string' && number.test(value) ? Number(value) : Number.NaN;
  if (Math.abs(found) <= LARGEST) return found;
  throw new SetFault(`${what} is ${shown(value)}: give a finite number`);
}

export function textOf(value: unknown, what: string): string {
  return wholeTextOf(value, what).slice(0, 1000).toWellFormed();
}

/** Of any length: points and run lengths, of which a part would be another shape. */
export function wholeTextOf(value: unknown, what: string): string {
  if (typeof value === 'string' && value.includes('\0')) throw new SetFault(`${what} holds U+0000: take it out`);
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw new SetFault(`${what} is ${shown(value)}: give a text`);
}

/** The elements of a list, or none where it is missing. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null || value === '' ? [] : [value];
}

export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** Cuts off what a hand slipped over the edge. Throws for everything else that is not a region of the image. */
export function fitRegion(region: Region, size: Size): Region {
  const checked = checkRegion(cut(region, size), size);
  if ('kind' in checked) return checked;
  throw new SetFault(`a region of ${region.classCode}: ${checked.field} ${checked.value} ${checked.reason}`);
}

/** Throws where the label file was made for an image of another size. */
export function checkSize(stated: { width: unknown; height: unknown }, size: Size): void {
  const width = Number(stated.width);
  const height = Number(stated.height);
  if (!(width > 0 && height > 0) || (width === size.width && height === size.height)) return;
  throw new SetFault(
    `its labels are for ${width} × ${height} pixels, the image has ${size.width} × ${size.height}: label it again, or send the image that was labelled`,
  );
}

function cut(region: Region, size: Size): Region {
  if (region.kind === 'mask') return region;
  if (region.kind === 'polygon') {
    const rings = region.rings.map((ring) =>
      ring.map((at, place) => slip(at, place % 2 === 0 ? size.width : size.height)),
    );
    return { ...region, rings };
  }
  const left = slip(region.x, size.width);
  const top = slip(region.y, size.height);
  const right = slip(region.x + region.width, size.width);
  const bottom = slip(region.y + region.height, size.height);
  return { ...region, x: left, y: top, width: right - left, height: bottom - top };
}

function slip(at: number, limit: number): number {
  if (at < 0 && at >= -SLIP_PX) return 0;
  return at > limit && at <= limit + SLIP_PX ? limit : at;
}

function shown(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))).slice(0, 60) || 'empty';
}
