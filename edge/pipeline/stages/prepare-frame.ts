/** From the bytes of a captured image to what the model takes: hash, decode, scale, measure. */
import type { ModelInput } from '#schema/model-manifest.ts';
import { prepareImage } from '#schema/prepare-image.ts';
import type { PreparedFrame } from '../frame.ts';
import { imageStatistics } from './image-statistics.ts';

/** Throws `ImageError` when the bytes are no whole image within the model's limits. */
export async function prepareFrame(bytes: Uint8Array<ArrayBuffer>, input: ModelInput): Promise<PreparedFrame> {
  // The digest runs in a thread: a megabyte on the loop would be a late timer.
  const [digest, prepared] = await Promise.all([crypto.subtle.digest('SHA-256', bytes), prepareImage(bytes, input)]);
  return { sha256: Buffer.from(digest).toString('hex'), prepared, statistics: imageStatistics(prepared) };
}
