/** Every SQL statement that reads inspections: rows in, rows out, no rules. Each tells the planner which days it is about, where it can. */
import { type RawBuilder, sql } from 'kysely';
import { factorColumns } from '#schema/production-context.ts';
import { plainArray } from '../../../database/array-literal.ts';
import type { Db } from '../../../database/database.ts';
import type { TimePage } from '../../../kit/time-page.ts';
import type { InspectionSelection } from './inspection-selection.ts';
import type { InspectionDefectRow, InspectionRow, VerdictName } from './inspections.table.ts';

/** A row without what only recording and counting need. */
export type ReadInspection = Omit<InspectionRow, 'content_hash' | 'capture_quota_ids'>;

export const COLUMNS = sql`i.plant_id, i.captured_at, i.id, i.position, i.received_at, i.line_id, i.station_id, i.camera_id,
  i.edge_node_id, i.part_id, i.job_id, i.product_id, i.recipe_id, i.batch_id, i.model_version_id, i.verdict, i.score,
  i.latency_ms, i.image_sha256, i.is_kept, i.keep_probability, i.capture_reason, i.image_lost_at,
  ${sql.join(factorColumns.map((column) => sql.ref(`i.${column}`)))}, i.signals, i.defect_count, i.defect_class`;

/**
 * Newest capture first; one row more than the page, oldest first when it is a backward one. Every plant is walked along
 * its own index and the pages are merged, so that the cost is that of a page, whatever the number of plants and days.
 */
export async function selectInspectionPage(
  db: Db,
  selection: InspectionSelection,
  { page, after, before }: TimePage,
): Promise<ReadInspection[]> {
  const conditions = conditionsOf(selection);
  if (after) {
    conditions.push(sql`i.captured_at <= ${after.at}`);
    conditions.push(sql`(i.captured_at, i.id) < (${after.at}, ${after.id}::uuid)`);
  }
  if (before) {
    conditions.push(sql`i.captured_at >= ${before.at}`);
    conditions.push(sql`(i.captured_at, i.id) > (${before.at}, ${before.id}::uuid)`);
  }
  const direction = page.backward ? sql`ASC` : sql`DESC`;
  const limit = page.limit + 1;
  const { rows } = await sql<ReadInspection>`
    SELECT r.* FROM unnest(${plainArray(selection.plantIds)}::uuid[]) AS p (id)
    CROSS JOIN LATERAL (
      SELECT ${COLUMNS} FROM inspection i
      WHERE i.plant_id = p.id AND ${sql.join(conditions, sql` AND `)}
      ORDER BY i.captured_at ${direction}, i.id ${direction}
      LIMIT ${limit}
    ) r
    ORDER BY r.captured_at ${direction}, r.id ${direction}
    LIMIT ${limit}
  `.execute(db);
  return rows;
}

function conditionsOf(selection: InspectionSelection): RawBuilder<unknown>[] {
  const { lineId, stationId, cameraId, jobId, modelVersionId, verdicts, defectClass, productCode, batchCode } =
    selection;
  const { partId, imageSha256, minScore, maxScore, from, to } = selection;
  const conditions: RawBuilder<unknown>[] = [sql`true`];
  if (from) conditions.push(sql`i.captured_at >= ${from}`);
  if (to) conditions.push(sql`i.captured_at < ${to}`);
  if (lineId) conditions.push(sql`i.line_id = ${lineId}`);
  if (stationId) conditions.push(sql`i.station_id = ${stationId}`);
  if (cameraId) conditions.push(sql`i.camera_id = ${cameraId}`);
  if (jobId) conditions.push(sql`i.job_id = ${jobId}`);
  if (modelVersionId) conditions.push(sql`i.model_version_id = ${modelVersionId}`);
  if (verdicts) conditions.push(sql`i.verdict = ANY(${plainArray(verdicts)}::text[])`);
  // A real compared with a double would miss 0.9 for 0.9: both sides are singles.
  if (minScore !== null) conditions.push(sql`i.score >= ${Math.fround(minScore)}::real`);
  if (maxScore !== null) conditions.push(sql`i.score <= ${Math.fround(maxScore)}::real`);
  if (partId !== null) conditions.push(sql`i.part_id = ${partId}`);
  if (imageSha256 !== null) conditions.push(sql`i.image_sha256 = decode(${imageSha256}, 'hex')`);
  if (productCode !== null)
    conditions.push(sql`i.product_id = (SELECT id FROM product WHERE plant_id = p.id AND code = ${productCode})`);
  if (batchCode !== null)
    conditions.push(sql`i.batch_id = (SELECT id FROM material_batch WHERE plant_id = p.id AND code = ${batchCode})`);
  if (defectClass !== null)
    conditions.push(sql`EXISTS (
      SELECT 1 FROM inspection_defect d
      WHERE d.plant_id = p.id AND d.captured_at = i.captured_at AND d.inspection_id = i.id AND d.class = ${defectClass}
    )`);
  return conditions;
}

/**
 * Rows of one plant in the order of capture, after a key, of those below the given positions of their lines: each page costs
 * what its rows cost. The positions are a filter, so that nothing but the plant's own order is walked.
 */
export async function selectExportPage(
  db: Db,
  selection: InspectionSelection,
  heads: Readonly<Record<string, number>>,
  after: { at: Date; id: string } | undefined,
  limit: number,
): Promise<ReadInspection[]> {
  const conditions = conditionsOf(selection);
  if (after) {
    conditions.push(sql`i.captured_at >= ${after.at}`);
    conditions.push(sql`(i.captured_at, i.id) > (${after.at}, ${after.id}::uuid)`);
  }
  const { rows } = await sql<ReadInspection>`
    SELECT ${COLUMNS} FROM inspection i CROSS JOIN (SELECT ${selection.plantIds[0]}::uuid AS id) p
    WHERE i.plant_id = p.id AND i.position < (${JSON.stringify(heads)}::jsonb ->> i.line_id::text)::bigint
      AND ${sql.join(conditions, sql` AND `)}
    ORDER BY i.captured_at, i.id LIMIT ${limit}
  `.execute(db);
  return rows;
}

/** First and last capture of the plant; undefined when nothing is recorded. */
export async function selectCaptureBounds(db: Db, plantId: string): Promise<{ from: Date; to: Date } | undefined> {
  const { rows } = await sql<{ from: Date | null; to: Date | null }>`
    SELECT min(captured_at) AS from, max(captured_at) AS to FROM inspection WHERE plant_id = ${plantId}
  `.execute(db);
  const [row] = rows;
  return row?.from && row.to ? { from: row.from, to: row.to } : undefined;
}

export interface InspectionKey {
  plant_id: string;
  captured_at: Date;
  id: string;
}

export async function selectInspectionsByKey(db: Db, keys: readonly InspectionKey[]): Promise<ReadInspection[]> {
  const { rows } = await sql<ReadInspection>`
    SELECT ${COLUMNS} FROM ${keyTable(keys)} JOIN inspection i ON i.plant_id = k.plant_id AND i.captured_at = k.captured_at AND i.id = k.id
    WHERE ${withinDaysOf('i', keys)}
  `.execute(db);
  return rows;
}

/** Of all the inspections, in the order in which each one's defects were reported. */
export async function selectDefects(db: Db, keys: readonly InspectionKey[]): Promise<InspectionDefectRow[]> {
  const { rows } = await sql<InspectionDefectRow>`
    SELECT d.* FROM ${keyTable(keys)}
    JOIN inspection_defect d ON d.plant_id = k.plant_id AND d.captured_at = k.captured_at AND d.inspection_id = k.id
    WHERE ${withinDaysOf('d', keys)}
    ORDER BY d.inspection_id, d.ordinal
  `.execute(db);
  return rows;
}

/** Rows above a position, in position order. With `since`, only days from then on are looked at. */
export async function selectByPosition(
  db: Db,
  lineId: string,
  afterPosition: number,
  limit: number,
  since: Date | null,
): Promise<ReadInspection[]> {
  const { rows } = await sql<ReadInspection>`
    SELECT ${COLUMNS} FROM inspection i
    WHERE i.line_id = ${lineId} AND i.position > ${afterPosition}
      ${since ? sql`AND i.captured_at >= ${since} AND i.position <= ${afterPosition + limit}` : sql``}
    ORDER BY i.position LIMIT ${limit}
  `.execute(db);
  return rows;
}

/** The position that the line's next row gets; undefined when there is no such line. */
export async function selectNextPosition(db: Db, lineId: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('stream')
    .select('next_position')
    .where('kind', '=', 'inspection')
    .where('id', '=', lineId)
    .executeTakeFirst();
  return row?.next_position;
}

/** The line's newest captures in [from, to), newest first. */
export async function selectNewest(
  db: Db,
  lineId: string,
  range: { from: Date | null; to: Date | null; verdict: VerdictName | null },
  limit: number,
): Promise<ReadInspection[]> {
  const { from, to, verdict } = range;
  const { rows } = await sql<ReadInspection>`
    SELECT ${COLUMNS} FROM inspection i
    WHERE i.line_id = ${lineId}
      ${from ? sql`AND i.captured_at >= ${from}` : sql``}
      ${to ? sql`AND i.captured_at < ${to}` : sql``}
      ${verdict ? sql`AND i.verdict = ${verdict}` : sql``}
    ORDER BY i.captured_at DESC, i.id DESC LIMIT ${limit}
  `.execute(db);
  return rows;
}

export async function countCaptured(db: Db, lineId: string, from: Date, to: Date): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM inspection
    WHERE line_id = ${lineId} AND captured_at >= ${from} AND captured_at < ${to}
  `.execute(db);
  return rows[0]?.count ?? 0;
}

function keyTable(keys: readonly InspectionKey[]) {
  const plants = plainArray(keys.map((key) => key.plant_id));
  const times = plainArray(keys.map((key) => key.captured_at.toISOString()));
  const ids = plainArray(keys.map((key) => key.id));
  return sql`unnest(${plants}::uuid[], ${times}::timestamptz[], ${ids}::uuid[]) AS k (plant_id, captured_at, id)`;
}

/** Lets the planner pass over all other partitions, which a join alone does not. */
function withinDaysOf(alias: string, keys: readonly InspectionKey[]) {
  const times = keys.map((key) => key.captured_at.getTime());
  const column = sql.ref(`${alias}.captured_at`);
  return sql`${column} BETWEEN ${new Date(Math.min(...times))} AND ${new Date(Math.max(...times))}`;
}
