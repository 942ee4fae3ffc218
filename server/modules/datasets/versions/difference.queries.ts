/** SQL of what has changed between two versions. */
import { sql } from 'kysely';
import type { Db } from '../../../database/database.ts';
import type { SplitName } from './datasets.table.ts';

export type ChangeKind = 'added' | 'removed' | 'label' | 'regions' | 'split';

/** One image that the two do not have alike; null: that version has not got it. */
export interface ChangeRow {
  plant_id: string;
  image_sha256: Buffer;
  kind: ChangeKind;
  label: string | null;
  split: SplitName | null;
  other_label: string | null;
  other_split: SplitName | null;
}

/** An image of both whose label and side changed counts once for each; the kind named for it is the first of them. */
const changes = (versionId: string, otherId: string) => sql`
  SELECT coalesce(a.plant_id, b.plant_id) AS plant_id, coalesce(a.image_sha256, b.image_sha256) AS image_sha256,
    a.label, a.split, b.label AS other_label, b.split AS other_split,
    b.image_sha256 IS NULL AS added, a.image_sha256 IS NULL AS removed,
    coalesce(a.label <> b.label, false) AS relabelled, coalesce(a.split <> b.split, false) AS moved,
    coalesce(a.decision_id <> b.decision_id AND (
      SELECT an.regions <> bn.regions FROM label_decision ad JOIN annotation an ON an.id = ad.annotation_id,
        label_decision bd JOIN annotation bn ON bn.id = bd.annotation_id
      WHERE ad.id = a.decision_id AND bd.id = b.decision_id
    ), false) AS redrawn
  FROM (SELECT * FROM dataset_item WHERE dataset_version_id = ${versionId}::uuid) a
  FULL JOIN (SELECT * FROM dataset_item WHERE dataset_version_id = ${otherId}::uuid) b USING (image_sha256)
`;

export interface ChangeCounts {
  added: number;
  removed: number;
  relabelled: number;
  redrawn: number;
  moved: number;
  same: number;
}

export async function countChanges(db: Db, versionId: string, otherId: string): Promise<ChangeCounts> {
  const { rows } = await sql<ChangeCounts>`
    SELECT count(*) FILTER (WHERE added)::int AS added, count(*) FILTER (WHERE removed)::int AS removed,
      count(*) FILTER (WHERE relabelled)::int AS relabelled, count(*) FILTER (WHERE redrawn)::int AS redrawn,
      count(*) FILTER (WHERE moved)::int AS moved,
      count(*) FILTER (WHERE NOT (added OR removed OR relabelled OR redrawn OR moved))::int AS same
    FROM (${changes(versionId, otherId)}) c
  `.execute(db);
  return rows[0] ?? { added: 0, removed: 0, relabelled: 0, redrawn: 0, moved: 0, same: 0 };
}

const columnOf = {
  added: 'added',
  removed: 'removed',
  label: 'relabelled',
  regions: 'redrawn',
  split: 'moved',
} as const;

/** One page of the images that differ, by hash; one row more than the page. */
export async function selectChanges(
  db: Db,
  versionId: string,
  otherId: string,
  kind: ChangeKind | null,
  page: { limit: number; backward: boolean; after: Buffer | null; before: Buffer | null },
): Promise<ChangeRow[]> {
  const order = page.backward ? sql`DESC` : sql`ASC`;
  const { rows } = await sql<ChangeRow>`
    SELECT plant_id, image_sha256, label, split, other_label, other_split, CASE WHEN added THEN 'added' WHEN removed THEN 'removed'
      WHEN relabelled THEN 'label' WHEN redrawn THEN 'regions' ELSE 'split' END AS kind
    FROM (${changes(versionId, otherId)}) c
    WHERE ${kind === null ? sql`(added OR removed OR relabelled OR redrawn OR moved)` : sql.ref(columnOf[kind])}
      ${page.after ? sql`AND image_sha256 > ${page.after}` : sql``} ${page.before ? sql`AND image_sha256 < ${page.before}` : sql``}
    ORDER BY image_sha256 ${order} LIMIT ${page.limit + 1}
  `.execute(db);
  return rows;
}

export type MixFactor = 'product' | 'line' | 'camera' | 'batch' | 'month' | 'hour';

/** How many images of one production condition each of the two has. */
export interface MixRow {
  factor: MixFactor;
  value: string | null;
  images: number;
  other_images: number;
}

/** The commonest values of each factor of both, up to `limit` a factor. Images that were brought in have no condition (null). */
export async function selectMix(db: Db, versionId: string, otherId: string, limit: number): Promise<MixRow[]> {
  const { rows } = await sql<MixRow>`
    SELECT factor, value, images, other_images FROM (
      SELECT f.factor, f.value, count(*) FILTER (WHERE i.dataset_version_id = ${versionId}::uuid)::int AS images,
        count(*) FILTER (WHERE i.dataset_version_id = ${otherId}::uuid)::int AS other_images,
        row_number() OVER (PARTITION BY f.factor ORDER BY count(*) DESC, f.value) AS place
      FROM dataset_item i
      JOIN plant ON plant.id = i.plant_id
      LEFT JOIN pool_image p ON p.plant_id = i.plant_id AND p.image_sha256 = i.image_sha256
      LEFT JOIN product ON product.id = p.product_id
      LEFT JOIN line ON line.id = p.line_id
      LEFT JOIN camera ON camera.id = p.camera_id
      LEFT JOIN material_batch batch ON batch.id = p.batch_id
      CROSS JOIN LATERAL (VALUES
        ('product', product.code), ('line', line.code), ('camera', camera.code), ('batch', batch.code),
        ('month', CASE WHEN p.origin = 'line' THEN to_char(p.captured_at AT TIME ZONE plant.time_zone, 'YYYY-MM') END),
        ('hour', CASE WHEN p.origin = 'line' THEN to_char(p.captured_at AT TIME ZONE plant.time_zone, 'HH24') END)
      ) AS f (factor, value)
      WHERE i.dataset_version_id IN (${versionId}::uuid, ${otherId}::uuid)
      GROUP BY f.factor, f.value
    ) mix
    WHERE place <= ${limit} ORDER BY factor, place
  `.execute(db);
  return rows;
}
