/** Image files on their way into the store: whether they are images, and the move that makes them safe. */
import { access, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import sharp from 'sharp';
import type { ImageFormat } from './images.table.ts';

/** Why a file is not taken as an image; the message says what to do. */
export class ImageFault extends Error {}

export interface ImageHeader {
  format: ImageFormat;
  width: number;
  height: number;
}

const formats: readonly string[] = ['png', 'jpeg', 'webp'] satisfies ImageFormat[];

/** Decodes it whole: a header alone would let truncated files through. Runs in libuv's threads. Throws `ImageFault`. */
export async function checkImageFile(path: string, maxPixels: number): Promise<ImageHeader> {
  const options = { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true } as const;
  const header = await sharp(path, options)
    .metadata()
    .catch(() => undefined);
  if (!header || !formats.includes(header.format)) throw new ImageFault('send a PNG, JPEG or WebP image');
  const { width, height, pages = 1 } = header;
  if (pages > 1) throw new ImageFault('send a still image');
  if (width * height > maxPixels) throw new ImageFault(`send at most ${maxPixels} pixels (LEHR_LIMIT_IMAGE_PIXELS)`);
  // averages every row into one pixel: the whole image is decoded, in little memory
  await sharp(path, options)
    .resize({ width: 1, height: 1, fit: 'fill', fastShrinkOnLoad: false })
    .raw()
    .toBuffer()
    .catch(() => {
      throw new ImageFault('the image is damaged or cut short: send it whole');
    });
  return { format: header.format as ImageFormat, width, height };
}

/** Moves it into place and makes the move itself safe. A file that is there already has the same bytes. */
export async function settleImageFile(temporary: string, target: string): Promise<void> {
  const isThere = await access(target).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  const folder = dirname(target);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await rename(temporary, target);
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
