/** Every SQL statement about what became of images after their results: rows in, rows out, no rules. */
import { sql } from 'kysely';
import { isoArray, plainArray, realArray } from '../../../database/array-literal.ts';
import type { Trx } from '../../../database/database.ts';

export interface CaptureState {
  id: string;
  capturedAtMs: number;
  isKept: boolean;
  keepProbability: number;
  lostAtMs: number | null;
}

/** The captures of those of the inspections that the node has recorded; their rows stay locked until the transaction ends, in key order. */
export async function lockCaptures(
  trx: Trx,
  { plantId, edgeNodeId }: { plantId: string; edgeNodeId: string },
  keys: readonly { id: string; capturedAtMs: number }[],
): Promise<CaptureState[]> {
  const times = keys.map((key) => key.capturedAtMs);
  const { rows } = await sql<{
    id: string;
    captured_at: Date;
    is_kept: boolean;
    keep_probability: number;
    image_lost_at: Date | null;
  }>`
    SELECT i.id, i.captured_at, i.is_kept, i.keep_probability, i.image_lost_at
    FROM inspection i
    JOIN unnest(${plainArray(keys.map((key) => key.id))}::uuid[], ${isoArray(times)}::timestamptz[]) AS k (id, captured_at)
      ON i.captured_at = k.captured_at AND i.id = k.id
    WHERE i.plant_id = ${plantId} AND i.edge_node_id = ${edgeNodeId}
      AND i.captured_at BETWEEN ${new Date(Math.min(...times))} AND ${new Date(Math.max(...times))}
    ORDER BY i.captured_at, i.id FOR UPDATE OF i
  `.execute(trx);
  return rows.map((row) => ({
    id: row.id,
    capturedAtMs: row.captured_at.getTime(),
    isKept: row.is_kept,
    keepProbability: row.keep_probability,
    lostAtMs: row.image_lost_at?.getTime() ?? null,
  }));
}

export async function updateCaptures(trx: Trx, plantId: string, captures: readonly CaptureState[]): Promise<void> {
  const times = captures.map((capture) => capture.capturedAtMs);
  const lost = captures.map(({ lostAtMs }) => (lostAtMs === null ? null : new Date(lostAtMs).toISOString()));
  await sql`
    UPDATE inspection i SET is_kept = k.is_kept, keep_probability = k.keep_probability, image_lost_at = k.lost_at
    FROM unnest(
      ${plainArray(captures.map((capture) => capture.id))}::uuid[], ${isoArray(times)}::timestamptz[],
      ${plainArray(captures.map((capture) => String(capture.isKept)))}::boolean[],
      ${realArray(captures.map((capture) => capture.keepProbability))}::real[], ${plainArray(lost)}::timestamptz[]
    ) AS k (id, captured_at, is_kept, keep_probability, lost_at)
    WHERE i.plant_id = ${plantId} AND i.captured_at = k.captured_at AND i.id = k.id
      AND i.captured_at BETWEEN ${new Date(Math.min(...times))} AND ${new Date(Math.max(...times))}
  `.execute(trx);
}
