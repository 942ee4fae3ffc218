/** A selection of the pool as a condition of SQL; other modules use it in statements of their own. */
import { type RawBuilder, sql } from 'kysely';
import { byteaArray, plainArray, textArray } from '../../../database/array-literal.ts';
import { RANGES, TIMES } from './pool-fields.ts';
import type { PoolSelection } from './pool-selection.ts';

const UUID_COLUMNS = /_id$/;

/** Holds for the selected rows of `pool_image`, which must stand in the statement under the alias, of the plant alone. */
export function poolCondition(plantId: string, selection: PoolSelection, alias = 'p'): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  const conditions: RawBuilder<unknown>[] = [
    sql`${column('plant_id')} = ${plantId}::uuid AND ${column('deleted_at')} IS NULL`,
  ];
  const add = (condition: RawBuilder<unknown>) => conditions.push(condition);

  if (selection.imageSha256s) add(sql`${column('image_sha256')} = ANY(${byteaArray(selection.imageSha256s)}::bytea[])`);
  for (const [name, values] of Object.entries(selection.lists) as [string, readonly string[] | undefined][]) {
    if (!values) continue;
    const isUuid = UUID_COLUMNS.test(name) && name !== 'part_id';
    const [only] = values;
    // one value keeps the order of an index that begins with the column
    if (only !== undefined && values.length === 1)
      add(isUuid ? sql`${column(name)} = ${only}::uuid` : sql`${column(name)} = ${only}`);
    else if (isUuid) add(sql`${column(name)} = ANY(${plainArray(values)}::uuid[])`);
    else add(sql`${column(name)} = ANY(${textArray(values)}::text[])`);
  }
  for (const [name, range] of Object.entries(selection.ranges)) {
    const { column: key } = RANGES[name as keyof typeof RANGES];
    const isWhole = key === 'width' || key === 'height' || key === 'size_bytes';
    // a real compared with a double would miss 0.9 for 0.9: both sides are singles
    const bound = (value: number) => (isWhole ? sql`${value}::double precision` : sql`${Math.fround(value)}::real`);
    if (range.min !== null) add(sql`${column(key)} >= ${bound(range.min)}`);
    if (range.max !== null) add(sql`${column(key)} <= ${bound(range.max)}`);
  }
  for (const [name, range] of Object.entries(selection.times)) {
    const { column: key } = TIMES[name as keyof typeof TIMES];
    if (range.min !== null) add(sql`${column(key)} >= ${range.min}::timestamptz`);
    if (range.max !== null) add(sql`${column(key)} < ${range.max}::timestamptz`);
  }
  for (const flag of selection.flags) {
    const threshold = sql`${Math.fround(flag.below)}::real`;
    add(
      flag.is
        ? sql`${column(flag.column)} < ${threshold}`
        : sql`(${column(flag.column)} >= ${threshold} OR ${column(flag.column)} IS NULL)`,
    );
  }
  if (selection.exactGroup !== undefined) add(sql`${column('exact_group')} = decode(${selection.exactGroup}, 'hex')`);
  if (selection.nearGroup !== undefined) add(sql`${column('near_group')} = decode(${selection.nearGroup}, 'hex')`);
  const presence = [
    ['exact_group', selection.hasExactDuplicates],
    ['near_group', selection.hasNearDuplicates],
    ['measured_at', selection.isMeasured],
    ['measure_error', selection.hasMeasureError],
  ] as const;
  for (const [name, is] of presence)
    if (is !== undefined) add(is ? sql`${column(name)} IS NOT NULL` : sql`${column(name)} IS NULL`);
  if (selection.sourcePath)
    // as the index says it
    add(
      sql`${column('source_path')} IS NOT NULL AND to_tsvector('simple', regexp_replace(${column('source_path')}, '[^[:alnum:]]+', ' ', 'g')) @@ ${selection.sourcePath
        .map((word) => `'${word}':*`)
        .join(' & ')}::tsquery`,
    );
  const { tags } = selection;
  // the index leaves rows without tags out
  const tagged = sql`${column('tags')} <> '{}'`;
  if (tags?.any) add(sql`${column('tags')} && ${textArray(tags.any)}::text[] AND ${tagged}`);
  if (tags && tags.all.length > 0) add(sql`${column('tags')} @> ${textArray(tags.all)}::text[] AND ${tagged}`);
  if (tags && tags.none.length > 0) add(sql`NOT ${column('tags')} && ${textArray(tags.none)}::text[]`);
  if (selection.lasso) {
    const place = sql`point(${column('map_x')}, ${column('map_y')})`;
    add(sql`${column('map_x')} IS NOT NULL AND ${place} <@ ${polygonText(selection.lasso)}::polygon`);
  }
  const inVersion = (id: string) =>
    sql`EXISTS (SELECT 1 FROM dataset_item di WHERE di.dataset_version_id = ${id}::uuid AND di.image_sha256 = ${column('image_sha256')})`;
  if (selection.datasetVersionId !== undefined) add(inVersion(selection.datasetVersionId));
  if (selection.notInDatasetVersionId !== undefined) add(sql`NOT ${inVersion(selection.notInDatasetVersionId)}`);
  return sql<boolean>`${sql.join(conditions, sql` AND `)}`;
}

function polygonText(corners: readonly number[]): string {
  const points: string[] = [];
  for (let at = 0; at + 1 < corners.length; at += 2) points.push(`(${corners[at]},${corners[at + 1]})`);
  return `(${points.join(',')})`;
}
