/** What an image's row takes from the first inspection that named it, besides the moment of capture. */
import { type RawBuilder, sql } from 'kysely';
import { factorColumns } from '#schema/production-context.ts';

/** Columns of the same name in `inspection`, `pool_awaited` and `pool_image`. */
const SHARED = [
  'edge_node_id',
  'line_id',
  'station_id',
  'camera_id',
  'job_id',
  'product_id',
  'recipe_id',
  'batch_id',
  'model_version_id',
  'part_id',
  'verdict',
  'score',
  'defect_class',
  ...factorColumns,
  'keep_probability',
  'capture_reason',
] as const;

/** The columns in one order; of a table where one is named. The inspection's own id comes first, as `inspection_id`. */
export function contextColumns(table?: string): RawBuilder<unknown> {
  return sql.join(['inspection_id', ...SHARED].map((column) => sql.ref(table ? `${table}.${column}` : column)));
}

/** As `contextColumns`, of an inspection. */
export function inspectionColumns(table: string): RawBuilder<unknown> {
  return sql.join([
    sql`${sql.ref(`${table}.id`)} AS inspection_id`,
    ...SHARED.map((column) => sql.ref(`${table}.${column}`)),
  ]);
}

/** Assignments of an UPDATE. */
export function contextFrom(table: string): RawBuilder<unknown> {
  return sql.join(
    ['inspection_id', ...SHARED].map((column) => sql`${sql.ref(column)} = ${sql.ref(`${table}.${column}`)}`),
  );
}
