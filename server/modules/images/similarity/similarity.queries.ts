/** SQL of what is measured on images and of their vectors: rows in, rows out, no rules. */
import { type RawBuilder, sql } from 'kysely';
import { byteaArray, plainArray, realArray, textArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { PoolImageRow } from '../pool/pool.table.ts';
import type { SimilarityTurnTable } from './similarity.table.ts';

/** Plants whose images wait to be measured or compared, or whose round of scores is under way. */
export async function selectPlantsWithWork(db: Db): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT plant.id FROM plant WHERE
      EXISTS (SELECT 1 FROM pool_image p WHERE p.plant_id = plant.id AND p.measured_at IS NULL)
      OR EXISTS (SELECT 1 FROM pool_image p WHERE p.plant_id = plant.id AND p.outlier IS NULL
        AND p.measured_at IS NOT NULL AND p.measure_error IS NULL)
      OR EXISTS (SELECT 1 FROM similarity_turn t WHERE t.plant_id = plant.id AND t.scoring_from IS NOT NULL)
    ORDER BY plant.id
  `.execute(db);
  return rows.map((row) => row.id);
}

/** Undefined while another worker has the plant. */
export async function takeTurn(db: Db, turn: { plantId: string; by: string; now: Date; until: Date }) {
  const { rows } = await sql<SimilarityTurnTable & { scored_images: number }>`
    INSERT INTO similarity_turn AS t (plant_id, taken_by, taken_until)
    VALUES (${turn.plantId}, ${turn.by}, ${turn.until})
    ON CONFLICT (plant_id) DO UPDATE SET taken_by = excluded.taken_by, taken_until = excluded.taken_until
      WHERE t.taken_by = excluded.taken_by OR t.taken_until < ${turn.now}
    RETURNING t.*
  `.execute(db);
  return rows[0];
}

export async function updateTurn(
  db: Db,
  plantId: string,
  change: Partial<{ taken_until: Date; scored_images: number; scoring_from: number | null }>,
): Promise<void> {
  await db.updateTable('similarity_turn').set(change).where('plant_id', '=', plantId).execute();
}

/** Oldest first; hexadecimal digits. Images whose file retention took are left alone. */
export async function selectToMeasure(db: Db, plantId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ sha256: string }>`
    SELECT encode(p.image_sha256, 'hex') AS sha256 FROM pool_image p
    JOIN image i ON i.plant_id = p.plant_id AND i.sha256 = p.image_sha256 AND i.deleted_at IS NULL
    WHERE p.plant_id = ${plantId} AND p.measured_at IS NULL
    ORDER BY p.received_at, p.image_sha256 LIMIT ${limit}
  `.execute(db);
  return rows.map((row) => row.sha256);
}

/** Bytes as hexadecimal digits; everything but the hash and the error is null where it could not be measured. */
export interface MeasuresRow {
  sha256: string;
  error: string | null;
  pixelHash: string | null;
  perceptualHash: string | null;
  blurred: number | null;
  dark: number | null;
  bright: number | null;
  lowInformation: number | null;
  vector: string | null;
}

export async function writeMeasures(
  trx: Trx,
  plantId: string,
  embedder: string,
  measures: readonly MeasuresRow[],
  at: Date,
): Promise<void> {
  const column = <T>(pick: (row: MeasuresRow) => T) => measures.map(pick);
  await sql`
    UPDATE pool_image p SET measured_at = ${at}, measure_error = m.error, pixel_hash = m.pixel_hash,
      perceptual_hash = m.perceptual_hash, blurred = m.blurred, dark = m.dark, bright = m.bright,
      low_information = m.low_information
    FROM unnest(${byteaArray(column((row) => row.sha256))}::bytea[], ${textArray(column((row) => row.error))}::text[],
      ${byteaArray(column((row) => row.pixelHash))}::bytea[], ${byteaArray(column((row) => row.perceptualHash))}::bytea[],
      ${realArray(column((row) => row.blurred))}::real[], ${realArray(column((row) => row.dark))}::real[],
      ${realArray(column((row) => row.bright))}::real[], ${realArray(column((row) => row.lowInformation))}::real[])
      AS m (sha256, error, pixel_hash, perceptual_hash, blurred, dark, bright, low_information)
    WHERE p.plant_id = ${plantId} AND p.image_sha256 = m.sha256
  `.execute(trx);
  const embedded = measures.filter((row) => row.vector !== null);
  if (embedded.length === 0) return;
  await sql`
    INSERT INTO image_embedding (plant_id, image_sha256, embedder, vector, embedded_at)
    SELECT ${plantId}::uuid, v.sha256, ${embedder}, v.vector, ${at}::timestamptz
    FROM unnest(${byteaArray(embedded.map((row) => row.sha256))}::bytea[], ${byteaArray(embedded.map((row) => row.vector))}::bytea[])
      AS v (sha256, vector)
    ON CONFLICT DO NOTHING
  `.execute(trx);
}

/** Vectors of another embedder go, and their images are measured again. Gives how many. */
export async function resetOldEmbedder(db: Db, embedder: string, limit: number): Promise<number> {
  const { rows } = await sql`
    WITH old AS (
      SELECT plant_id, image_sha256, embedder FROM image_embedding WHERE embedder <> ${embedder} LIMIT ${limit}
    ), gone AS (
      DELETE FROM image_embedding e USING old
      WHERE e.plant_id = old.plant_id AND e.image_sha256 = old.image_sha256 AND e.embedder = old.embedder
    )
    UPDATE pool_image p SET measured_at = NULL, outlier = NULL FROM old
    WHERE p.plant_id = old.plant_id AND p.image_sha256 = old.image_sha256
    RETURNING 1
  `.execute(db);
  return rows.length;
}

export interface EmbeddingRow {
  number: number;
  image_sha256: Buffer;
  vector: Buffer;
  perceptual_hash: Buffer | null;
}

/** In the order of their numbers. */
export async function selectEmbeddingsAfter(
  db: Db,
  plantId: string,
  embedder: string,
  after: number,
  limit: number,
): Promise<EmbeddingRow[]> {
  const { rows } = await sql<EmbeddingRow>`
    SELECT e.number, e.image_sha256, e.vector, p.perceptual_hash FROM image_embedding e
    JOIN pool_image p ON p.plant_id = e.plant_id AND p.image_sha256 = e.image_sha256
    WHERE e.plant_id = ${plantId} AND e.embedder = ${embedder} AND e.number > ${after}
    ORDER BY e.number LIMIT ${limit}
  `.execute(db);
  return rows;
}

/** No further than `limit`. */
export async function countEmbeddingsAfter(db: Db, plantId: string, embedder: string, after: number, limit: number) {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM (
      SELECT 1 FROM image_embedding WHERE plant_id = ${plantId} AND embedder = ${embedder} AND number > ${after} LIMIT ${limit}
    ) AS counted
  `.execute(db);
  return rows[0]?.count ?? 0;
}

/** Every so many-th by a stable order, so that the sample stays much the same. */
export async function selectSample(db: Db, plantId: string, embedder: string, count: number): Promise<EmbeddingRow[]> {
  const { rows } = await sql<EmbeddingRow>`
    SELECT e.number, e.image_sha256, e.vector, NULL AS perceptual_hash FROM image_embedding e
    WHERE e.plant_id = ${plantId} AND e.embedder = ${embedder} ORDER BY e.image_sha256 LIMIT ${count}
  `.execute(db);
  return rows;
}

export async function selectVectors(db: Db, plantId: string, embedder: string, sha256s: readonly string[]) {
  const { rows } = await sql<{ sha256: string; vector: Buffer }>`
    SELECT encode(image_sha256, 'hex') AS sha256, vector FROM image_embedding
    WHERE plant_id = ${plantId} AND embedder = ${embedder} AND image_sha256 = ANY(${byteaArray(sha256s)}::bytea[])
  `.execute(db);
  return rows;
}

export interface NumberedRow {
  number: number;
  /** Hexadecimal digits. */
  sha256: string;
  ground_pairs: number | null;
  ground_level: number | null;
  ground_spread: number | null;
}

/** Whose numbers they are; numbers that are gone are left out. */
export async function selectNumbered(db: Db, plantId: string, embedder: string, numbers: readonly number[]) {
  const { rows } = await sql<NumberedRow>`
    SELECT number, encode(image_sha256, 'hex') AS sha256, ground_pairs, ground_level, ground_spread FROM image_embedding
    WHERE plant_id = ${plantId} AND embedder = ${embedder} AND number = ANY(${plainArray(numbers)}::bigint[])
  `.execute(db);
  return rows;
}

export interface GroundRow {
  sha256: string;
  pairs: number;
  level: number;
  spread: number;
}

export async function writeGrounds(
  db: Db,
  plantId: string,
  embedder: string,
  grounds: readonly GroundRow[],
): Promise<void> {
  await sql`
    UPDATE image_embedding e SET ground_pairs = g.pairs, ground_level = g.level, ground_spread = g.spread
    FROM unnest(${byteaArray(grounds.map((row) => row.sha256))}::bytea[], ${plainArray(grounds.map((row) => row.pairs))}::integer[],
      ${realArray(grounds.map((row) => row.level))}::real[], ${realArray(grounds.map((row) => row.spread))}::real[])
      AS g (sha256, pairs, level, spread)
    WHERE e.plant_id = ${plantId} AND e.image_sha256 = g.sha256 AND e.embedder = ${embedder}
  `.execute(db);
}

/** Of images that were compared. */
export async function selectGrounds(db: Db, embedder: string, keys: readonly { plantId: string; sha256: string }[]) {
  const { rows } = await sql<{ plant_id: string; sha256: string; pairs: number; level: number; spread: number }>`
    SELECT e.plant_id, encode(e.image_sha256, 'hex') AS sha256, e.ground_pairs AS pairs, e.ground_level AS level, e.ground_spread AS spread
    FROM unnest(${plainArray(keys.map((key) => key.plantId))}::uuid[], ${byteaArray(keys.map((key) => key.sha256))}::bytea[]) AS k (plant_id, sha256)
    JOIN image_embedding e ON e.plant_id = k.plant_id AND e.image_sha256 = k.sha256 AND e.embedder = ${embedder}
    WHERE e.ground_pairs IS NOT NULL
  `.execute(db);
  return rows;
}

/** Images of the pool with these numbers that also meet the condition on `p`. */
export async function selectPoolByNumbers(
  db: Db,
  plantId: string,
  embedder: string,
  numbers: readonly number[],
  condition: RawBuilder<boolean>,
): Promise<(PoolImageRow & { number: number })[]> {
  const { rows } = await sql<PoolImageRow & { number: number }>`
    SELECT p.*, e.number FROM image_embedding e
    JOIN pool_image p ON p.plant_id = e.plant_id AND p.image_sha256 = e.image_sha256
    WHERE e.plant_id = ${plantId} AND e.embedder = ${embedder} AND e.number = ANY(${plainArray(numbers)}::bigint[])
      AND ${condition}
  `.execute(db);
  return rows;
}
