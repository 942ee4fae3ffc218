/** Every SQL statement that recording inspections needs: one per table and call, columns as arrays. */
import { sql } from 'kysely';
import { byteaArray, plainArray, realArray, textArray } from '../../database/array-literal.ts';
import type { Db, Trx } from '../../database/database.ts';
import type { VerdictName } from './inspections.table.ts';
import type { MinuteCount } from './minute-counts.ts';

/** Where a camera stands. */
export interface CameraPlace {
  cameraId: string;
  stationId: string;
  lineId: string;
  edgeNodeId: string | null;
}

/** One inspection as it is written; hashes as hexadecimal digits, times as milliseconds since 1970. */
export interface NewInspection {
  id: string;
  capturedAtMs: number;
  contentHash: string;
  place: CameraPlace;
  modelVersionId: string;
  verdict: VerdictName;
  score: number;
  latencyMs: number;
  partId: string | null;
  imageSha256: string | null;
  jobId: string | null;
  productId: string | null;
  recipeId: string | null;
  batchId: string | null;
  machineState: string | null;
  machineMode: string | null;
  speedPerMin: number | null;
  temperatureC: number | null;
  humidityPercent: number | null;
  /** JSON text. */
  signals: string | null;
  stats: { brightness: number; contrast: number; colourCast: number; sharpness: number } | null;
  position: { offsetXPx: number; offsetYPx: number; rotationDeg: number } | null;
  defectClass: string | null;
  defects: readonly {
    class: string;
    score: number;
    box: { x: number; y: number; width: number; height: number };
    outline?: readonly number[] | null | undefined;
  }[];
}

export interface IngestScope {
  plantId: string;
  edgeNodeId: string;
  receivedAt: Date;
}

/** Places of those of the cameras that belong to the plant and are not retired. */
export async function selectCameraPlaces(
  db: Db,
  plantId: string,
  cameraIds: readonly string[],
): Promise<CameraPlace[]> {
  const { rows } = await sql<CameraPlace>`
    SELECT c.id AS "cameraId", s.id AS "stationId", s.line_id AS "lineId", s.edge_node_id AS "edgeNodeId"
    FROM camera c JOIN station s ON s.id = c.station_id
    WHERE c.plant_id = ${plantId} AND c.retired_at IS NULL AND c.id = ANY(${plainArray(cameraIds)}::uuid[])
  `.execute(db);
  return rows;
}

/** Which of the pairs are or were assigned; every assignment points to an approval. */
export async function selectAssignedPairs(
  db: Db,
  plantId: string,
  pairs: readonly { cameraId: string; modelVersionId: string }[],
): Promise<{ cameraId: string; modelVersionId: string }[]> {
  const cameras = plainArray(pairs.map((pair) => pair.cameraId));
  const versions = plainArray(pairs.map((pair) => pair.modelVersionId));
  const { rows } = await sql<{ cameraId: string; modelVersionId: string }>`
    SELECT DISTINCT a.camera_id AS "cameraId", a.model_version_id AS "modelVersionId"
    FROM unnest(${cameras}::uuid[], ${versions}::uuid[]) AS p (camera_id, model_version_id)
    JOIN model_assignment a ON a.camera_id = p.camera_id AND a.model_version_id = p.model_version_id
    WHERE a.plant_id = ${plantId}
  `.execute(db);
  return rows;
}

/** Content hashes, as hexadecimal digits, of those ids that are recorded already. */
export async function selectRecorded(
  db: Db,
  plantId: string,
  items: readonly { id: string; capturedAtMs: number }[],
): Promise<Map<string, string>> {
  const times = items.map((item) => item.capturedAtMs);
  const { rows } = await sql<{ id: string; content_hash: Buffer }>`
    SELECT e.id, e.content_hash
    FROM unnest(${plainArray(items.map((item) => item.id))}::uuid[], ${isoArray(times)}::timestamptz[]) AS k (id, captured_at)
    JOIN inspection e ON e.plant_id = ${plantId} AND e.captured_at = k.captured_at AND e.id = k.id
    WHERE e.captured_at BETWEEN ${new Date(Math.min(...times))} AND ${new Date(Math.max(...times))}
  `.execute(db);
  return new Map(rows.map((row) => [row.id, row.content_hash.toString('hex')]));
}

/**
 * Writes the rows with the next positions of their lines and tells how many were written: fewer than given when ids
 * were recorded already, and then the transaction must be rolled back, or the positions would have holes.
 * The update locks each line's stream until the commit, so commit right after. With several lines it first locks them in id order.
 * Hours that are rolled up already are marked as changed, from what is `taken`: only with the lock is it known how far the rollup is.
 */
export async function insertInspections(
  trx: Trx,
  { plantId, edgeNodeId, receivedAt }: IngestScope,
  items: readonly NewInspection[],
): Promise<number> {
  const counts = new Map<string, number>();
  const ranks = items.map(({ place: { lineId } }) => {
    const rank = counts.get(lineId) ?? 0;
    counts.set(lineId, rank + 1);
    return rank;
  });
  const lineIds = plainArray([...counts.keys()]);
  const minutes = touchedMinutes(items);
  if (counts.size > 1)
    await sql`SELECT 1 FROM stream WHERE kind = 'inspection' AND id = ANY(${lineIds}::uuid[]) ORDER BY id FOR UPDATE`.execute(
      trx,
    );

  const result = await sql`
    /* name: insertInspections */
    WITH taken AS (
      UPDATE stream s SET next_position = s.next_position + c.n
      FROM unnest(${lineIds}::uuid[], ${plainArray([...counts.values()])}::bigint[]) AS c (line_id, n)
      WHERE s.kind = 'inspection' AND s.id = c.line_id
      RETURNING s.id AS line_id, s.next_position - c.n AS first_position, s.rolled_until
    ), late AS (
      INSERT INTO inspection_late (line_id, hour)
      SELECT DISTINCT taken.line_id, lehr_hour(m.minute, p.time_zone)
      FROM taken
      JOIN unnest(${plainArray(minutes.map((each) => each.lineId))}::uuid[], ${isoArray(minutes.map((each) => each.minuteMs))}::timestamptz[])
        AS m (line_id, minute) ON m.line_id = taken.line_id AND m.minute < taken.rolled_until
      JOIN plant p ON p.id = ${plantId}
      ON CONFLICT DO NOTHING
    )
    INSERT INTO inspection (
      plant_id, received_at, edge_node_id, position, captured_at, id, line_id, station_id, camera_id, part_id,
      job_id, product_id, recipe_id, batch_id, model_version_id, verdict, score, latency_ms, image_sha256,
      machine_state, machine_mode, speed_per_min, temperature_c, humidity_percent, signals,
      brightness, contrast, colour_cast, sharpness, offset_x_px, offset_y_px, rotation_deg, defect_count, defect_class,
      content_hash
    )
    SELECT ${plantId}::uuid, ${receivedAt}::timestamptz, ${edgeNodeId}::uuid, taken.first_position + i.rank,
      i.captured_at, i.id, i.line_id, i.station_id, i.camera_id, i.part_id,
      i.job_id, i.product_id, i.recipe_id, i.batch_id, i.model_version_id, i.verdict, i.score, i.latency_ms, i.image_sha256,
      i.machine_state, i.machine_mode, i.speed_per_min, i.temperature_c, i.humidity_percent, i.signals,
      i.brightness, i.contrast, i.colour_cast, i.sharpness, i.offset_x_px, i.offset_y_px, i.rotation_deg, i.defect_count, i.defect_class,
      i.content_hash
    FROM unnest(
      ${plainArray(ranks)}::integer[],
      ${isoArray(items.map((item) => item.capturedAtMs))}::timestamptz[],
      ${plainArray(items.map((item) => item.id))}::uuid[],
      ${plainArray(items.map((item) => item.place.lineId))}::uuid[],
      ${plainArray(items.map((item) => item.place.stationId))}::uuid[],
      ${plainArray(items.map((item) => item.place.cameraId))}::uuid[],
      ${textArray(items.map((item) => item.partId))}::text[],
      ${plainArray(items.map((item) => item.jobId))}::uuid[],
      ${plainArray(items.map((item) => item.productId))}::uuid[],
      ${plainArray(items.map((item) => item.recipeId))}::uuid[],
      ${plainArray(items.map((item) => item.batchId))}::uuid[],
      ${plainArray(items.map((item) => item.modelVersionId))}::uuid[],
      ${plainArray(items.map((item) => item.verdict))}::text[],
      ${realArray(items.map((item) => item.score))}::real[],
      ${realArray(items.map((item) => item.latencyMs))}::real[],
      ${byteaArray(items.map((item) => item.imageSha256))}::bytea[],
      ${textArray(items.map((item) => item.machineState))}::text[],
      ${textArray(items.map((item) => item.machineMode))}::text[],
      ${realArray(items.map((item) => item.speedPerMin))}::real[],
      ${realArray(items.map((item) => item.temperatureC))}::real[],
      ${realArray(items.map((item) => item.humidityPercent))}::real[],
      ${textArray(items.map((item) => item.signals))}::jsonb[],
      ${realArray(items.map((item) => item.stats?.brightness ?? null))}::real[],
      ${realArray(items.map((item) => item.stats?.contrast ?? null))}::real[],
      ${realArray(items.map((item) => item.stats?.colourCast ?? null))}::real[],
      ${realArray(items.map((item) => item.stats?.sharpness ?? null))}::real[],
      ${realArray(items.map((item) => item.position?.offsetXPx ?? null))}::real[],
      ${realArray(items.map((item) => item.position?.offsetYPx ?? null))}::real[],
      ${realArray(items.map((item) => item.position?.rotationDeg ?? null))}::real[],
      ${plainArray(items.map((item) => item.defects.length))}::smallint[],
      ${textArray(items.map((item) => item.defectClass))}::text[],
      ${byteaArray(items.map((item) => item.contentHash))}::bytea[]
    ) AS i (
      rank, captured_at, id, line_id, station_id, camera_id, part_id,
      job_id, product_id, recipe_id, batch_id, model_version_id, verdict, score, latency_ms, image_sha256,
      machine_state, machine_mode, speed_per_min, temperature_c, humidity_percent, signals,
      brightness, contrast, colour_cast, sharpness, offset_x_px, offset_y_px, rotation_deg, defect_count, defect_class,
      content_hash
    )
    JOIN taken ON taken.line_id = i.line_id
    ON CONFLICT DO NOTHING
  `.execute(trx);
  return Number(result.numAffectedRows ?? 0n);
}

/** Rows that are there already are left alone: then `insertInspections` writes fewer rows and all is rolled back. */
export async function insertDefects(trx: Trx, plantId: string, items: readonly NewInspection[]): Promise<void> {
  // In id order, so that two calls with the same ids wait for each other in one direction only.
  const rows = items
    .filter((item) => item.defects.length > 0)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((item) => item.defects.map((defect, ordinal) => ({ item, defect, ordinal })));
  if (rows.length === 0) return;

  await sql`
    /* name: insertDefects */
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
    ON CONFLICT DO NOTHING
  `.execute(trx);
}

/**
 * Adds to the rollup. The counts must be in key order, so that two calls lock shared minutes in the same order. Jobs among them
 * that have ended are marked: their summary is told again. The mark is locked even where it stands, so that who takes it
 * away waits for these counts.
 */
export async function addMinuteCounts(
  trx: Trx,
  { plantId, receivedAt }: Pick<IngestScope, 'plantId' | 'receivedAt'>,
  counts: readonly MinuteCount[],
): Promise<void> {
  const jobIds = new Set(counts.map((count) => count.jobId).filter((jobId) => jobId !== null));
  await sql`
    /* name: addMinuteCounts */
    WITH late AS (
      INSERT INTO job_recount (job_id, since)
      SELECT id, ${receivedAt}::timestamptz FROM job
      WHERE id = ANY(${plainArray([...jobIds])}::uuid[]) AND ended_at IS NOT NULL ORDER BY id
      ON CONFLICT (job_id) DO UPDATE SET since = job_recount.since
    )
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
  `.execute(trx);
}

/** Each once. */
function touchedMinutes(items: readonly NewInspection[]): { lineId: string; minuteMs: number }[] {
  const minutes = new Map<string, { lineId: string; minuteMs: number }>();
  for (const { place, capturedAtMs } of items) {
    const minuteMs = Math.floor(capturedAtMs / 60_000) * 60_000;
    minutes.set(`${place.lineId} ${minuteMs}`, { lineId: place.lineId, minuteMs });
  }
  return [...minutes.values()];
}

function isoArray(timesMs: readonly number[]): string {
  return plainArray(timesMs.map((timeMs) => new Date(timeMs).toISOString()));
}
