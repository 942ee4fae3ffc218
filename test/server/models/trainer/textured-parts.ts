/** Small rendered parts with a texture: enough of an image to teach and test a model in seconds. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { createSeededRandom } from '../../../support/seeded-random.ts';

export const PART_PX = 96;

/** A disc with rings on a plain ground, its place, brightness and grain varying; a defect is a dark scratch across it. */
export function partPixels(seed: number, isDefective = false): Uint8Array {
  const random = createSeededRandom(seed);
  const [x0, y0] = [PART_PX / 2 + random.normal() * 2, PART_PX / 2 + random.normal() * 2];
  const brightness = 130 + random.normal() * 8;
  const [scratchX, slope] = [x0 - 15 + random.next() * 30, random.next() - 0.5];
  const pixels = new Uint8Array(PART_PX * PART_PX * 3);
  for (let y = 0; y < PART_PX; y++) {
    for (let x = 0; x < PART_PX; x++) {
      const radius = Math.hypot(x - x0, y - y0);
      const isScratch = isDefective && Math.abs(x - scratchX - slope * (y - y0)) < 2 && Math.abs(y - y0) < 18;
      const part = radius < 36 ? brightness + 30 * Math.cos(radius / 4) : 60;
      const value = (isScratch ? 15 : part) + random.normal() * 6;
      const at = (y * PART_PX + x) * 3;
      pixels.set(
        [value, value * 0.9, value * 0.8].map((channel) => Math.min(Math.max(Math.round(channel), 0), 255)),
        at,
      );
    }
  }
  return pixels;
}

/** Writes `count` PNG files of parts with seeds from `firstSeed` on and gives their paths. */
export async function writeParts(
  folder: string,
  count: number,
  firstSeed: number,
  isDefective = false,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const paths = Array.from({ length: count }, (_, index) => join(folder, `${String(index).padStart(3, '0')}.png`));
  for (const [index, path] of paths.entries()) {
    const raw = { width: PART_PX, height: PART_PX, channels: 3 as const };
    await sharp(partPixels(firstSeed + index, isDefective), { raw })
      .png()
      .toFile(path);
  }
  return paths;
}

/** Small enough for tests, otherwise as in the product. */
export const SMALL_OPTIONS = {
  sidePx: 96,
  memory: 150,
  candidates: 1500,
  pooledPatches: 8000,
  dimensions: 48,
  folds: 3,
};
