/** SQL of dividing a draft. */
import { sql } from 'kysely';
import { byteaArray, plainArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { SplitName } from './datasets.table.ts';
import type { SplitPolicy } from './split-policy.ts';

export interface SplitRow {
  image_sha256: Buffer;
  label: string;
  split: SplitName;
  /** What the image was for in the version that this one goes on from. */
  before: SplitName | null;
  is_golden: boolean;
  /** A frozen version trains on it or chooses with it. */
  is_trained_on: boolean;
  exact_group: Buffer | null;
  near_group: Buffer | null;
  camera_id: string | null;
  captured_at: Date | null;
  batch_id: string | null;
}

/** What keeps images together, page by page by hash. An import has no camera, and its times are those of the import. */
export async function selectSplitRows(
  db: Db,
  version: { id: string; based_on_id: string | null },
  after: Buffer | null,
  limit: number,
): Promise<SplitRow[]> {
  const { rows } = await sql<SplitRow>`
    SELECT i.image_sha256, i.label, i.split, b.split AS before, g.image_sha256 IS NOT NULL AS is_golden,
      EXISTS (
        SELECT FROM dataset_item o JOIN dataset_version v ON v.id = o.dataset_version_id
        WHERE o.plant_id = i.plant_id AND o.image_sha256 = i.image_sha256 AND o.split <> 'golden' AND v.state = 'frozen'
      ) AS is_trained_on,
      p.exact_group, p.near_group, p.camera_id, p.captured_at, p.batch_id
    FROM (
      SELECT * FROM dataset_item WHERE dataset_version_id = ${version.id}::uuid ${after ? sql`AND image_sha256 > ${after}` : sql``}
      ORDER BY image_sha256 LIMIT ${limit}
    ) i
    LEFT JOIN dataset_item b ON b.dataset_version_id = ${version.based_on_id}::uuid AND b.image_sha256 = i.image_sha256
    LEFT JOIN golden_image g ON g.plant_id = i.plant_id AND g.image_sha256 = i.image_sha256
    LEFT JOIN pool_image p ON p.plant_id = i.plant_id AND p.image_sha256 = i.image_sha256
    ORDER BY i.image_sha256
  `.execute(db);
  return rows;
}

export interface PairRow {
  a_sha256: Buffer;
  b_sha256: Buffer;
  likeness: number;
}

/** Near duplicates of which both are in the version, page by page by their hashes. */
export async function selectPairs(
  db: Db,
  version: { id: string; plant_id: string },
  after: PairRow | null,
  limit: number,
): Promise<PairRow[]> {
  const { rows } = await sql<PairRow>`
    SELECT n.a_sha256, n.b_sha256, n.likeness FROM near_duplicate n
    JOIN dataset_item a ON a.dataset_version_id = ${version.id}::uuid AND a.image_sha256 = n.a_sha256
    JOIN dataset_item b ON b.dataset_version_id = ${version.id}::uuid AND b.image_sha256 = n.b_sha256
    WHERE n.plant_id = ${version.plant_id}::uuid
      ${after ? sql`AND (n.a_sha256, n.b_sha256) > (${after.a_sha256}, ${after.b_sha256})` : sql``}
    ORDER BY n.a_sha256, n.b_sha256 LIMIT ${limit}
  `.execute(db);
  return rows;
}

export async function updateSplits(
  trx: Trx,
  versionId: string,
  changes: readonly { sha256: string; split: SplitName }[],
): Promise<void> {
  await sql`
    UPDATE dataset_item i SET split = change.split
    FROM unnest(
      ${byteaArray(changes.map(({ sha256 }) => sha256))}::bytea[], ${plainArray(changes.map(({ split }) => split))}::text[]
    ) AS change (sha256, split)
    WHERE i.dataset_version_id = ${versionId}::uuid AND i.image_sha256 = change.sha256
  `.execute(trx);
}

/** A check of before is one of another policy, so the revision goes on. */
export async function updatePolicy(trx: Trx, versionId: string, policy: SplitPolicy): Promise<void> {
  await trx
    .updateTable('dataset_version')
    .set((expression) => ({ split_policy: JSON.stringify(policy), revision: expression('revision', '+', 1) }))
    .where('id', '=', versionId)
    .execute();
}

export interface CountRow {
  dataset_version_id: string;
  label: string;
  split: SplitName;
  images: number;
}

/** Images of each class on each side. */
export async function selectCounts(db: Db, versionIds: readonly string[]): Promise<CountRow[]> {
  const { rows } = await sql<CountRow>`
    SELECT dataset_version_id, label, split, count(*)::int AS images FROM dataset_item
    WHERE dataset_version_id = any(${[...versionIds]}::uuid[])
    GROUP BY dataset_version_id, label, split ORDER BY dataset_version_id, label COLLATE "C", split
  `.execute(db);
  return rows;
}
