/** What people say at the line, in SQL. */
import { sql } from 'kysely';
import { byteaArray, plainArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { LabelSuggestionRow } from '../annotations/annotations.table.ts';
import { TIERS } from '../annotations/review-tiers.ts';

/** The same person of the same part again: the later word stands in the place of the earlier. */
export function upsertSuggestion(trx: Trx, row: LabelSuggestionRow): Promise<LabelSuggestionRow> {
  const { kind, made_at, image_sha256 } = row;
  return trx
    .insertInto('label_suggestion')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['plant_id', 'inspection_id', 'person_id']).doUpdateSet({ kind, made_at, image_sha256 }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * Images of the pool about which something was said at the line wait as suggestions, at once before others; what waits already for another
 * reason keeps it and comes up. What is labelled gets a second look in a new round.
 */
export async function queueSuggested(trx: Trx, at: Date, sha256s: readonly string[], plantId: string): Promise<number> {
  const { rows } = await sql`
    WITH said AS (
      SELECT p.plant_id, p.image_sha256,
        (SELECT s.kind FROM label_suggestion s WHERE s.plant_id = p.plant_id AND s.image_sha256 = p.image_sha256
         ORDER BY s.made_at DESC, s.id DESC LIMIT 1) AS kind
      FROM pool_image p
      WHERE p.plant_id = ${plantId}::uuid AND p.image_sha256 = any(${byteaArray(sha256s)}::bytea[])
    ), shown AS (
      UPDATE pool_image p SET label_state = 'suggested' FROM said
      WHERE p.plant_id = said.plant_id AND p.image_sha256 = said.image_sha256 AND p.label_state = 'unlabelled'
    )
    INSERT INTO review_item AS item (id, plant_id, image_sha256, purpose, worth, reason, opened_at, since)
    SELECT gen_random_uuid(), plant_id, image_sha256, 'suggestion', ${TIERS.suggestion}::real + 0.5,
      jsonb_build_object('code', 'operator', 'kind', kind), ${at}::timestamptz, ${at}::timestamptz
    FROM said WHERE kind IS NOT NULL
    ON CONFLICT (plant_id, image_sha256) WHERE closed_at IS NULL AND NOT is_check
    DO UPDATE SET
      purpose = CASE WHEN item.purpose = 'label' THEN 'suggestion' ELSE item.purpose END,
      reason = CASE WHEN item.purpose IN ('label', 'suggestion') THEN excluded.reason ELSE item.reason END,
      worth = greatest(item.worth, ${TIERS.suggestion}::real + item.worth - floor(item.worth))
    RETURNING 1
  `.execute(trx);
  return rows.length;
}

/** Images that came after what was said of them. */
export async function selectAwaitedSuggestions(db: Db, limit: number): Promise<{ plantId: string; sha256: string }[]> {
  const { rows } = await sql<{ plantId: string; sha256: string }>`
    SELECT DISTINCT s.plant_id AS "plantId", encode(s.image_sha256, 'hex') AS sha256
    FROM label_suggestion s
    JOIN pool_image p ON p.plant_id = s.plant_id AND p.image_sha256 = s.image_sha256
    WHERE p.label_state = 'unlabelled' LIMIT ${limit}
  `.execute(db);
  return rows;
}

export async function selectSuggestions(
  db: Db,
  keys: readonly { plantId: string; id: string }[],
): Promise<LabelSuggestionRow[]> {
  const { rows } = await sql<LabelSuggestionRow>`
    SELECT s.* FROM unnest(
      ${plainArray(keys.map(({ plantId }) => plantId))}::uuid[], ${plainArray(keys.map(({ id }) => id))}::uuid[]
    ) AS k (plant_id, id)
    JOIN label_suggestion s ON s.plant_id = k.plant_id AND s.inspection_id = k.id
    ORDER BY s.made_at, s.id
  `.execute(db);
  return rows;
}

export async function selectSuggestionsOfImages(
  db: Db,
  keys: readonly { plantId: string; sha256: string }[],
): Promise<LabelSuggestionRow[]> {
  const { rows } = await sql<LabelSuggestionRow>`
    SELECT s.* FROM unnest(
      ${plainArray(keys.map(({ plantId }) => plantId))}::uuid[], ${byteaArray(keys.map(({ sha256 }) => sha256))}::bytea[]
    ) AS k (plant_id, sha256)
    JOIN label_suggestion s ON s.plant_id = k.plant_id AND s.image_sha256 = k.sha256
    ORDER BY s.made_at, s.id
  `.execute(db);
  return rows;
}
