/** Masks as images: black, and white where the defect is. */
import sharp from 'sharp';
import type { Region } from '#schema/region.ts';
import { encodeMask } from '#schema/region-geometry.ts';
import { SetFault, type Size } from './format.ts';

/** The mask in the image, or null when it is all black. Throws for another size. */
export async function readMaskImage(bytes: Buffer, classCode: string, size: Size): Promise<Region | null> {
  const image = sharp(bytes, { limitInputPixels: size.width * size.height, failOn: 'error' });
  const header = await image.metadata().catch(() => undefined);
  if (!header) throw new SetFault('its mask is not an image: send a PNG');
  if (header.width !== size.width || header.height !== size.height) {
    throw new SetFault(
      `its mask has ${header.width} × ${header.height} pixels, the image ${size.width} × ${size.height}: make them the same`,
    );
  }
  const grey = await image
    .flatten({ background: '#000' })
    .greyscale()
    .extractChannel(0)
    .raw()
    .toBuffer()
    .catch(() => {
      throw new SetFault('its mask is damaged: send it whole');
    });
  const bitmap = new Uint8Array(size.width * size.height);
  let pixels = 0;
  for (let at = 0; at < bitmap.length; at += 1) {
    if ((grey[at] ?? 0) < 128) continue;
    bitmap[at] = 1;
    pixels += 1;
  }
  if (pixels === 0) return null;
  return { kind: 'mask', classCode, ...size, counts: encodeMask(bitmap, size.width, size.height) };
}

export function writeMaskImage(bitmap: Uint8Array, { width, height }: Size): Promise<Buffer> {
  const grey = Buffer.from(bitmap.map((pixel) => (pixel ? 255 : 0)));
  return sharp(grey, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 9 })
    .toBuffer();
}
