import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ImageError, prepareImage } from '#schema/prepare-image.ts';

const input = { scale: 0.5, kernel: 'lanczos3', maxPixels: 100_000 } as const;

/** A picture with structure in all channels, so that a wrong order or size shows. */
function picture(width: number, height: number, channels: 1 | 3 | 4 = 3) {
  const data = Uint8Array.from({ length: width * height * channels }, (_, at) => (at * 37 + (at >> 5)) % 251);
  return sharp(data, { raw: { width, height, channels } });
}

describe('preparing an image', () => {
  it('gives the same numbers for a file and its bytes, every time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lehr-prepare-'));
    try {
      const bytes = await picture(201, 99).jpeg().toBuffer();
      const path = join(folder, 'part.jpg');
      await writeFile(path, bytes);
      const [fromFile, fromBytes] = [await prepareImage(path, input), await prepareImage(bytes, input)];
      expect(fromFile).toEqual(fromBytes);
      expect(fromFile).toMatchObject({ width: 101, height: 50, originalWidth: 201, originalHeight: 99 });
      expect(fromFile.data).toHaveLength(101 * 50 * 3);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('leaves pixels as they are at scale 1', async () => {
    const original = await picture(40, 50).raw().toBuffer();
    const prepared = await prepareImage(await picture(40, 50).png().toBuffer(), { ...input, scale: 1 });
    expect(Buffer.compare(Buffer.from(prepared.data), original)).toBe(0);
  });

  it('makes three 8-bit channels of grey, 16-bit, alpha and CMYK images', async () => {
    const deep = Uint16Array.from({ length: 80 * 80 }, (_, at) => at * 10);
    const images = [
      await picture(80, 80, 1).png().toBuffer(),
      await sharp(deep, { raw: { width: 80, height: 80, channels: 1 } })
        .toColourspace('grey16')
        .png()
        .toBuffer(),
      await picture(80, 80, 4).png().toBuffer(),
      await picture(80, 80).toColourspace('cmyk').jpeg().toBuffer(),
      await picture(80, 80).webp().toBuffer(),
    ];
    for (const image of images) expect((await prepareImage(image, input)).data).toHaveLength(40 * 40 * 3);
    // Alpha is dropped, not blended: a see-through pixel keeps its colour.
    const seeThrough = sharp({
      create: { width: 80, height: 80, channels: 4, background: { r: 200, g: 100, b: 50, alpha: 0.2 } },
    });
    const { data } = await prepareImage(await seeThrough.png().toBuffer(), input);
    expect([...data.subarray(0, 3)]).toEqual([200, 100, 50]);
  });

  it('turns an image upright, as a browser shows it', async () => {
    const sideways = await picture(120, 80).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await prepareImage(sideways, input)).toMatchObject({
      width: 40,
      height: 60,
      originalWidth: 80,
      originalHeight: 120,
    });
  });

  it('names the fault of an image that is cut off, no image, absent, too large or too small', async () => {
    const whole = await picture(300, 300).jpeg({ quality: 95 }).toBuffer();
    const faults: [Uint8Array | string, RegExp][] = [
      [whole.subarray(0, whole.length / 2), /cannot be decoded \(.*\); give a whole PNG, JPEG or WebP image/],
      [Buffer.from('not an image'), /image of 12 bytes: is not an image/],
      ['/nowhere/part.png', /\/nowhere\/part\.png: is not an image \(Input file is missing/],
      [await picture(400, 300).png().toBuffer(), /400×300 px is more than maxPixels = 100000/],
      [await picture(90, 62).png().toBuffer(), /90×62 px becomes 45×31 px, less than 32 px a side/],
    ];
    for (const [image, message] of faults) {
      const error = await prepareImage(image, input).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(ImageError);
      expect((error as Error).message).toMatch(message);
    }
  });
});
