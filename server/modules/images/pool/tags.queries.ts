/** Every SQL statement that writes tags and reads what a selection is made of. */
import { type RawBuilder, sql } from 'kysely';
import { askedWords, factors } from '#schema/production-context.ts';
import { textArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';

/** Locks the selected rows in the order of their hashes and puts tags on and off. Gives how many changed, and the most that one has. */
export async function updateTags(
  trx: Trx,
  condition: RawBuilder<boolean>,
  add: readonly string[],
  remove: readonly string[],
): Promise<{ changed: number; most: number }> {
  const { rows } = await sql<{ changed: number; most: number }>`
    WITH locked AS (
      SELECT p.plant_id, p.image_sha256, (
        SELECT coalesce(array_agg(DISTINCT t.tag ORDER BY t.tag), '{}') FROM unnest(p.tags || ${textArray(add)}::text[]) AS t (tag)
        WHERE t.tag <> ALL(${textArray(remove)}::text[])
      ) AS tags
      FROM pool_image p WHERE ${condition} ORDER BY p.image_sha256 FOR UPDATE
    ), changed AS (
      UPDATE pool_image p SET tags = l.tags FROM locked l
      WHERE p.plant_id = l.plant_id AND p.image_sha256 = l.image_sha256 AND p.tags <> l.tags
      RETURNING cardinality(p.tags) AS size
    )
    SELECT count(*) AS changed, coalesce(max(size), 0)::integer AS most FROM changed
  `.execute(trx);
  return rows[0] ?? { changed: 0, most: 0 };
}

export interface FacetRow {
  field: string;
  value: string;
  count: number;
}

/** How often each value occurs among the first `limit` of the selected rows; the most frequent first, `most` of a field. */
export async function selectFacets(
  db: Db,
  condition: RawBuilder<boolean>,
  limit: number,
  most: number,
): Promise<FacetRow[]> {
  const { rows } = await sql<FacetRow>`
    WITH selected AS MATERIALIZED (
      SELECT p.line_id, p.verdict, p.defect_class, p.label_state, p.label, p.capture_reason, p.origin, p.tags,
        ${sql.join(askedWords.map((name) => sql.ref(`p.${factors[name].column}`)))}
      FROM pool_image p WHERE ${condition} LIMIT ${limit}
    ), valued AS (
      SELECT v.field, v.value FROM selected s CROSS JOIN LATERAL (VALUES
        ('line', s.line_id::text), ('verdict', s.verdict), ('defectClass', s.defect_class), ('labelState', s.label_state),
        ('label', s.label), ('captureReason', s.capture_reason), ('origin', s.origin),
        ${sql.join(askedWords.map((name) => sql`(${sql.lit(name)}, ${sql.ref(`s.${factors[name].column}`)})`))}
      ) AS v (field, value) WHERE v.value IS NOT NULL
      UNION ALL
      SELECT 'tag', t.tag FROM selected s CROSS JOIN LATERAL unnest(s.tags) AS t (tag)
    ), counted AS (
      SELECT field, value, count(*) AS count, row_number() OVER (PARTITION BY field ORDER BY count(*) DESC, value) AS place
      FROM valued GROUP BY field, value
    )
    SELECT field, value, count FROM counted WHERE place <= ${most} ORDER BY field, place
  `.execute(db);
  return rows;
}
