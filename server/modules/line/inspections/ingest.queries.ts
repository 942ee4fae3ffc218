/** What recording inspections asks before it writes. */
import { sql } from 'kysely';
import type { FactorValues } from '#schema/production-context.ts';
import { isoArray, plainArray } from '../../../database/array-literal.ts';
import type { Db } from '../../../database/database.ts';
import type { CaptureInput } from './inspection-input.ts';
import type { VerdictName } from './inspections.table.ts';

/** Where a camera stands. */
export interface CameraPlace {
  cameraId: string;
  stationId: string;
  lineId: string;
  edgeNodeId: string | null;
}

/** One inspection as it is written; hashes as hexadecimal digits, times as milliseconds since 1970. */
export interface NewInspection extends FactorValues {
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
  capture: CaptureInput;
  /** Open quotas that the kept image counts for. */
  quotaIds: readonly string[] | null;
  jobId: string | null;
  productId: string | null;
  recipeId: string | null;
  batchId: string | null;
  /** JSON text. */
  signals: string | null;
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

/** Which of the pairs are or were assigned to judge; every assignment points to an approval. What judges along in shadow records nothing. */
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
    WHERE a.plant_id = ${plantId} AND NOT a.is_shadow
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
