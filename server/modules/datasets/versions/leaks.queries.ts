/** SQL that finds what two splits must not share. */
import { sql } from 'kysely';
import type { Db } from '../../../database/database.ts';
import type { SplitName } from './datasets.table.ts';

export type LeakEvidence = 'same_image' | 'pixels' | 'perceptual_hash' | 'embedding';

/** Two images on two sides. The other one may be in the plant's golden set without being in the version. */
export interface LeakRow {
  dataset_version_id: string;
  plant_id: string;
  image_sha256: Buffer;
  other_sha256: Buffer;
  split: SplitName;
  other_split: SplitName;
  evidence: LeakEvidence;
  /** How alike, 1 being the same picture. */
  likeness: number;
  /** Whether the other one is an image of the version, too. */
  is_other_inside: boolean;
}

/**
 * Pairs across the splits of each version and between what it trains on and the golden set of its plant, the most alike first:
 * the image itself, the same pixels in another file, and near duplicates by perceptual hash or embedding. Up to `limit` a version.
 */
export async function selectLeaks(
  db: Db,
  versionIds: readonly string[],
  limit: number,
  offset = 0,
): Promise<LeakRow[]> {
  const { rows } = await sql<LeakRow>`
    SELECT version.id AS dataset_version_id, version.plant_id, leak.* FROM dataset_version version
    CROSS JOIN LATERAL (
      SELECT DISTINCT ON (found.likeness, found.image_sha256, found.other_sha256) found.* FROM (
        SELECT i.image_sha256, i.image_sha256 AS other_sha256, i.split, 'golden' AS other_split, 'same_image' AS evidence, 1::real AS likeness, false AS is_other_inside
        FROM golden_image g
        JOIN dataset_item i ON i.dataset_version_id = version.id AND i.image_sha256 = g.image_sha256
        WHERE g.plant_id = version.plant_id AND i.split <> 'golden'
        UNION ALL
        SELECT a.image_sha256, b.image_sha256, a.split, b.split, 'pixels', 1::real, true
        FROM pool_image p
        JOIN dataset_item a ON a.dataset_version_id = version.id AND a.image_sha256 = p.image_sha256
        JOIN pool_image q ON q.plant_id = p.plant_id AND q.exact_group = p.exact_group AND q.image_sha256 > p.image_sha256
        JOIN dataset_item b ON b.dataset_version_id = version.id AND b.image_sha256 = q.image_sha256
        WHERE p.plant_id = version.plant_id AND p.exact_group IS NOT NULL AND a.split <> b.split
        UNION ALL
        SELECT a.image_sha256, b.image_sha256, a.split, b.split, n.evidence, n.likeness, true
        FROM near_duplicate n
        JOIN dataset_item a ON a.dataset_version_id = version.id AND a.image_sha256 = n.a_sha256
        JOIN dataset_item b ON b.dataset_version_id = version.id AND b.image_sha256 = n.b_sha256
        WHERE n.plant_id = version.plant_id AND a.split <> b.split
        UNION ALL
        SELECT i.image_sha256, g.image_sha256, i.split, 'golden', n.evidence, n.likeness, false
        FROM golden_image g
        JOIN LATERAL (
          SELECT CASE WHEN d.a_sha256 = g.image_sha256 THEN d.b_sha256 ELSE d.a_sha256 END AS sha256, d.evidence, d.likeness
          FROM near_duplicate d
          WHERE d.plant_id = g.plant_id AND (d.a_sha256 = g.image_sha256 OR d.b_sha256 = g.image_sha256)
        ) n ON true
        JOIN dataset_item i ON i.dataset_version_id = version.id AND i.image_sha256 = n.sha256
        LEFT JOIN dataset_item own ON own.dataset_version_id = version.id AND own.image_sha256 = g.image_sha256
        WHERE g.plant_id = version.plant_id AND i.split <> 'golden' AND own.image_sha256 IS NULL
      ) found
      ORDER BY found.likeness DESC, found.image_sha256, found.other_sha256
      LIMIT ${limit} OFFSET ${offset}
    ) leak
    WHERE version.id = any(${[...versionIds]}::uuid[])
    ORDER BY version.id, leak.likeness DESC, leak.image_sha256, leak.other_sha256
  `.execute(db);
  return rows;
}

/** How many splits a version has images in. */
export async function countSplits(db: Db, versionId: string): Promise<number> {
  const { rows } = await sql<{ splits: number }>`
    SELECT count(*)::int AS splits FROM unnest(ARRAY['train', 'validation', 'golden']) AS split (name)
    WHERE EXISTS (SELECT FROM dataset_item i WHERE i.dataset_version_id = ${versionId}::uuid AND i.split = split.name)
  `.execute(db);
  return rows[0]?.splits ?? 0;
}

/** Up to `limit` images of a version that nothing has measured yet, or that could not be measured. */
export async function selectUnmeasured(db: Db, versionId: string, limit: number): Promise<Buffer[]> {
  const { rows } = await sql<{ image_sha256: Buffer }>`
    SELECT i.image_sha256 FROM dataset_item i
    LEFT JOIN pool_image p ON p.plant_id = i.plant_id AND p.image_sha256 = i.image_sha256
    WHERE i.dataset_version_id = ${versionId}::uuid AND (p.measured_at IS NULL OR p.measure_error IS NOT NULL)
    ORDER BY i.image_sha256 LIMIT ${limit}
  `.execute(db);
  return rows.map((row) => row.image_sha256);
}
