/** Every SQL statement about what edge nodes are asked to keep: rows in, rows out, no rules. */
import { sql } from 'kysely';
import { plainArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { CapturePolicyRow, CaptureQuotaRow } from './capture.table.ts';

export async function selectCapturePolicies(db: Db, plantIds: readonly string[]): Promise<CapturePolicyRow[]> {
  const { rows } = await sql<CapturePolicyRow>`
    SELECT * FROM capture_policy WHERE plant_id = ANY(${plainArray(plantIds)}::uuid[])
  `.execute(db);
  return rows;
}

/** The plant's policies, held until the transaction ends. */
export function lockCapturePolicies(trx: Trx, plantId: string): Promise<CapturePolicyRow[]> {
  return trx
    .selectFrom('capture_policy')
    .selectAll()
    .where('plant_id', '=', plantId)
    .orderBy('id')
    .forUpdate()
    .execute();
}

/** Writes the policy in place of the one of the same plant and node. */
export function upsertCapturePolicy(trx: Trx, row: CapturePolicyRow): Promise<CapturePolicyRow> {
  const { id: _id, plant_id: _plant, edge_node_id: _node, ...values } = row;
  return trx
    .insertInto('capture_policy')
    .values(row)
    .onConflict((conflict) => conflict.columns(['plant_id', 'edge_node_id']).doUpdateSet(values))
    .returningAll()
    .executeTakeFirstOrThrow();
}

export interface CountedQuota extends CaptureQuotaRow {
  /** Images that are still missing. */
  remaining: number;
}

/** Open quotas of the plants in the order in which they were opened, with what is missing: lost images are missing again. */
export async function selectOpenQuotas(db: Db, plantIds: readonly string[]): Promise<CountedQuota[]> {
  const { rows } = await sql<CountedQuota>`
    SELECT q.*, q.wanted - (
      SELECT count(*)::integer FROM (
        SELECT 1 FROM inspection i
        -- clocks of nodes may be behind; the days before are pruned
        WHERE i.plant_id = q.plant_id AND i.captured_at >= q.opened_at - interval '1 day'
          AND i.capture_quota_ids @> ARRAY[q.id] AND i.is_kept AND i.image_lost_at IS NULL
        LIMIT q.wanted
      ) kept
    ) AS remaining
    FROM capture_quota q
    WHERE q.plant_id = ANY(${plainArray(plantIds)}::uuid[]) AND q.closed_at IS NULL
    ORDER BY q.plant_id, q.id
  `.execute(db);
  return rows;
}

/** As `selectOpenQuotas`, without counting. */
export function selectQuotaCells(db: Db, plantId: string): Promise<Pick<CaptureQuotaRow, 'id' | 'cell'>[]> {
  return db
    .selectFrom('capture_quota')
    .select(['id', 'cell'])
    .where('plant_id', '=', plantId)
    .where('closed_at', 'is', null)
    .orderBy('id')
    .execute();
}

/** Holds the plant's row, so that its quotas are opened one after the other, and tells how many are open. */
export async function lockQuotas(trx: Trx, plantId: string): Promise<number> {
  await sql`SELECT id FROM plant WHERE id = ${plantId} FOR NO KEY UPDATE`.execute(trx);
  return (await selectQuotaCells(trx, plantId)).length;
}

export async function insertQuota(trx: Trx, row: CaptureQuotaRow): Promise<void> {
  await trx
    .insertInto('capture_quota')
    .values({ ...row, cell: JSON.stringify(row.cell) })
    .execute();
}

export function selectQuota(db: Db, id: string): Promise<CaptureQuotaRow | undefined> {
  return db.selectFrom('capture_quota').selectAll().where('id', '=', id).executeTakeFirst();
}

/** False when it is closed already. */
export async function closeQuota(trx: Trx, id: string, by: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('capture_quota')
    .set({ closed_by: by, closed_at: at })
    .where('id', '=', id)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
