/** Factors of production context that a result has from its material batch, as the batch says when the result is written. */
import { type RawBuilder, sql } from 'kysely';
import { batchColumns } from '#schema/production-context.ts';

/** What of a result's production can be corrected; absent: stays as it is. */
export interface ProductionChange {
  job_id?: string | null;
  product_id?: string | null;
  recipe_id?: string | null;
  batch_id?: string | null;
}

/** Their columns, each with a comma before it. */
export const batchFactorNames = sql.join(
  batchColumns.map(({ column }) => sql`, ${sql.ref(column)}`),
  sql``,
);

/** The same, read from the batch's row under this alias. */
export function batchFactors(alias: string): RawBuilder<unknown> {
  return sql.join(
    batchColumns.map(({ column, ofBatch }) => sql`, ${sql.ref(`${alias}.${ofBatch}`)} AS ${sql.ref(column)}`),
    sql``,
  );
}

/** Every column that a correction of production writes, with its new value: the ids, and what follows from the batch. */
export function correctedColumns(change: ProductionChange): [column: string, value: RawBuilder<unknown>][] {
  const ids = Object.entries(change).map(([column, id]): [string, RawBuilder<unknown>] => [column, sql`${id}::uuid`]);
  if (change.batch_id === undefined) return ids;
  const followed = batchColumns.map(({ column, ofBatch }): [string, RawBuilder<unknown>] => [
    column,
    sql`(SELECT ${sql.ref(`b.${ofBatch}`)} FROM material_batch b WHERE b.id = ${change.batch_id}::uuid)`,
  ]);
  return [...ids, ...followed];
}
