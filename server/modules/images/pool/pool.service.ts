/** The pool's door for other modules: rows of images, what results and labels change in them, and imports. */
import type { Trx } from '../../../database/database.ts';
import type { Context } from '../../../kit/context.ts';
import type { ProductionChange } from '../../line/inspections/batch-factors.ts';
import { findInspections, type ReadInspection } from '../../line/inspections/inspections.service.ts';
import { type PooledRevision, updatePooledCaptures, updatePooledProduction } from './follow-results.queries.ts';
import {
  type ImportedImage,
  insertImports,
  type LabelStateChange,
  selectPoolImages,
  updateLabelStates,
} from './pool.queries.ts';
import type { PoolImageRow } from './pool.table.ts';

export type { ImportedImage, LabelStateChange };

/** The row of an image in the pool, or null. One statement for all images of an execution. */
export function loadPoolImage(context: Context, plantId: string, sha256: Buffer): Promise<PoolImageRow | null> {
  const loader = context.loader<string, PoolImageRow | null>('pool images', async (names) => {
    const rows = await selectPoolImages(context.db, names.map(splitName));
    const byName = new Map(rows.map((row) => [`${row.plant_id}:${row.image_sha256.toString('hex')}`, row]));
    return names.map((name) => byName.get(name) ?? null);
  });
  return loader.load(`${plantId}:${sha256.toString('hex')}`);
}

/** Rows of images by their keys `plant:sha256`, in the order of the keys; null for what is not there. */
export async function findPoolImages(
  { db, rights }: Pick<Context, 'db' | 'rights'>,
  keys: readonly string[],
): Promise<(PoolImageRow | null)[]> {
  const visible = keys.map(splitName).filter(({ plantId }) => rights.rolesIn(plantId).size > 0);
  const rows = visible.length === 0 ? [] : await selectPoolImages(db, visible);
  const byName = new Map(rows.map((row) => [`${row.plant_id}:${row.image_sha256.toString('hex')}`, row]));
  return keys.map((key) => byName.get(key) ?? null);
}

/** The first inspection that named the image, or null. One statement for all images of an execution. */
export function loadNamingInspection(context: Context, image: PoolImageRow): Promise<ReadInspection | null> {
  if (image.inspection_id === null) return Promise.resolve(null);
  const loader = context.loader<string, ReadInspection | null>('inspections of the pool', (keys) =>
    findInspections(context, keys),
  );
  return loader.load(`${image.plant_id}:${image.inspection_id}`);
}

/**
 * Records images that a person brought, whose files are in place: the image and its row in the pool. Gives the hashes (hexadecimal)
 * of those that are new to the plant; of the others nothing changes.
 */
export function addImports(trx: Trx, rows: readonly ImportedImage[]): Promise<string[]> {
  return rows.length === 0 ? Promise.resolve([]) : insertImports(trx, rows);
}

/** Writes what the labels say now, in their transaction. */
export async function setLabelStates(trx: Trx, plantId: string, changes: readonly LabelStateChange[]): Promise<void> {
  if (changes.length > 0) await updateLabelStates(trx, plantId, changes);
}

/** Follows a correction of a line's production, in its transaction. */
export async function correctPooled(
  trx: Trx,
  range: { lineId: string; from: Date; to: Date },
  change: ProductionChange,
): Promise<void> {
  await updatePooledProduction(trx, range, change);
}

/** Follows what became of captures, in the transaction that records it. */
export async function revisePooled(trx: Trx, plantId: string, revisions: readonly PooledRevision[]): Promise<void> {
  if (revisions.length > 0) await updatePooledCaptures(trx, plantId, revisions);
}

function splitName(name: string): { plantId: string; sha256: string } {
  const [plantId = '', sha256 = ''] = name.split(':');
  return { plantId, sha256 };
}
