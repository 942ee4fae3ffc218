import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createPictureWatch } from '../../edge/devices/picture-watch.ts';
import { readPicture, type Size } from '../../edge/devices/read-picture.ts';

/** Noise, as each sensor gives it. */
function shot(seed: number, { width, height }: Size = { width: 64, height: 48 }) {
  const data = Buffer.from(
    Array.from({ length: width * height * 3 }, (_, at) => (at * 31 + seed * 17 * (at % 7)) % 256),
  );
  return sharp(data, { raw: { width, height, channels: 3 } });
}

const jpeg = async (seed: number, size?: Size, takenAt = '09:00') =>
  await shot(seed, size)
    .jpeg()
    .withExif({ IFD0: { DateTime: takenAt, ImageDescription: takenAt } })
    .toBuffer();

describe('reading a picture without decoding it', () => {
  it('finds the size and the picture itself of JPEG and PNG, and nothing in other bytes', async () => {
    for (const picture of [
      await jpeg(1),
      await shot(1).jpeg({ progressive: true }).toBuffer(),
      await shot(1).png().toBuffer(),
    ]) {
      const { size, data } = readPicture(picture);
      expect(size).toEqual({ width: 64, height: 48 });
      expect(data.byteLength).toBeLessThan(picture.byteLength);
      expect(data.byteLength).toBeGreaterThan(100);
    }
    for (const bytes of [Buffer.alloc(0), Buffer.from('<html>'), await shot(1).webp().toBuffer()])
      expect(readPicture(bytes)).toEqual({ size: undefined, data: bytes });
  });

  it('ends with any bytes, however a picture is cut or changed', async () => {
    for (const picture of [await jpeg(1), await shot(1).png().toBuffer()]) {
      for (let length = 0; length < Math.min(1_000, picture.length); length++) {
        readPicture(picture.subarray(0, length));
        const changed = Buffer.from(picture);
        changed[length] = 255 - (changed[length] ?? 0);
        readPicture(changed);
      }
    }
  });
});

describe('watching a live camera', () => {
  const noSetup = () => undefined;

  it('refuses the same picture, in a row, between two buffers and under another date', async () => {
    const watch = createPictureWatch(noSetup);
    expect(watch.check(await jpeg(1, undefined, '10:00:00'))).toBeUndefined();
    expect(watch.check(await jpeg(1, undefined, '10:00:00'))).toMatch(/same image again/);
    expect(watch.check(await jpeg(1, undefined, '10:00:01.5'))).toMatch(/same image again/);
    expect(watch.check(await jpeg(2))).toBeUndefined();
    expect(watch.check(await jpeg(1))).toMatch(/same image again/);
    expect(watch.check(await jpeg(2))).toMatch(/same image again/);
    expect(watch.check(await jpeg(3))).toBeUndefined();
    expect(watch.check(Buffer.alloc(0))).toMatch(/empty image/);
  });

  it('refuses another size than that of the first five alike, until the old one is back', async () => {
    const watch = createPictureWatch(noSetup);
    const turned = { width: 48, height: 64 };
    // The very first images of some cameras are small.
    expect(watch.check(await jpeg(0, turned))).toBeUndefined();
    for (let seed = 1; seed <= 5; seed++) expect(watch.check(await jpeg(seed))).toBeUndefined();
    expect(watch.check(await jpeg(6, turned))).toMatch(/48 × 64 px instead of 64 × 48 px; set its resolution back/);
    expect(watch.check(await jpeg(7, turned))).toMatch(/48 × 64 px/);
    expect(watch.check(await jpeg(8))).toBeUndefined();
  });

  it('refuses another size than that of the reference from the first image on', async () => {
    let reference: Size | undefined = { width: 128, height: 96 };
    const watch = createPictureWatch(() => reference);
    expect(watch.check(await jpeg(1))).toMatch(/gives 64 × 48 px, the reference image of its set-up has 128 × 96 px/);
    reference = { width: 64, height: 48 };
    expect(watch.check(await jpeg(2))).toBeUndefined();
  });
});
