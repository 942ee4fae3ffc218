/** SQL of the checks of drafts. */
import { sql } from 'kysely';
import { type FactorColumns, factorColumns } from '#schema/production-context.ts';
import { byteaArray, jsonTextArray, plainArray, realArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { CheckFigure, DatasetCheckRow, DatasetIssueRow } from './dataset-checks.table.ts';
import type { DatasetVersionRow, SplitName } from './datasets.table.ts';

export function selectChecks(db: Db, versionIds: readonly string[]): Promise<DatasetCheckRow[]> {
  return db
    .selectFrom('dataset_check')
    .selectAll()
    .where('dataset_version_id', 'in', [...versionIds])
    .execute();
}

export function selectVersion(db: Db, id: string): Promise<DatasetVersionRow | undefined> {
  return db.selectFrom('dataset_version').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Asks for a check; what the last one found stays until the new one has finished. */
export async function upsertQueuedCheck(
  trx: Trx,
  version: { id: string; plant_id: string },
  by: { personId: string; at: Date },
): Promise<void> {
  const asked = { state: 'queued' as const, error: null, requested_by: by.personId, requested_at: by.at };
  const none = { revision: null, figures: null, finished_at: null };
  await trx
    .insertInto('dataset_check')
    .values({ dataset_version_id: version.id, plant_id: version.plant_id, ...asked, ...none })
    .onConflict((conflict) => conflict.column('dataset_version_id').doUpdateSet(asked))
    .execute();
}

/** Marks the check as begun, unless it has ended or its version is frozen. */
export async function beginCheck(db: Db, versionId: string): Promise<boolean> {
  const result = await db
    .updateTable('dataset_check')
    .set({ state: 'running' })
    .where('dataset_version_id', '=', versionId)
    .where('state', 'in', ['queued', 'running'])
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('dataset_version').select('id').where('id', '=', versionId).where('state', '=', 'draft')),
    )
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function failCheck(db: Db, versionId: string, error: string, at: Date): Promise<void> {
  await db
    .updateTable('dataset_check')
    .set({ state: 'failed', error, finished_at: at })
    .where('dataset_version_id', '=', versionId)
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('dataset_version').select('id').where('id', '=', versionId).where('state', '=', 'draft')),
    )
    .execute();
}

export async function finishCheck(
  trx: Trx,
  versionId: string,
  found: { revision: number; figures: readonly CheckFigure[]; at: Date },
): Promise<void> {
  await trx
    .updateTable('dataset_check')
    .set({
      state: 'succeeded',
      revision: found.revision,
      figures: JSON.stringify(found.figures),
      error: null,
      finished_at: found.at,
    })
    .where('dataset_version_id', '=', versionId)
    .execute();
}

export interface FoundIssue {
  kind: string;
  sha256: string;
  score: number;
  isFlagged: boolean;
  detail: Record<string, string | number> | null;
}

export async function deleteIssues(trx: Trx, versionId: string): Promise<void> {
  await trx.deleteFrom('dataset_issue').where('dataset_version_id', '=', versionId).execute();
}

export async function insertIssues(trx: Trx, versionId: string, issues: readonly FoundIssue[]): Promise<void> {
  await sql`
    INSERT INTO dataset_issue (dataset_version_id, kind, image_sha256, score, is_flagged, detail)
    SELECT ${versionId}::uuid, v.kind, v.sha256, v.score, v.is_flagged, nullif(d.detail, 'null'::jsonb)
    FROM unnest(
      ${plainArray(issues.map(({ kind }) => kind))}::text[],
      ${byteaArray(issues.map(({ sha256 }) => sha256))}::bytea[],
      ${realArray(issues.map(({ score }) => score))}::real[],
      ${plainArray(issues.map(({ isFlagged }) => String(isFlagged)))}::boolean[]
    ) WITH ORDINALITY AS v (kind, sha256, score, is_flagged, place)
    JOIN jsonb_array_elements(${jsonTextArray(issues.map(({ detail }) => JSON.stringify(detail)))}::jsonb)
      WITH ORDINALITY AS d (detail, place) ON d.place = v.place
  `.execute(trx);
}

/** What the pool says of leaks: the images named get their score, the others of the range none amiss. Unchanged rows are not written. */
export async function updateLeakScores(
  db: Db,
  version: { id: string; plant_id: string },
  range: { from: string; to: string },
  leaks: readonly { sha256: string; score: number }[],
): Promise<void> {
  await sql`
    UPDATE pool_image p SET leak = coalesce(found.score, 1)
    FROM dataset_item i
    LEFT JOIN unnest(
      ${byteaArray(leaks.map(({ sha256 }) => sha256))}::bytea[], ${realArray(leaks.map(({ score }) => score))}::real[]
    ) AS found (sha256, score) ON found.sha256 = i.image_sha256
    WHERE i.dataset_version_id = ${version.id}::uuid
      AND i.image_sha256 BETWEEN ${Buffer.from(range.from, 'hex')} AND ${Buffer.from(range.to, 'hex')}
      AND p.plant_id = ${version.plant_id}::uuid AND p.image_sha256 = i.image_sha256
      AND p.leak IS DISTINCT FROM coalesce(found.score, 1)
  `.execute(db);
}

export interface AuditRow extends FactorColumns {
  image_sha256: Buffer;
  label: string;
  split: SplitName;
  regions: number;
  isMeasured: boolean;
  origin: 'line' | 'import' | null;
  near_group: Buffer | null;
  captured_at: Date | null;
  camera_id: string | null;
  batch_id: string | null;
  /** Codes, as people know them. */
  line: string | null;
  station: string | null;
  camera: string | null;
  product: string | null;
  recipe: string | null;
  batch: string | null;
  /** By the plant's clock; 1 is Monday. */
  weekday: number | null;
  hour: number | null;
  width: number | null;
  height: number | null;
  size_bytes: number | null;
  dark: number | null;
  blurred: number | null;
  low_information: number | null;
}

/** What is known of a version's images, page by page by hash. The times of an import are not those of the pictures. */
export async function selectAuditRows(
  db: Db,
  versionId: string,
  after: Buffer | null,
  limit: number,
): Promise<AuditRow[]> {
  const { rows } = await sql<AuditRow>`
    SELECT i.image_sha256, i.label, i.split, jsonb_array_length(annotation.regions) AS regions,
      p.measured_at IS NOT NULL AND p.measure_error IS NULL AS "isMeasured", p.origin, p.near_group,
      CASE WHEN p.origin = 'line' THEN p.captured_at END AS captured_at,
      p.camera_id, p.batch_id,
      line.code AS line, station.code AS station, camera.code AS camera, product.code AS product, recipe.code AS recipe, batch.code AS batch,
      CASE WHEN p.origin = 'line' THEN extract(isodow FROM p.captured_at AT TIME ZONE plant.time_zone)::int END AS weekday,
      CASE WHEN p.origin = 'line' THEN extract(hour FROM p.captured_at AT TIME ZONE plant.time_zone)::int END AS hour,
      p.width, p.height, p.size_bytes, p.dark, p.blurred, p.low_information,
      ${sql.join(factorColumns.map((column) => sql.ref(`p.${column}`)))}
    FROM (
      SELECT * FROM dataset_item WHERE dataset_version_id = ${versionId}::uuid ${after ? sql`AND image_sha256 > ${after}` : sql``}
      ORDER BY image_sha256 LIMIT ${limit}
    ) i
    JOIN plant ON plant.id = i.plant_id
    JOIN label_decision decision ON decision.id = i.decision_id
    JOIN annotation ON annotation.id = decision.annotation_id
    LEFT JOIN pool_image p ON p.plant_id = i.plant_id AND p.image_sha256 = i.image_sha256
    LEFT JOIN line ON line.id = p.line_id
    LEFT JOIN station ON station.id = p.station_id
    LEFT JOIN camera ON camera.id = p.camera_id
    LEFT JOIN product ON product.id = p.product_id
    LEFT JOIN recipe ON recipe.id = p.recipe_id
    LEFT JOIN material_batch batch ON batch.id = p.batch_id
    ORDER BY i.image_sha256
  `.execute(db);
  return rows;
}

/** Embeddings of a version's images, page by page by hash. */
export async function selectVectors(
  db: Db,
  versionId: string,
  embedder: string,
  after: Buffer | null,
  limit: number,
): Promise<{ image_sha256: Buffer; vector: Buffer }[]> {
  const { rows } = await sql<{ image_sha256: Buffer; vector: Buffer }>`
    SELECT i.image_sha256, e.vector FROM dataset_item i
    JOIN image_embedding e ON e.plant_id = i.plant_id AND e.image_sha256 = i.image_sha256 AND e.embedder = ${embedder}
    WHERE i.dataset_version_id = ${versionId}::uuid ${after ? sql`AND i.image_sha256 > ${after}` : sql``}
    ORDER BY i.image_sha256 LIMIT ${limit}
  `.execute(db);
  return rows;
}

/** Codes of the book that the version's labels are read by; null: the plant had none. */
export async function selectKnownLabels(db: Db, bookId: string | null): Promise<string[] | null> {
  if (bookId === null) return null;
  const rows = await db.selectFrom('defect_class').select('code').where('book_id', '=', bookId).execute();
  return rows.map((row) => row.code);
}

export interface IssueQuestion {
  kind: string | null;
  flagged: boolean | null;
}

/** The same page of each version, the worst images first, in one statement; one row more than the page. The key is (score, kind, image). */
export async function selectIssuePages(
  db: Db,
  versionIds: readonly string[],
  { kind, flagged }: IssueQuestion,
  page: { limit: number; backward: boolean; after: IssueKey | null; before: IssueKey | null },
): Promise<PlacedIssue[]> {
  const order = page.backward ? sql`DESC` : sql`ASC`;
  const keyOf = ({ score, kind: ofKind, sha256 }: IssueKey) =>
    sql`(${Math.fround(score)}::real, ${ofKind}::text, ${Buffer.from(sha256, 'hex')}::bytea)`;
  const { rows } = await sql<PlacedIssue>`
    SELECT issue.*, version.plant_id FROM dataset_version version
    CROSS JOIN LATERAL (
      SELECT * FROM dataset_issue
      WHERE dataset_version_id = version.id
        ${kind === null ? sql`` : sql`AND kind = ${kind}`} ${flagged === null ? sql`` : sql`AND is_flagged = ${flagged}`}
        ${page.after ? sql`AND (score, kind, image_sha256) > ${keyOf(page.after)}` : sql``}
        ${page.before ? sql`AND (score, kind, image_sha256) < ${keyOf(page.before)}` : sql``}
      ORDER BY score ${order}, kind ${order}, image_sha256 ${order}
      LIMIT ${page.limit + 1}
    ) issue
    WHERE version.id = any(${[...versionIds]}::uuid[])
    ORDER BY issue.dataset_version_id, issue.score ${order}, issue.kind ${order}, issue.image_sha256 ${order}
  `.execute(db);
  return rows;
}

export type PlacedIssue = DatasetIssueRow & { plant_id: string };

export interface IssueKey {
  score: number;
  kind: string;
  sha256: string;
}
