/** Every SQL statement that brings images and the results that name them together, whichever came first. */
import { sql } from 'kysely';
import type { Db, Trx } from '../../../database/database.ts';
import { contextColumns, contextFrom, inspectionColumns } from '../store/context-columns.ts';

/** Lines that have results which were not looked through yet. */
export async function selectLinesWithNews(db: Db): Promise<{ lineId: string; plantId: string }[]> {
  const { rows } = await sql<{ lineId: string; plantId: string }>`
    SELECT s.id AS "lineId", s.plant_id AS "plantId" FROM stream s LEFT JOIN pool_cursor c ON c.line_id = s.id
    WHERE s.kind = 'inspection' AND s.next_position > coalesce(c.next_position, 1) ORDER BY s.id
  `.execute(db);
  return rows;
}

/**
 * Positions from the first inclusive to the second exclusive; undefined when another process is at the line. A correction of the
 * line's production waits until the transaction ends, so that no row takes a context that is being corrected.
 */
export async function lockNews(
  trx: Trx,
  lineId: string,
  limit: number,
): Promise<{ from: number; to: number } | undefined> {
  await sql`INSERT INTO pool_cursor (line_id, next_position) VALUES (${lineId}, 1) ON CONFLICT DO NOTHING`.execute(trx);
  const { rows } = await sql<{ from: number; to: number }>`
    SELECT c.next_position AS "from", least(s.next_position, c.next_position + ${limit}) AS "to"
    FROM pool_cursor c JOIN stream s ON s.kind = 'inspection' AND s.id = c.line_id
    WHERE c.line_id = ${lineId} FOR UPDATE OF c SKIP LOCKED
  `.execute(trx);
  return rows[0];
}

/** Gives images that are there the context of the first result that names them, and notes the others as awaited. */
export async function placeNews(
  trx: Trx,
  line: { lineId: string; plantId: string },
  news: { from: number; to: number },
  at: Date,
): Promise<number> {
  const { rows } = await sql<{ placed: number }>`
    WITH named AS MATERIALIZED (
      SELECT DISTINCT ON (i.image_sha256) i.plant_id, i.image_sha256, i.captured_at, ${inspectionColumns('i')}
      FROM inspection i
      WHERE i.line_id = ${line.lineId} AND i.position >= ${news.from} AND i.position < ${news.to}
        AND i.image_sha256 IS NOT NULL AND i.is_kept AND i.image_lost_at IS NULL
      ORDER BY i.image_sha256, i.position
    ), placed AS (
      UPDATE pool_image p SET captured_at = n.captured_at, ${contextFrom('n')}
      FROM named n WHERE p.plant_id = ${line.plantId} AND p.image_sha256 = n.image_sha256 AND p.inspection_id IS NULL
      RETURNING p.image_sha256
    ), awaited AS (
      INSERT INTO pool_awaited (plant_id, image_sha256, captured_at, noted_at, ${contextColumns()})
      SELECT n.plant_id, n.image_sha256, n.captured_at, ${at}::timestamptz, ${contextColumns('n')} FROM named n
      WHERE NOT EXISTS (SELECT 1 FROM pool_image p WHERE p.plant_id = ${line.plantId} AND p.image_sha256 = n.image_sha256)
        AND NOT EXISTS (SELECT 1 FROM image g WHERE g.plant_id = ${line.plantId} AND g.sha256 = n.image_sha256)
      ON CONFLICT DO NOTHING
    ), moved AS (
      UPDATE pool_cursor SET next_position = ${news.to} WHERE line_id = ${line.lineId}
    )
    SELECT count(*) AS placed FROM placed
  `.execute(trx);
  return rows[0]?.placed ?? 0;
}

/** Images that arrived in the moment in which they were noted as awaited: neither statement could see the other. */
export async function placeMissed(db: Db, since: Date): Promise<number> {
  const { rows } = await sql<{ placed: number }>`
    WITH arrived AS (
      DELETE FROM pool_awaited a USING pool_image p
      WHERE a.noted_at >= ${since} AND p.plant_id = a.plant_id AND p.image_sha256 = a.image_sha256
      RETURNING a.*
    ), placed AS (
      UPDATE pool_image p SET captured_at = a.captured_at, ${contextFrom('a')}
      FROM arrived a WHERE p.plant_id = a.plant_id AND p.image_sha256 = a.image_sha256 AND p.inspection_id IS NULL
      RETURNING 1
    )
    SELECT count(*) AS placed FROM placed
  `.execute(db);
  return rows[0]?.placed ?? 0;
}

/** Those that can no longer arrive. */
export async function deleteAwaitedBefore(db: Db, before: Date): Promise<void> {
  await sql`DELETE FROM pool_awaited WHERE noted_at < ${before}`.execute(db);
}
