/** Images on their way to the demo's plant, as a person puts them there. */
import { createHash } from 'node:crypto';
import type { DemoClient } from './graphql-client.ts';
import { PLANT_CODE } from './setup-plant.ts';

/** One good image to learn from. */
export interface TrainingImage {
  bytes: Buffer;
  contentType: 'image/jpeg' | 'image/png';
}

const UPLOADS_AT_ONCE = 6;

/** Puts the images to the server, a few at once; gives their distinct hashes. */
export async function uploadImages(client: DemoClient, images: readonly TrainingImage[]): Promise<string[]> {
  const hashes = new Map(images.map((image) => [createHash('sha256').update(image.bytes).digest('hex'), image]));
  const queue = [...hashes];
  const worker = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const [sha256, image] = next;
      const response = await fetch(`${client.url}/images/${PLANT_CODE}/${sha256}`, {
        method: 'PUT',
        headers: { ...client.headers(), 'content-type': image.contentType },
        body: new Uint8Array(image.bytes),
        signal: AbortSignal.timeout(30_000),
      });
      if (!response.ok) throw new Error(`image ${sha256} was refused: ${response.status} ${await response.text()}`);
    }
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, worker));
  return [...hashes.keys()].sort();
}
