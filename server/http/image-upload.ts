/** PUT /images/PLANT/SHA256: streams to disk, verifies hash, size and that it is an image, then moves it into place. */
import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Context } from '../kit/context.ts';
import { newId } from '../kit/ids.ts';
import { imagePath, incomingFolder } from '../kit/paths.ts';
import { checkImageFile, ImageFault, type ImageHeader, settleImageFile } from '../modules/images/store/image-file.ts';
import { recordImage } from '../modules/images/store/images.service.ts';
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
    await settleImageFile(temporary, target);
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
    if (isNew) await settleImageFile(temporary, target);
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

/** Throws `HttpRefusal` 422 for what is no image that can be kept. */
function checkImage(path: string, maxPixels: number, sha256: string): Promise<ImageHeader> {
  return checkImageFile(path, maxPixels).catch((error: unknown) => {
    if (!(error instanceof ImageFault)) throw error;
    throw new HttpRefusal(422, { field: 'body', value: sha256, remedy: error.message });
  });
}
