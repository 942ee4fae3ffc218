/** Makes the near-duplicates that leak in practice: the same photograph cut, brightened, compressed again, turned, or all of it. */
import sharp, { type Sharp } from 'sharp';
import type { Random } from '../../../server/maths/random.ts';

export const PLANTED_KINDS = ['crop', 'brightness', 'jpeg', 'rotation', 'all'] as const;
export type PlantedKind = (typeof PLANTED_KINDS)[number];

/** Of each side, of the light, of JPEG's scale and in degrees. */
const MOST_CROP = 0.1;
const MOST_BRIGHTNESS = 0.2;
const LEAST_QUALITY = 50;
const MOST_ROTATION = 3;

const between = (random: Random, low: number, high: number) => low + random() * (high - low);

/** A copy as PNG, or as JPEG where it was compressed; `all` does everything at once. Corners that a turn opens mirror the border. */
export async function plantDuplicate(file: string, kind: PlantedKind, random: Random): Promise<Buffer> {
  const does = (one: PlantedKind) => kind === one || kind === 'all';
  let picture = await sharp(file).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const next = async (change: (image: Sharp, width: number, height: number) => Sharp) => {
    const { width, height, channels } = picture.info;
    const image = sharp(picture.data, { raw: { width, height, channels } });
    picture = await change(image, width, height).raw().toBuffer({ resolveWithObject: true });
  };

  if (does('rotation')) {
    const { width, height } = picture.info;
    const margin = Math.ceil(Math.max(width, height) * 0.06);
    const border = { top: margin, bottom: margin, left: margin, right: margin };
    await next((image) => image.extend({ ...border, extendWith: 'mirror' }));
    await next((image) => image.rotate(between(random, -MOST_ROTATION, MOST_ROTATION)));
    await next((image, wide, high) =>
      image.extract({ left: (wide - width) >> 1, top: (high - height) >> 1, width, height }),
    );
  }
  if (does('crop')) {
    await next((image, width, height) => {
      const [w, h] = [width, height].map((side) => Math.round(side * (1 - between(random, 0, MOST_CROP)))) as [
        number,
        number,
      ];
      const left = Math.floor(random() * (width - w + 1));
      return image.extract({ left, top: Math.floor(random() * (height - h + 1)), width: w, height: h });
    });
  }
  if (does('brightness')) {
    const gain = 1 + between(random, -MOST_BRIGHTNESS, MOST_BRIGHTNESS);
    await next((image) => image.linear(gain, 0));
  }
  const { width, height, channels } = picture.info;
  const image = sharp(picture.data, { raw: { width, height, channels } });
  if (!does('jpeg')) return image.png().toBuffer();
  return image.jpeg({ quality: Math.round(between(random, LEAST_QUALITY, 95)) }).toBuffer();
}
