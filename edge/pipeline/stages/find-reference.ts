/** Reference images, decoded once for each model scale and region, and kept while they are in use. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ModelInput } from '#schema/model-manifest.ts';
import { prepareImage } from '#schema/prepare-image.ts';
import type { CameraSetup } from '../camera-setup.ts';
import { prepareReference, type Reference } from './locate.ts';
import { type FindReference, windowOf } from './prepare-frame.ts';

/** Recipes of the cameras that one model serves. */
const MAX_KEPT = 64;

/** The bytes that are hashed are the bytes that are decoded. */
export function createReferences(): FindReference {
  const kept = new Map<string, Promise<Reference>>();
  return (setup, input) => {
    const key = JSON.stringify([setup.reference?.sha256, setup.roi, input]);
    const found = kept.get(key) ?? load(setup, input);
    // The least recently used goes first; one that could not be loaded is tried again.
    kept.delete(key);
    kept.set(key, found);
    found.catch(() => kept.delete(key));
    for (const oldest of kept.keys()) {
      if (kept.size <= MAX_KEPT) break;
      kept.delete(oldest);
    }
    return found;
  };
}

async function load({ reference, roi }: CameraSetup, input: ModelInput): Promise<Reference> {
  if (!reference) throw new Error('the setup names none');
  const bytes = await readFile(reference.path);
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== reference.sha256) throw new Error(`${reference.path} has another SHA-256 than the plan says`);
  const image = await prepareImage(bytes, input);
  return prepareReference(image, windowOf(roi, image));
}
