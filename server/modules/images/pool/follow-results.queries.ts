/** Every SQL statement that keeps the pool equal to results that are corrected or revised. */
import { sql } from 'kysely';
import { isoArray, plainArray, realArray } from '../../../database/array-literal.ts';
import type { Trx } from '../../../database/database.ts';
import { correctedColumns, type ProductionChange } from '../../line/inspections/batch-factors.ts';

/**
 * Waits for whoever places images of the line, and has them wait, so that no row takes what is being corrected. Awaited images first: one that arrives meanwhile takes its awaited row away, which this waits for, and is then seen in the pool.
 */
export async function updatePooledProduction(
  trx: Trx,
  { lineId, from, to }: { lineId: string; from: Date; to: Date },
  change: ProductionChange,
): Promise<void> {
  const set = sql.join(correctedColumns(change).map(([column, value]) => sql`${sql.ref(column)} = ${value}`));
  await sql`SELECT 1 FROM pool_cursor WHERE line_id = ${lineId} FOR SHARE`.execute(trx);
  for (const table of ['pool_awaited', 'pool_image'])
    await sql`
      UPDATE ${sql.table(table)} SET ${set}
      WHERE plant_id = (SELECT plant_id FROM line WHERE id = ${lineId}) AND line_id = ${lineId}
        AND captured_at >= ${from} AND captured_at < ${to} AND inspection_id IS NOT NULL
    `.execute(trx);
}

export interface PooledRevision {
  id: string;
  capturedAtMs: number;
  isKept: boolean;
  keepProbability: number;
  lostAtMs: number | null;
}

/** What is there or awaited has its new probability; what is not kept any more, or lost, is awaited no longer. Locks as a correction. */
export async function updatePooledCaptures(
  trx: Trx,
  plantId: string,
  revisions: readonly PooledRevision[],
): Promise<void> {
  await sql`
    SELECT 1 FROM pool_cursor c JOIN line l ON l.id = c.line_id WHERE l.plant_id = ${plantId}
    ORDER BY c.line_id FOR SHARE OF c
  `.execute(trx);
  const rows = sql`unnest(
    ${plainArray(revisions.map(({ id }) => id))}::uuid[], ${isoArray(revisions.map(({ capturedAtMs }) => capturedAtMs))}::timestamptz[],
    ${realArray(revisions.map(({ keepProbability }) => keepProbability))}::real[],
    ${plainArray(revisions.map(({ isKept, lostAtMs }) => String(isKept && lostAtMs === null)))}::boolean[]
  ) AS r (id, captured_at, probability, is_awaited)`;
  for (const table of ['pool_awaited', 'pool_image'])
    await sql`
      UPDATE ${sql.table(table)} p SET keep_probability = r.probability FROM ${rows}
      WHERE p.plant_id = ${plantId} AND p.captured_at = r.captured_at AND p.inspection_id = r.id
    `.execute(trx);
  await sql`
    DELETE FROM pool_awaited p USING ${rows}
    WHERE p.plant_id = ${plantId} AND p.captured_at = r.captured_at AND p.inspection_id = r.id AND NOT r.is_awaited
  `.execute(trx);
}
