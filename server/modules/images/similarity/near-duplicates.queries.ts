/** SQL of neighbours: scores that come from them, pairs that are one photograph, and groups of these. */
import { sql } from 'kysely';
import { byteaArray, realArray, textArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { NearDuplicateRow } from './similarity.table.ts';

export interface ToCompare {
  sha256: string;
  number: number;
  vector: Buffer;
  perceptual_hash: Buffer;
}

/** Measured, not yet held against the others; oldest first. */
export async function selectToCompare(db: Db, plantId: string, embedder: string, limit: number): Promise<ToCompare[]> {
  const { rows } = await sql<ToCompare>`
    SELECT encode(p.image_sha256, 'hex') AS sha256, e.number, e.vector, p.perceptual_hash FROM pool_image p
    JOIN image_embedding e ON e.plant_id = p.plant_id AND e.image_sha256 = p.image_sha256 AND e.embedder = ${embedder}
    WHERE p.plant_id = ${plantId} AND p.outlier IS NULL AND p.measured_at IS NOT NULL AND p.measure_error IS NULL
    ORDER BY p.measured_at, p.image_sha256 LIMIT ${limit}
  `.execute(db);
  return rows;
}

export interface NeighbourScoresRow {
  sha256: string;
  outlier: number;
  uniqueness: number;
  representativeness: number;
}

export async function writeScores(db: Db, plantId: string, scores: readonly NeighbourScoresRow[]): Promise<void> {
  await sql`
    UPDATE pool_image p SET outlier = s.outlier, uniqueness = s.uniqueness, representativeness = s.representativeness
    FROM unnest(${byteaArray(scores.map((row) => row.sha256))}::bytea[], ${realArray(scores.map((row) => row.outlier))}::real[],
      ${realArray(scores.map((row) => row.uniqueness))}::real[], ${realArray(scores.map((row) => row.representativeness))}::real[])
      AS s (sha256, outlier, uniqueness, representativeness)
    WHERE p.plant_id = ${plantId} AND p.image_sha256 = s.sha256
  `.execute(db);
}

/** Pairs of the given images with others of the very same pixels; of each no more than `most`, the least hashes first. */
export async function selectSamePixels(db: Db, plantId: string, sha256s: readonly string[], most: number) {
  const { rows } = await sql<{ one: string; other: string }>`
    SELECT encode(p.image_sha256, 'hex') AS one, encode(o.image_sha256, 'hex') AS other FROM pool_image p
    CROSS JOIN LATERAL (
      SELECT q.image_sha256 FROM pool_image q
      WHERE q.plant_id = p.plant_id AND q.pixel_hash = p.pixel_hash AND q.image_sha256 <> p.image_sha256
      ORDER BY q.image_sha256 LIMIT ${most}
    ) AS o
    WHERE p.plant_id = ${plantId} AND p.image_sha256 = ANY(${byteaArray(sha256s)}::bytea[])
  `.execute(db);
  return rows;
}

/** `a` is the lesser hash; hexadecimal digits. */
export interface NearPair {
  a: string;
  b: string;
  evidence: NearDuplicateRow['evidence'];
  likeness: number;
}

export async function insertPairs(trx: Trx, plantId: string, pairs: readonly NearPair[], at: Date): Promise<void> {
  await sql`
    INSERT INTO near_duplicate AS n (plant_id, a_sha256, b_sha256, evidence, likeness, found_at)
    SELECT ${plantId}::uuid, v.a, v.b, v.evidence, v.likeness, ${at}::timestamptz
    FROM unnest(${byteaArray(pairs.map((pair) => pair.a))}::bytea[], ${byteaArray(pairs.map((pair) => pair.b))}::bytea[],
      ${textArray(pairs.map((pair) => pair.evidence))}::text[], ${realArray(pairs.map((pair) => pair.likeness))}::real[])
      AS v (a, b, evidence, likeness)
    ON CONFLICT (plant_id, a_sha256, b_sha256) DO UPDATE SET evidence = excluded.evidence, likeness = excluded.likeness
      WHERE n.likeness < excluded.likeness
  `.execute(trx);
}

/** The group that each of the images is in; null: none. */
export async function selectNearGroups(db: Db, plantId: string, sha256s: readonly string[]) {
  const { rows } = await sql<{ sha256: string; group: string | null }>`
    SELECT encode(image_sha256, 'hex') AS sha256, encode(near_group, 'hex') AS "group" FROM pool_image
    WHERE plant_id = ${plantId} AND image_sha256 = ANY(${byteaArray(sha256s)}::bytea[])
  `.execute(db);
  return rows;
}

/** Names the groups anew: whole groups by their old name, and single images. */
export async function updateNearGroups(
  trx: Trx,
  plantId: string,
  renamed: readonly { from: string; to: string }[],
  joined: readonly { sha256: string; group: string }[],
): Promise<void> {
  if (renamed.length > 0) {
    await sql`
      UPDATE pool_image p SET near_group = k.new
      FROM unnest(${byteaArray(renamed.map((row) => row.from))}::bytea[], ${byteaArray(renamed.map((row) => row.to))}::bytea[]) AS k (old, new)
      WHERE p.plant_id = ${plantId} AND p.near_group = k.old
    `.execute(trx);
  }
  if (joined.length === 0) return;
  await sql`
    UPDATE pool_image p SET near_group = k.name
    FROM unnest(${byteaArray(joined.map((row) => row.sha256))}::bytea[], ${byteaArray(joined.map((row) => row.group))}::bytea[]) AS k (sha256, name)
    WHERE p.plant_id = ${plantId} AND p.image_sha256 = k.sha256
  `.execute(trx);
}

/**
 * Everybody with the same pixels as one of the images gets the least hash among them. Step by step, each kept: without statistics, as
 * in the embedded database, the planner would otherwise count all groups again for every image of the plant.
 */
export async function updateExactGroups(trx: Trx, plantId: string, sha256s: readonly string[]): Promise<void> {
  await sql`
    WITH hashes AS MATERIALIZED (
      SELECT DISTINCT p.pixel_hash FROM unnest(${byteaArray(sha256s)}::bytea[]) AS g (sha256)
      JOIN pool_image p ON p.plant_id = ${plantId} AND p.image_sha256 = g.sha256 WHERE p.pixel_hash IS NOT NULL
    ), named AS MATERIALIZED (
      SELECT hashes.pixel_hash, (
        SELECT q.image_sha256 FROM pool_image q WHERE q.plant_id = ${plantId} AND q.pixel_hash = hashes.pixel_hash
        ORDER BY q.image_sha256 LIMIT 1
      ) AS name, (
        SELECT count(*) FROM (
          SELECT 1 FROM pool_image q WHERE q.plant_id = ${plantId} AND q.pixel_hash = hashes.pixel_hash LIMIT 2
        ) AS two
      ) AS members
      FROM hashes
    ), wrong AS MATERIALIZED (
      SELECT q.image_sha256, named.name FROM named
      JOIN pool_image q ON q.plant_id = ${plantId} AND q.pixel_hash = named.pixel_hash
      WHERE named.members > 1 AND q.exact_group IS DISTINCT FROM named.name
    )
    UPDATE pool_image p SET exact_group = wrong.name FROM wrong
    WHERE p.plant_id = ${plantId} AND p.image_sha256 = wrong.image_sha256
  `.execute(trx);
}

/** Of each image the pairs it is in, the most alike first, no more than `most`; `other` is the one beside it. */
export async function selectPairsOf(
  db: Db,
  keys: readonly { plantId: string; sha256: string }[],
  most: number,
): Promise<
  { plant_id: string; sha256: string; other: Buffer; evidence: NearDuplicateRow['evidence']; likeness: number }[]
> {
  const { rows } = await sql<{
    plant_id: string;
    sha256: string;
    other: Buffer;
    evidence: NearDuplicateRow['evidence'];
    likeness: number;
  }>`
    SELECT k.plant_id, encode(k.sha256, 'hex') AS sha256, n.other, n.evidence, n.likeness
    FROM unnest(${textArray(keys.map((key) => key.plantId))}::uuid[], ${byteaArray(keys.map((key) => key.sha256))}::bytea[]) AS k (plant_id, sha256)
    CROSS JOIN LATERAL (
      SELECT * FROM (
        SELECT b_sha256 AS other, evidence, likeness FROM near_duplicate
          WHERE plant_id = k.plant_id AND a_sha256 = k.sha256
        UNION ALL
        SELECT a_sha256, evidence, likeness FROM near_duplicate WHERE plant_id = k.plant_id AND b_sha256 = k.sha256
      ) AS both_sides ORDER BY likeness DESC, other LIMIT ${most}
    ) AS n
  `.execute(db);
  return rows;
}
