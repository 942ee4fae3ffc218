/** Small sets of drawn images, packed as people pack them. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import sharp from 'sharp';
import { ZipFile } from 'yazl';

/** A picture that no other seed gives. */
export function picture(seed: number, size = { width: 40, height: 30 }): Promise<Buffer> {
  const pixels = Buffer.alloc(size.width * size.height * 3);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = (at * 7 + seed * 31 + ((at * seed) >> 3)) % 256;
  return sharp(pixels, { raw: { ...size, channels: 3 } })
    .png()
    .toBuffer();
}

/** White where it is set. */
export function maskPicture(
  inside: (x: number, y: number) => boolean,
  size = { width: 40, height: 30 },
): Promise<Buffer> {
  const grey = Buffer.alloc(size.width * size.height);
  for (let at = 0; at < grey.length; at += 1) {
    grey[at] = inside(at % size.width, Math.floor(at / size.width)) ? 255 : 0;
  }
  return sharp(grey, { raw: { ...size, channels: 1 } })
    .png()
    .toBuffer();
}

export async function writeZip(path: string, files: Record<string, Buffer | string>): Promise<void> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content as string), name);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}

/** Two good images and two with defects to test on, with masks, in the layout of MVTec AD. */
export async function mvtecSet(): Promise<Record<string, Buffer>> {
  return {
    'train/good/000.png': await picture(1),
    'train/good/001.png': await picture(2),
    'test/good/000.png': await picture(3),
    'test/Crack/000.png': await picture(4),
    'test/Crack/001.png': await picture(5),
    'ground_truth/Crack/000_mask.png': await maskPicture((x, y) => x > 5 && x < 20 && y > 3 && y < 9),
    'ground_truth/Crack/001_mask.png': await maskPicture((x, y) => (x - 20) ** 2 + (y - 15) ** 2 < 60),
  };
}
