/** What the modules above know of images that a camera's setup names. */
import type { Context } from '../../../kit/context.ts';
import { defineHook } from '../../../kit/hook.ts';

/** The stored image of the plant, or null while it has not arrived. */
export const loadImage = defineHook<[context: Context, plantId: string, sha256: Buffer], Promise<object | null>>(
  'loadImage',
);
