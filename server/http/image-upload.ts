/** PUT /images/PLANT/SHA256: streams to disk, verifies hash, size and that it is an image, then moves it into place. */
import { createHash } from 'node:crypto';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { Context } from '../kit/context.ts';
import { newId } from '../kit/ids.ts';
import { imagePath, incomingFolder } from '../kit/paths.ts';
import { recordImage } from '../modules/images/images.service.ts';
import type { ImageFormat } from '../modules/images/images.table.ts';
import { HttpRefusal } from './answers.ts';
import { bodyParts } from './request-body.ts';

/** Stores the body as an image of the plant. True when it is new to the plant. Throws `HttpRefusal` and leaves nothing behind. */
export async function storeImage(
  context: Context,
  request: IncomingMessage,
  plantId: string,
  sha256: string,
): Promise<boolean> {
  const { home, limits } = context.config;
  const temporary = join(incomingFolder(home), newId());
  try {
    const bytes = await receive(request, temporary, limits.imageBytes, sha256);
    const header = await checkImage(temporary, limits.imagePixels, sha256);
    const target = imagePath(home, plantId, sha256);
    await settle(temporary, target);
    const image = {
      plant_id: plantId,
      sha256: Buffer.from(sha256, 'hex'),
      format: header.format,
      size_bytes: bytes,
      width: header.width,
      height: header.height,
      received_at: context.now(),
    };
    const isNew = await recordImage(context.db, image, context.rights.edgeNodeId === null ? 'import' : 'line');
    // retention may have taken away, since then, the file that was there
    if (isNew) await settle(temporary, target);
    return isNew;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Hashes while it writes, so that a wrong body never has a name. Returns the number of bytes. */
async function receive(request: IncomingMessage, path: string, maxBytes: number, sha256: string): Promise<number> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const part of bodyParts(request, { bytes: maxBytes, name: 'LEHR_LIMIT_IMAGE_BYTES' })) {
      bytes += part.length;
      hash.update(part);
      await file.writeFile(part);
    }
    // on the disk, not in its cache, before anybody is told that it is safe
    await file.sync();
  } finally {
    await file.close();
  }
  const actual = hash.digest('hex');
  if (actual !== sha256) {
    throw new HttpRefusal(422, {
      field: 'sha256',
      value: sha256,
      remedy: `the body has the hash ${actual}: send it there`,
    });
  }
  return bytes;
}

const formats: readonly string[] = ['png', 'jpeg', 'webp'] satisfies ImageFormat[];

/** Decodes it whole: a header alone would let truncated files through. Runs in libuv's threads. */
async function checkImage(
  path: string,
  maxPixels: number,
  sha256: string,
): Promise<{ format: ImageFormat; width: number; height: number }> {
  const refuse = (remedy: string) => new HttpRefusal(422, { field: 'body', value: sha256, remedy });
  const options = { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true } as const;
  const header = await sharp(path, options)
    .metadata()
    .catch(() => undefined);
  if (!header || !formats.includes(header.format)) throw refuse('send a PNG, JPEG or WebP image');
  const { width, height, pages = 1 } = header;
  if (pages > 1) throw refuse('send a still image');
  if (width * height > maxPixels) throw refuse(`send at most ${maxPixels} pixels (LEHR_LIMIT_IMAGE_PIXELS)`);
  // averages every row into one pixel: the whole image is decoded, in little memory
  await sharp(path, options)
    .resize({ width: 1, height: 1, fit: 'fill', fastShrinkOnLoad: false })
    .raw()
    .toBuffer()
    .catch(() => {
      throw refuse('the image is damaged or cut short: send it whole');
    });
  return { format: header.format as ImageFormat, width, height };
}

/** Moves it into place and makes the move itself safe. A file that is there already has the same bytes. */
async function settle(temporary: string, target: string): Promise<void> {
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
