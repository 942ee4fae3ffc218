/** What the worth of waiting images is reckoned from, in SQL. */
import { sql } from 'kysely';
import { byteaArray, jsonTextArray, plainArray } from '../../../database/array-literal.ts';
import type { Db } from '../../../database/database.ts';
import type { PoolImageRow } from '../../images/pool/pool.table.ts';
import type { ReviewReason } from '../annotations/annotations.table.ts';

export type WeighedRow = PoolImageRow & { hasLabelledTwin: boolean };

/** Conditions are told apart by product, camera and brightness in tenths; counted over the newest images. */
const COUNTED = 20_000;

export interface CellCounts {
  total: number;
  counts: ReadonlyMap<string, number>;
}

/** The cell of an image. */
export function cellKey(row: Pick<PoolImageRow, 'product_id' | 'camera_id' | 'brightness'>): string {
  const bin = row.brightness === null ? '' : Math.floor(row.brightness * 10);
  return `${row.product_id ?? ''} ${row.camera_id ?? ''} ${bin}`;
}

export async function selectPlantsWithPool(db: Db): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM plant WHERE EXISTS (SELECT 1 FROM pool_image p WHERE p.plant_id = plant.id) ORDER BY id
  `.execute(db);
  return rows.map((row) => row.id);
}

export async function countCells(db: Db, plantId: string): Promise<CellCounts> {
  const { rows } = await sql<{ key: string; count: number }>`
    SELECT concat_ws(' ', coalesce(product_id::text, ''), coalesce(camera_id::text, ''),
      coalesce(floor(brightness::double precision * 10)::int::text, '')) AS key, count(*)::int AS count
    FROM (
      SELECT product_id, camera_id, brightness FROM pool_image WHERE plant_id = ${plantId}::uuid
      ORDER BY captured_at DESC, image_sha256 DESC LIMIT ${COUNTED}
    ) AS newest
    GROUP BY 1
  `.execute(db);
  return {
    total: rows.reduce((sum, row) => sum + row.count, 0),
    counts: new Map(rows.map((row) => [row.key, row.count])),
  };
}

export async function countOpenLabels(db: Db, plantId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::int AS count FROM review_item
    WHERE plant_id = ${plantId}::uuid AND closed_at IS NULL AND NOT is_check AND purpose = 'label'
  `.execute(db);
  return rows[0]?.count ?? 0;
}

const hasLabelledTwin = sql`
  (p.near_group IS NOT NULL AND EXISTS (
    SELECT 1 FROM pool_image twin WHERE twin.plant_id = p.plant_id AND twin.near_group = p.near_group
      AND twin.image_sha256 <> p.image_sha256 AND twin.label_state = 'labelled'
  )) AS "hasLabelledTwin"`;

/** The newest images that nobody has seen and that do not wait. */
export async function selectFresh(db: Db, plantId: string, limit: number): Promise<WeighedRow[]> {
  const { rows } = await sql<WeighedRow>`
    SELECT p.*, ${hasLabelledTwin} FROM pool_image p
    WHERE p.plant_id = ${plantId}::uuid AND p.label_state = 'unlabelled' AND p.origin = 'line'
      AND NOT EXISTS (
        SELECT 1 FROM review_item item WHERE item.plant_id = p.plant_id AND item.image_sha256 = p.image_sha256
          AND item.closed_at IS NULL AND NOT item.is_check
      )
    ORDER BY p.captured_at DESC, p.image_sha256 DESC LIMIT ${limit}
  `.execute(db);
  return rows;
}

/** Open items by id with their images. */
export async function selectOpenFacts(
  db: Db,
  plantId: string,
  after: string | null,
  limit: number,
): Promise<(WeighedRow & { id: string })[]> {
  const { rows } = await sql<WeighedRow & { id: string }>`
    SELECT item.id, p.*, ${hasLabelledTwin}
    FROM review_item item JOIN pool_image p ON p.plant_id = item.plant_id AND p.image_sha256 = item.image_sha256
    WHERE item.plant_id = ${plantId}::uuid AND item.closed_at IS NULL AND NOT item.is_check
      ${after ? sql`AND item.id > ${after}::uuid` : sql``}
    ORDER BY item.id LIMIT ${limit}
  `.execute(db);
  return rows;
}

export async function insertLabelItems(
  db: Db,
  plantId: string,
  at: Date,
  items: readonly { id: string; sha256: string; worth: number; reason: ReviewReason }[],
): Promise<void> {
  await sql`
    INSERT INTO review_item (id, plant_id, image_sha256, purpose, worth, reason, opened_at)
    SELECT v.id, ${plantId}::uuid, v.sha256, 'label', v.worth, r.reason, ${at}::timestamptz
    FROM unnest(
      ${plainArray(items.map(({ id }) => id))}::uuid[], ${byteaArray(items.map(({ sha256 }) => sha256))}::bytea[],
      ${plainArray(items.map(({ worth }) => worth))}::real[]
    ) WITH ORDINALITY AS v (id, sha256, worth, place)
    JOIN jsonb_array_elements(${jsonTextArray(items.map(({ reason }) => JSON.stringify(reason)))}::jsonb)
      WITH ORDINALITY AS r (reason, place) ON r.place = v.place
    ON CONFLICT (plant_id, image_sha256) WHERE closed_at IS NULL AND NOT is_check DO NOTHING
  `.execute(db);
}
