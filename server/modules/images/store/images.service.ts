/** What is known of stored images. The bytes come and go through the HTTP door. */
import type { Db } from '../../../database/database.ts';
import type { Context } from '../../../kit/context.ts';
import { type ImageKey, insertImage, selectImages } from './images.queries.ts';
import type { ImageRow, NewImage } from './images.table.ts';

/**
 * Notes an image whose file is in place and safe on disk, in the pool too; `import` when a person brought it. False when the
 * plant has it already; then nothing changes.
 */
export function recordImage(db: Db, image: NewImage, origin: 'line' | 'import' = 'line'): Promise<boolean> {
  return insertImage(db, image, origin);
}

/** The image of a plant, or null while it has not arrived. One statement for all images of an execution. */
export function loadImage(context: Context, plantId: string, sha256: Buffer): Promise<ImageRow | null> {
  const loader = context.loader<string, ImageRow | null>('images', async (names) => {
    const keys = names.map((name): ImageKey => {
      const [owner = '', hash = ''] = name.split(':');
      return { plantId: owner, sha256: hash };
    });
    const rows = await selectImages(context.db, keys);
    const byName = new Map(rows.map((row) => [`${row.plant_id}:${row.sha256.toString('hex')}`, row]));
    return names.map((name) => byName.get(name) ?? null);
  });
  return loader.load(`${plantId}:${sha256.toString('hex')}`);
}
