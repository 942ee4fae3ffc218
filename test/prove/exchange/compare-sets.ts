/** What a plant has of a set, and how far the same set in another plant is from it. */
import { sql } from 'kysely';
import type { Region } from '../../../schema/region.ts';
import { boundsOf, rasterise } from '../../../schema/region-geometry.ts';
import type { Db } from '../../../server/database/database.ts';

export interface HeldImage {
  sha256: string;
  label: string;
  split: string;
  width: number;
  height: number;
  regions: Region[];
}

/** Items of the newest version of each dataset of the plant, by dataset and hash. */
export async function heldImages(db: Db, plantId: string): Promise<Map<string, HeldImage[]>> {
  const { rows } = await sql<HeldImage & { dataset: string }>`
    SELECT d.code AS dataset, encode(i.image_sha256, 'hex') AS sha256, i.label, i.split, image.width, image.height, a.regions
    FROM dataset_item i
    JOIN dataset_version v ON v.id = i.dataset_version_id
    JOIN dataset d ON d.id = v.dataset_id
    JOIN image ON image.plant_id = i.plant_id AND image.sha256 = i.image_sha256
    JOIN label_decision l ON l.id = i.decision_id
    JOIN annotation a ON a.id = l.annotation_id
    WHERE i.plant_id = ${plantId}::uuid ORDER BY d.code, i.image_sha256
  `.execute(db);
  return Map.groupBy(rows, ({ dataset }) => dataset);
}

export interface Differences {
  images: number;
  /** Images that are there once only, or with another label, split or number of regions. */
  missing: number;
  otherLabel: number;
  otherSplit: number;
  otherRegions: number;
  /** Largest distance between the sides of two boxes. */
  boxPx: number;
  /** Pixels of masks that differ, and those of them that lie more than one pixel from the border. */
  maskPixels: number;
  beyondBorder: number;
}

export function compareSets(one: readonly HeldImage[], other: readonly HeldImage[]): Differences {
  const found: Differences = {
    images: one.length,
    missing: 0,
    otherLabel: 0,
    otherSplit: 0,
    otherRegions: 0,
    boxPx: 0,
    maskPixels: 0,
    beyondBorder: 0,
  };
  const byHash = new Map(other.map((image) => [image.sha256, image]));
  found.missing += other.length - byHash.size;
  for (const image of one) {
    const again = byHash.get(image.sha256);
    byHash.delete(image.sha256);
    if (!again) {
      found.missing += 1;
      continue;
    }
    if (again.label !== image.label) found.otherLabel += 1;
    if (again.split !== image.split) found.otherSplit += 1;
    if (again.regions.length !== image.regions.length) found.otherRegions += 1;
    else compareRegions(image, again, found);
  }
  found.missing += byHash.size;
  return found;
}

function compareRegions(image: HeldImage, again: HeldImage, found: Differences): void {
  const { width, height } = image;
  for (const [at, region] of image.regions.entries()) {
    const other = again.regions[at];
    if (!other) continue;
    const [a, b] = [boundsOf(region), boundsOf(other)];
    const sides = [a.x - b.x, a.y - b.y, a.x + a.width - b.x - b.width, a.y + a.height - b.y - b.height];
    found.boxPx = Math.max(found.boxPx, ...sides.map(Math.abs));
    if (region.kind === 'box' || other.kind === 'box') continue;
    const [one, two] = [rasterise(region, width, height), rasterise(other, width, height)];
    for (let pixel = 0; pixel < one.length; pixel += 1) {
      if (one[pixel] === two[pixel]) continue;
      found.maskPixels += 1;
      if (!isAtBorder(one, width, height, pixel)) found.beyondBorder += 1;
    }
  }
}

/** Whether a neighbour has the other value. */
function isAtBorder(bitmap: Uint8Array, width: number, height: number, pixel: number): boolean {
  const [x, y] = [pixel % width, Math.floor(pixel / width)];
  for (let dy = -1; dy <= 1; dy += 1) {
    for (let dx = -1; dx <= 1; dx += 1) {
      const [nx, ny] = [x + dx, y + dy];
      if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
      if (bitmap[ny * width + nx] !== bitmap[pixel]) return true;
    }
  }
  return false;
}
