/** Every SQL statement about rows of the pool by their keys: rows in, rows out, no rules. */
import { sql } from 'kysely';
import { byteaArray, plainArray, textArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import { batchFactorNames, batchFactors } from '../../line/inspections/batch-factors.ts';
import type { PoolImageRow } from './pool.table.ts';

export interface PoolKey {
  plantId: string;
  /** Hexadecimal digits. */
  sha256: string;
}

export async function selectPoolImages(db: Db, keys: readonly PoolKey[]): Promise<PoolImageRow[]> {
  const { rows } = await sql<PoolImageRow>`
    SELECT p.* FROM unnest(
      ${plainArray(keys.map((key) => key.plantId))}::uuid[], ${byteaArray(keys.map((key) => key.sha256))}::bytea[]
    ) AS k (plant_id, sha256)
    JOIN pool_image p ON p.plant_id = k.plant_id AND p.image_sha256 = k.sha256
  `.execute(db);
  return rows;
}

/** An image that a person brought. Times in milliseconds since 1970. */
export interface ImportedImage {
  plantId: string;
  /** Hexadecimal digits. */
  sha256: string;
  format: 'png' | 'jpeg' | 'webp';
  sizeBytes: number;
  width: number;
  height: number;
  importId: string | null;
  sourcePath: string | null;
  capturedAtMs: number;
  receivedAtMs: number;
  productId?: string | null;
  batchId?: string | null;
}

/** Image and row of the pool together. Gives the hashes of those that are new. */
export async function insertImports(trx: Trx, images: readonly ImportedImage[]): Promise<string[]> {
  const times = (pick: (image: ImportedImage) => number) =>
    plainArray(images.map((image) => new Date(pick(image)).toISOString()));
  const { rows } = await sql<{ sha256: Buffer }>`
    WITH given AS (
      SELECT DISTINCT ON (g.plant_id, g.sha256) g.* FROM unnest(
        ${plainArray(images.map((image) => image.plantId))}::uuid[], ${byteaArray(images.map((image) => image.sha256))}::bytea[],
        ${plainArray(images.map((image) => image.format))}::text[], ${plainArray(images.map((image) => image.sizeBytes))}::bigint[],
        ${plainArray(images.map((image) => image.width))}::integer[], ${plainArray(images.map((image) => image.height))}::integer[],
        ${plainArray(images.map((image) => image.importId))}::uuid[], ${textArray(images.map((image) => image.sourcePath))}::text[],
        ${times((image) => image.capturedAtMs)}::timestamptz[], ${times((image) => image.receivedAtMs)}::timestamptz[],
        ${plainArray(images.map((image) => image.productId ?? null))}::uuid[],
        ${plainArray(images.map((image) => image.batchId ?? null))}::uuid[]
      ) AS g (plant_id, sha256, format, size_bytes, width, height, import_id, source_path, captured_at, received_at, product_id, batch_id)
      ORDER BY g.plant_id, g.sha256
    ), stored AS (
      INSERT INTO image (plant_id, sha256, format, size_bytes, width, height, received_at)
      SELECT plant_id, sha256, format, size_bytes, width, height, received_at FROM given
      ON CONFLICT (plant_id, sha256) DO UPDATE SET deleted_at = NULL, received_at = excluded.received_at
        WHERE image.deleted_at IS NOT NULL
      RETURNING plant_id, sha256
    ), pooled AS (
      INSERT INTO pool_image (
        plant_id, image_sha256, origin, import_id, source_path, captured_at, received_at, width, height, size_bytes, product_id, batch_id${batchFactorNames}
      )
      SELECT g.plant_id, g.sha256, 'import', g.import_id, g.source_path, g.captured_at, g.received_at, g.width, g.height, g.size_bytes,
        g.product_id, g.batch_id${batchFactors('b')}
      FROM given g LEFT JOIN material_batch b ON b.id = g.batch_id JOIN stored s ON s.plant_id = g.plant_id AND s.sha256 = g.sha256
      ON CONFLICT (plant_id, image_sha256) DO UPDATE SET deleted_at = NULL WHERE pool_image.deleted_at IS NOT NULL
    )
    SELECT sha256 FROM stored
  `.execute(trx);
  return rows.map(({ sha256 }) => sha256.toString('hex'));
}

export interface LabelStateChange {
  /** Hexadecimal digits. */
  sha256: string;
  state: PoolImageRow['label_state'];
  /** Given exactly with the state `labelled`. */
  label: string | null;
  at: Date | null;
}

export async function updateLabelStates(
  trx: Trx,
  plantId: string,
  changes: readonly LabelStateChange[],
): Promise<void> {
  const labelled = (change: LabelStateChange) => change.state === 'labelled';
  await sql`
    UPDATE pool_image p SET label_state = c.state, label = c.label, labelled_at = c.labelled_at
    FROM unnest(
      ${byteaArray(changes.map(({ sha256 }) => sha256))}::bytea[], ${plainArray(changes.map(({ state }) => state))}::text[],
      ${textArray(changes.map((change) => (labelled(change) ? change.label : null)))}::text[],
      ${plainArray(changes.map((change) => (labelled(change) && change.at ? change.at.toISOString() : null)))}::timestamptz[]
    ) AS c (sha256, state, label, labelled_at)
    WHERE p.plant_id = ${plantId} AND p.image_sha256 = c.sha256
  `.execute(trx);
}
