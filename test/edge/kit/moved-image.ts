/** An image as if the part had been shifted, turned and lit otherwise; made another way than the product compensates it. */
import sharp from 'sharp';
import type { createSeededRandom } from '../../support/seeded-random.ts';

export interface Move {
  /** The centre's, in pixels to the right and down. */
  dx: number;
  dy: number;
  /** Clockwise. */
  rotationDeg: number;
  gain?: number;
  offset?: number;
  /** Standard deviation in grey levels, with `random`. */
  noise?: number;
}

type Random = ReturnType<typeof createSeededRandom>;

/** PNG bytes. Bilinear between pixels; what was outside repeats the edge. */
export async function movedImage(
  image: Uint8Array | string,
  { dx, dy, rotationDeg, gain = 1, offset = 0, noise = 0 }: Move,
  random?: Random,
): Promise<Uint8Array<ArrayBuffer>> {
  const { data, info } = await sharp(image)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const moved = new Uint8Array(data.length);
  const angle = (rotationDeg * Math.PI) / 180;
  const centre = { x: (width - 1) / 2, y: (height - 1) / 2 };
  const at = (x: number, y: number, channel: number) => {
    const column = Math.min(width - 1, Math.max(0, x));
    const row = Math.min(height - 1, Math.max(0, y));
    return data[(row * width + column) * 3 + channel] ?? 0;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // Where this pixel was before the part moved: the inverse rotation of what is left without the shift.
      const fromX = x - centre.x - dx;
      const fromY = y - centre.y - dy;
      const u = centre.x + Math.cos(angle) * fromX + Math.sin(angle) * fromY;
      const v = centre.y - Math.sin(angle) * fromX + Math.cos(angle) * fromY;
      const [left, top] = [Math.floor(u), Math.floor(v)];
      for (let channel = 0; channel < 3; channel++) {
        const upper = at(left, top, channel) * (1 - u + left) + at(left + 1, top, channel) * (u - left);
        const lower = at(left, top + 1, channel) * (1 - u + left) + at(left + 1, top + 1, channel) * (u - left);
        const value = upper * (1 - v + top) + lower * (v - top);
        const grain = random && noise > 0 ? noise * gaussian(random) : 0;
        moved[(y * width + x) * 3 + channel] = Math.max(0, Math.min(255, Math.round(gain * value + offset + grain)));
      }
    }
  }
  return new Uint8Array(
    await sharp(moved, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 1 })
      .toBuffer(),
  );
}

/** Irwin-Hall: close enough to normal, with a variance of 1. */
function gaussian({ next }: Random): number {
  let sum = -6;
  for (let term = 0; term < 12; term++) sum += next();
  return sum;
}
