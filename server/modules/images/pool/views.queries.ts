/** Every SQL statement about saved views. */
import { sql } from 'kysely';
import type { Db, Trx } from '../../../database/database.ts';
import { selectRowsIn } from '../../../kit/table-rows.ts';
import type { PoolViewRow } from './pool.table.ts';

export function selectViews(db: Db, plantId: string, personId: string | null): Promise<PoolViewRow[]> {
  return db
    .selectFrom('pool_view')
    .selectAll()
    .where('plant_id', '=', plantId)
    .where((view) => view.or([view('is_shared', '=', true), view('made_by', '=', personId)]))
    .orderBy('name')
    .orderBy('id')
    .execute();
}

export function selectViewsIn(db: Db, ids: readonly string[]): Promise<PoolViewRow[]> {
  return selectRowsIn(db, 'pool_view', 'id', ids, ['id']);
}

/** Of the person, without the one of this name. */
export async function countViews(trx: Trx, plantId: string, personId: string, exceptName: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM pool_view
    WHERE plant_id = ${plantId} AND made_by = ${personId} AND name <> ${exceptName}
  `.execute(trx);
  return rows[0]?.count ?? 0;
}

export async function upsertView(
  trx: Trx,
  view: Omit<PoolViewRow, 'question'> & { question: string },
): Promise<PoolViewRow> {
  return trx
    .insertInto('pool_view')
    .values(view)
    .onConflict((conflict) =>
      conflict
        .columns(['plant_id', 'made_by', 'name'])
        .doUpdateSet({ question: view.question, is_shared: view.is_shared, made_at: view.made_at }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

export function deleteView(
  trx: Trx,
  plantId: string,
  personId: string,
  name: string,
): Promise<PoolViewRow | undefined> {
  return trx
    .deleteFrom('pool_view')
    .where('plant_id', '=', plantId)
    .where('made_by', '=', personId)
    .where('name', '=', name)
    .returningAll()
    .executeTakeFirst();
}
