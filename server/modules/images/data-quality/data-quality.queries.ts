/** Every SQL statement of data quality: labels with their embeddings, scores of doubt, places on the map. */
import { type RawBuilder, sql } from 'kysely';
import { byteaArray, plainArray, realArray, textArray } from '../../../database/array-literal.ts';
import type { Db } from '../../../database/database.ts';

export async function selectPlantIds(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('plant').select('id').orderBy('id').execute();
  return rows.map(({ id }) => id);
}

export interface LabelledRow {
  sha256: string;
  label: string;
  nearGroup: string | null;
  /** 32-bit floats, little-endian. */
  vector: Buffer;
}

/** Labelled images that are embedded, by hash. */
export async function selectLabelled(
  db: Db,
  plantId: string,
  embedder: string,
  after: string,
  limit: number,
): Promise<LabelledRow[]> {
  const { rows } = await sql<LabelledRow>`
    SELECT encode(p.image_sha256, 'hex') AS sha256, p.label, encode(p.near_group, 'hex') AS "nearGroup", e.vector
    FROM pool_image p
    JOIN image_embedding e ON e.plant_id = p.plant_id AND e.image_sha256 = p.image_sha256 AND e.embedder = ${embedder}
    WHERE p.plant_id = ${plantId}::uuid AND p.image_sha256 > decode(${after}, 'hex') AND p.label IS NOT NULL
    ORDER BY p.image_sha256 LIMIT ${limit}
  `.execute(db);
  return rows;
}

/** Decisions since the time, counted no further than `most`; without a time: labelled images that were never judged. */
export async function countNewDecisions(db: Db, plantId: string, since: Date | null, most: number): Promise<number> {
  const isNew = since === null ? sql`label_error IS NULL` : sql`labelled_at > ${since}::timestamptz`;
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM (
      SELECT 1 FROM pool_image WHERE plant_id = ${plantId}::uuid AND labelled_at IS NOT NULL AND ${isNew} LIMIT ${most}
    ) AS found
  `.execute(db);
  return rows[0]?.count ?? 0;
}

export interface JudgedRow {
  sha256: string;
  /** It was judged under this one; another one since then makes the judgement void. */
  label: string;
  /** Null: it could not be judged. */
  score: number | null;
}

export async function updateLabelErrors(db: Db, plantId: string, judged: readonly JudgedRow[]): Promise<void> {
  await sql`
    UPDATE pool_image p SET label_error = v.score
    FROM unnest(
      ${byteaArray(judged.map(({ sha256 }) => sha256))}::bytea[],
      ${textArray(judged.map(({ label }) => label))}::text[],
      ${realArray(judged.map(({ score }) => score))}::real[]
    ) AS v (sha256, label, score)
    WHERE p.plant_id = ${plantId}::uuid AND p.image_sha256 = v.sha256 AND p.label = v.label
      AND p.label_error IS DISTINCT FROM v.score
  `.execute(db);
}

/** Images that are labelled no more have no label to doubt. */
export async function clearLabelErrors(db: Db, plantId: string): Promise<void> {
  await sql`
    UPDATE pool_image SET label_error = NULL
    WHERE plant_id = ${plantId}::uuid AND label IS NULL AND label_error IS NOT NULL
  `.execute(db);
}

export interface EmbeddedRow {
  sha256: string;
  vector: Buffer;
  x: number | null;
  y: number | null;
}

/** Embedded images by hash, which is as good as in random order. */
export async function selectEmbedded(
  db: Db,
  plantId: string,
  embedder: string,
  after: string,
  limit: number,
): Promise<EmbeddedRow[]> {
  const { rows } = await sql<EmbeddedRow>`
    SELECT encode(p.image_sha256, 'hex') AS sha256, e.vector, p.map_x AS x, p.map_y AS y
    FROM image_embedding e
    JOIN pool_image p ON p.plant_id = e.plant_id AND p.image_sha256 = e.image_sha256
    WHERE e.plant_id = ${plantId}::uuid AND e.image_sha256 > decode(${after}, 'hex') AND e.embedder = ${embedder}
    ORDER BY e.image_sha256 LIMIT ${limit}
  `.execute(db);
  return rows;
}

/** Embedded images without a place on the map, by the order of their coming; those up to the number `after` are not looked at. */
export async function selectUnplaced(
  db: Db,
  plantId: string,
  embedder: string,
  after: number,
  limit: number,
): Promise<{ sha256: string; vector: Buffer }[]> {
  const { rows } = await sql<{ sha256: string; vector: Buffer }>`
    SELECT encode(p.image_sha256, 'hex') AS sha256, e.vector
    FROM image_embedding e
    JOIN pool_image p ON p.plant_id = e.plant_id AND p.image_sha256 = e.image_sha256
    WHERE e.plant_id = ${plantId}::uuid AND e.embedder = ${embedder} AND e.number > ${after} AND p.map_x IS NULL
    ORDER BY e.number LIMIT ${limit}
  `.execute(db);
  return rows;
}

/** How many images are embedded, how many of these lie on the map, and the newest. */
export async function countPlaced(
  db: Db,
  plantId: string,
  embedder: string,
): Promise<{ embedded: number; placed: number }> {
  const { rows } = await sql<{ embedded: number; placed: number }>`
    SELECT count(*)::integer AS embedded, count(p.map_x)::integer AS placed
    FROM image_embedding e
    JOIN pool_image p ON p.plant_id = e.plant_id AND p.image_sha256 = e.image_sha256
    WHERE e.plant_id = ${plantId}::uuid AND e.embedder = ${embedder}
  `.execute(db);
  return rows[0] ?? { embedded: 0, placed: 0 };
}

/** The highest number of an embedding, which tells whether there is anything new; 0 without any. */
export async function selectNewestNumber(db: Db, plantId: string, embedder: string): Promise<number> {
  const { rows } = await sql<{ number: string | null }>`
    SELECT max(number)::text AS number FROM image_embedding WHERE plant_id = ${plantId}::uuid AND embedder = ${embedder}
  `.execute(db);
  return Number(rows[0]?.number ?? 0);
}

/** Places of images by the numbers of their embeddings; those without a place are left out. */
export async function selectPlaces(
  db: Db,
  plantId: string,
  embedder: string,
  numbers: readonly number[],
): Promise<Map<number, { x: number; y: number }>> {
  const { rows } = await sql<{ number: string; x: number; y: number }>`
    SELECT e.number::text AS number, p.map_x AS x, p.map_y AS y
    FROM image_embedding e
    JOIN pool_image p ON p.plant_id = e.plant_id AND p.image_sha256 = e.image_sha256
    WHERE e.plant_id = ${plantId}::uuid AND e.embedder = ${embedder}
      AND e.number = ANY(${plainArray(numbers)}::bigint[]) AND p.map_x IS NOT NULL
  `.execute(db);
  return new Map(rows.map(({ number, x, y }) => [Number(number), { x, y }]));
}

export async function updatePlaces(
  db: Db,
  plantId: string,
  places: readonly { sha256: string; x: number; y: number }[],
): Promise<void> {
  await sql`
    UPDATE pool_image p SET map_x = v.x, map_y = v.y
    FROM unnest(
      ${byteaArray(places.map(({ sha256 }) => sha256))}::bytea[],
      ${realArray(places.map(({ x }) => x))}::real[], ${realArray(places.map(({ y }) => y))}::real[]
    ) AS v (sha256, x, y)
    WHERE p.plant_id = ${plantId}::uuid AND p.image_sha256 = v.sha256
      AND (p.map_x IS DISTINCT FROM v.x OR p.map_y IS DISTINCT FROM v.y)
  `.execute(db);
}

export interface MapRow {
  count: number;
  /** x and y of each point as 32-bit floats, big-endian; null without points. */
  xy: Buffer | null;
  /** Code of each point as a 16-bit number, big-endian. */
  codes: Buffer | null;
  legend: { code: number; value: string | null; count: number }[];
}

/**
 * The points of a map in one row, packed by the database: a hundred thousand rows would hold up the server. `value` is what points are told
 * apart by, as text; its most frequent values get the codes from 1, all others and none the code 0. In the order of hashes, so that a
 * bounded part is a fair one.
 */
export async function selectMap(
  db: Db,
  condition: RawBuilder<boolean>,
  value: RawBuilder<unknown>,
  limits: { points: number; values: number },
): Promise<MapRow> {
  const { rows } = await sql<MapRow>`
    WITH point AS MATERIALIZED (
      SELECT p.image_sha256, p.map_x, p.map_y, ${value} AS value
      FROM pool_image p WHERE p.map_x IS NOT NULL AND ${condition}
      ORDER BY p.image_sha256 LIMIT ${limits.points}
    ), frequent AS (
      SELECT value, count, row_number() OVER (ORDER BY count DESC, value)::integer AS code
      FROM (
        SELECT value, count(*)::integer AS count FROM point WHERE value IS NOT NULL
        GROUP BY value ORDER BY count DESC, value LIMIT ${limits.values}
      ) AS counted
    )
    SELECT count(*)::integer AS count,
      string_agg(float4send(point.map_x) || float4send(point.map_y), ''::bytea ORDER BY point.image_sha256) AS xy,
      string_agg(int2send(coalesce(frequent.code, 0)::smallint), ''::bytea ORDER BY point.image_sha256) AS codes,
      coalesce((SELECT jsonb_agg(jsonb_build_object('code', code, 'value', value, 'count', count) ORDER BY code) FROM frequent), '[]') AS legend
    FROM point LEFT JOIN frequent ON frequent.value = point.value
  `.execute(db);
  return rows[0] ?? { count: 0, xy: null, codes: null, legend: [] };
}

/** What people call parts of the plant. */
export async function selectNames(
  db: Db,
  table: 'line' | 'camera' | 'product' | 'material_batch',
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const name = table === 'material_batch' ? sql.ref('code') : sql.ref('name');
  const { rows } = await sql<{ id: string; name: string }>`
    SELECT id::text AS id, ${name} AS name FROM ${sql.table(table)} WHERE id = ANY(${plainArray(ids)}::uuid[])
  `.execute(db);
  return new Map(rows.map((row) => [row.id, row.name]));
}
