/**
 * The one statement that records a call: results, defects, minute rollup, marks, audit and positions. One statement is one
 * transaction and one round trip, and its text never changes, so that the database plans it once for each connection.
 */
import { type RawBuilder, sql } from 'kysely';
import { factors, numberNames, wordNames, writtenWords } from '#schema/production-context.ts';
import {
  byteaArray,
  isoArray,
  jsonTextArray,
  plainArray,
  realArray,
  textArray,
} from '../../../database/array-literal.ts';
import type { Db } from '../../../database/database.ts';
import { type AuditEntry, auditSteps } from '../../../kit/audit.ts';
import { batchFactors } from './batch-factors.ts';
import type { IngestScope, NewInspection } from './ingest.queries.ts';
import { type MinuteCount, minuteCounts } from './minute-counts.ts';

const wordColumns = wordNames.map((name) => factors[name].column);
const numberColumns = numberNames.map((name) => factors[name].column);
const [words, numbers] = [sql.raw(wordColumns.join(', ')), sql.raw(numberColumns.join(', '))];
const sentWords = sql.raw(writtenWords.map((name) => factors[name].column).join(', '));
const wordsOf = (alias: string) => sql.join(wordColumns.map((column) => sql.ref(`${alias}.${column}`)));
const numbersOf = (alias: string) => sql.join(numberColumns.map((column) => sql.ref(`${alias}.${column}`)));

/**
 * Records all rows or throws and records none: unique_violation (23505) when an id is recorded already, check_violation
 * (23514) when a day has no partition. The head of the audit chain must exist.
 *
 * Steps wait for each other by what they read: first what only this node's calls lock, in key order; then the lines'
 * streams in id order, which are locked until the commit; then, from what was `taken`, the marks of hours that are rolled
 * up already (only with the lock is it known how far the rollup is) and the rows themselves. A position that is missing,
 * because a line has no stream or the audit no chain, is null and refused by the table.
 */
export async function insertResults(
  db: Db,
  scope: IngestScope,
  items: readonly NewInspection[],
  audit: AuditEntry,
): Promise<void> {
  const lines = new Map<string, number>();
  const ranks = items.map(({ place: { lineId } }) => {
    const rank = lines.get(lineId) ?? 0;
    lines.set(lineId, rank + 1);
    return rank;
  });
  const counts = minuteCounts(items);

  await sql`
    /* name: insertResults */
    WITH ${defectsStep(scope, items)},
    ${minutesStep(scope, counts)},
    ${auditSteps(audit)},
    locked AS (
      SELECT id AS line_id FROM stream
      WHERE kind = 'inspection' AND id = ANY(${plainArray([...lines.keys()])}::uuid[])
        AND (SELECT count(*) FROM defects) >= 0 AND (SELECT count(*) FROM recount) >= 0
        AND (SELECT count(*) FROM minutes) > 0 AND (SELECT count(*) FROM audited) = 1
      ORDER BY id FOR UPDATE
    ), taken AS (
      UPDATE stream s SET next_position = s.next_position + c.n
      FROM unnest(${plainArray([...lines.keys()])}::uuid[], ${plainArray([...lines.values()])}::bigint[]) AS c (line_id, n)
      JOIN locked ON locked.line_id = c.line_id
      WHERE s.kind = 'inspection' AND s.id = c.line_id
      RETURNING s.id AS line_id, s.next_position - c.n AS first_position, s.rolled_until
    ), late AS (
      INSERT INTO inspection_late (line_id, hour)
      SELECT DISTINCT taken.line_id, lehr_hour(m.minute, p.time_zone)
      FROM taken
      JOIN unnest(${plainArray(counts.map((each) => each.lineId))}::uuid[], ${isoArray(counts.map((each) => each.minuteMs))}::timestamptz[])
        AS m (line_id, minute) ON m.line_id = taken.line_id AND m.minute < taken.rolled_until
      JOIN plant p ON p.id = ${scope.plantId}
      ON CONFLICT DO NOTHING
    )
    ${inspectionsStep(scope, items, ranks)}
  `.execute(db);
}

/** In id order, so that two calls with the same ids wait for each other in one direction only. */
function defectsStep({ plantId }: IngestScope, items: readonly NewInspection[]): RawBuilder<unknown> {
  const rows = items
    .filter((item) => item.defects.length > 0)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((item) => item.defects.map((defect, ordinal) => ({ item, defect, ordinal })));
  return sql`defects AS (
      INSERT INTO inspection_defect (
        plant_id, captured_at, inspection_id, ordinal, line_id, class, score, box_x, box_y, box_width, box_height, outline
      )
      SELECT ${plantId}::uuid, d.captured_at, d.inspection_id, d.ordinal, d.line_id, d.class, d.score,
        d.box_x, d.box_y, d.box_width, d.box_height, d.outline::real[]
      FROM unnest(
        ${isoArray(rows.map(({ item }) => item.capturedAtMs))}::timestamptz[],
        ${plainArray(rows.map(({ item }) => item.id))}::uuid[],
        ${plainArray(rows.map(({ ordinal }) => ordinal))}::smallint[],
        ${plainArray(rows.map(({ item }) => item.place.lineId))}::uuid[],
        ${textArray(rows.map(({ defect }) => defect.class))}::text[],
        ${realArray(rows.map(({ defect }) => defect.score))}::real[],
        ${realArray(rows.map(({ defect }) => defect.box.x))}::real[],
        ${realArray(rows.map(({ defect }) => defect.box.y))}::real[],
        ${realArray(rows.map(({ defect }) => defect.box.width))}::real[],
        ${realArray(rows.map(({ defect }) => defect.box.height))}::real[],
        ${textArray(rows.map(({ defect }) => (defect.outline ? realArray(defect.outline) : null)))}::text[]
      ) AS d (captured_at, inspection_id, ordinal, line_id, class, score, box_x, box_y, box_width, box_height, outline)
      RETURNING ordinal
    )`;
}

/**
 * The counts are in key order, so that two calls lock shared minutes in the same order. Jobs among them that have ended are
 * marked: their summary is told again. The mark is locked even where it stands, so that who takes it away waits for these counts.
 */
function minutesStep(
  { plantId, receivedAt }: Pick<IngestScope, 'plantId' | 'receivedAt'>,
  counts: readonly MinuteCount[],
): RawBuilder<unknown> {
  const jobIds = new Set(counts.map((count) => count.jobId).filter((jobId) => jobId !== null));
  return sql`recount AS (
      INSERT INTO job_recount (job_id, since)
      SELECT id, ${receivedAt}::timestamptz FROM job
      WHERE id = ANY(${plainArray([...jobIds])}::uuid[]) AND ended_at IS NOT NULL ORDER BY id
      ON CONFLICT (job_id) DO UPDATE SET since = job_recount.since
      RETURNING job_id
    ), minutes AS (
      INSERT INTO inspection_minute (
        plant_id, line_id, minute, camera_id, station_id, job_id, product_id, batch_id, model_version_id,
        defect_class, pass_count, reject_count, uncertain_count
      )
      SELECT ${plantId}::uuid, * FROM unnest(
        ${plainArray(counts.map((count) => count.lineId))}::uuid[],
        ${isoArray(counts.map((count) => count.minuteMs))}::timestamptz[],
        ${plainArray(counts.map((count) => count.cameraId))}::uuid[],
        ${plainArray(counts.map((count) => count.stationId))}::uuid[],
        ${plainArray(counts.map((count) => count.jobId))}::uuid[],
        ${plainArray(counts.map((count) => count.productId))}::uuid[],
        ${plainArray(counts.map((count) => count.batchId))}::uuid[],
        ${plainArray(counts.map((count) => count.modelVersionId))}::uuid[],
        ${textArray(counts.map((count) => count.defectClass))}::text[],
        ${plainArray(counts.map((count) => count.pass))}::integer[],
        ${plainArray(counts.map((count) => count.reject))}::integer[],
        ${plainArray(counts.map((count) => count.uncertain))}::integer[]
      )
      ON CONFLICT (line_id, minute, camera_id, job_id, product_id, batch_id, model_version_id, defect_class) DO UPDATE SET
        pass_count = inspection_minute.pass_count + excluded.pass_count,
        reject_count = inspection_minute.reject_count + excluded.reject_count,
        uncertain_count = inspection_minute.uncertain_count + excluded.uncertain_count
      RETURNING minute
    )`;
}

/** What many rows of a call have in common is sent once, and each row names it by its place in the list. */
function inspectionsStep(
  { plantId, edgeNodeId, receivedAt }: IngestScope,
  items: readonly NewInspection[],
  ranks: readonly number[],
): RawBuilder<unknown> {
  const { sources, sourceOf } = sourcesOf(items);
  return sql`INSERT INTO inspection (
      plant_id, received_at, edge_node_id, position, captured_at, id, line_id, station_id, camera_id, part_id,
      job_id, product_id, recipe_id, batch_id, model_version_id, verdict, score, latency_ms, image_sha256,
      ${words}, ${numbers}, signals, defect_count, defect_class,
      is_kept, keep_probability, capture_reason, capture_quota_ids, content_hash
    )
    SELECT ${plantId}::uuid, ${receivedAt}::timestamptz, ${edgeNodeId}::uuid, taken.first_position + i.rank,
      i.captured_at, i.id, s.line_id, s.station_id, s.camera_id, i.part_id,
      s.job_id, s.product_id, s.recipe_id, s.batch_id, s.model_version_id, i.verdict, i.score, i.latency_ms, i.image_sha256,
      ${wordsOf('s')}, ${numbersOf('i')}, nullif(i.signals, 'null'), i.defect_count, i.defect_class,
      i.is_kept, i.keep_probability, i.capture_reason, i.quota_ids::uuid[], i.content_hash
    FROM ROWS FROM (unnest(
      ${plainArray(ranks)}::integer[],
      ${plainArray(sourceOf)}::integer[],
      ${isoArray(items.map((item) => item.capturedAtMs))}::timestamptz[],
      ${plainArray(items.map((item) => item.id))}::uuid[],
      ${textArray(items.map((item) => item.partId))}::text[],
      ${plainArray(items.map((item) => item.verdict))}::text[],
      ${realArray(items.map((item) => item.score))}::real[],
      ${realArray(items.map((item) => item.latencyMs))}::real[],
      ${byteaArray(items.map((item) => item.imageSha256))}::bytea[],
      ${sql.join(numberNames.map((name) => sql`${realArray(items.map((item) => item[name]))}::real[]`))},
      ${plainArray(items.map((item) => item.defects.length))}::smallint[],
      ${textArray(items.map((item) => item.defectClass))}::text[],
      ${plainArray(items.map((item) => String(item.capture.isKept)))}::boolean[],
      ${realArray(items.map((item) => item.capture.keepProbability))}::real[],
      ${plainArray(items.map((item) => item.capture.reason))}::text[],
      ${textArray(items.map((item) => (item.quotaIds ? plainArray(item.quotaIds) : null)))}::text[],
      ${byteaArray(items.map((item) => item.contentHash))}::bytea[]
    ), jsonb_array_elements(${jsonTextArray(items.map((item) => item.signals))}::jsonb)) AS i (
      rank, source, captured_at, id, part_id, verdict, score, latency_ms, image_sha256,
      ${numbers}, defect_count, defect_class,
      is_kept, keep_probability, capture_reason, quota_ids, content_hash, signals
    )
    JOIN (
      SELECT s.*${batchFactors('b')} FROM unnest(
        ${plainArray(sources.map((_, index) => index))}::integer[],
        ${plainArray(sources.map((item) => item.place.lineId))}::uuid[],
        ${plainArray(sources.map((item) => item.place.stationId))}::uuid[],
        ${plainArray(sources.map((item) => item.place.cameraId))}::uuid[],
        ${plainArray(sources.map((item) => item.jobId))}::uuid[],
        ${plainArray(sources.map((item) => item.productId))}::uuid[],
        ${plainArray(sources.map((item) => item.recipeId))}::uuid[],
        ${plainArray(sources.map((item) => item.batchId))}::uuid[],
        ${plainArray(sources.map((item) => item.modelVersionId))}::uuid[],
        ${sql.join(writtenWords.map((name) => sql`${textArray(sources.map((item) => item[name]))}::text[]`))}
      ) AS s (
        source, line_id, station_id, camera_id, job_id, product_id, recipe_id, batch_id, model_version_id, ${sentWords}
      ) LEFT JOIN material_batch b ON b.id = s.batch_id
    ) s ON s.source = i.source
    LEFT JOIN taken ON taken.line_id = s.line_id`;
}

/** The first row of each place, run, model and machine state, and for every row which of them is like it. */
function sourcesOf(items: readonly NewInspection[]): { sources: NewInspection[]; sourceOf: number[] } {
  const sources: NewInspection[] = [];
  const known = new Map<string, number>();
  let last = -1;
  const sourceOf = items.map((item) => {
    // one camera's results mostly follow each other
    if (isLike(sources[last], item)) return last;
    const { place, jobId, productId, recipeId, batchId, modelVersionId } = item;
    const state = JSON.stringify(writtenWords.map((name) => item[name]));
    const key = `${place.cameraId} ${place.lineId} ${jobId} ${productId} ${recipeId} ${batchId} ${modelVersionId} ${state}`;
    last = known.get(key) ?? sources.push(item) - 1;
    known.set(key, last);
    return last;
  });
  return { sources, sourceOf };
}

function isLike(source: NewInspection | undefined, item: NewInspection): boolean {
  return (
    source !== undefined &&
    source.place === item.place &&
    source.jobId === item.jobId &&
    source.productId === item.productId &&
    source.recipeId === item.recipeId &&
    source.batchId === item.batchId &&
    source.modelVersionId === item.modelVersionId &&
    writtenWords.every((name) => source[name] === item[name])
  );
}
