/** What people said of the same images, and what a plant asks of reviewers: rows in, rows out, no rules. */
import { sql } from 'kysely';
import { byteaArray, plainArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { AgreementRuleRow, ReviewSettingRow } from '../annotations/annotations.table.ts';
import type { Checked, Opinion } from './figures.ts';

/**
 * What each person said first of images that several have looked at, of the newest `images` of them: later words may know of others'. What
 * came with an import, or repeats an old word, was not judged anew.
 */
export async function selectOpinions(
  db: Db,
  plantId: string,
  period: { from: Date; to: Date },
  images: number,
): Promise<Opinion[]> {
  const { rows } = await sql<Opinion>`
    WITH judged AS (
      SELECT DISTINCT ON (image_sha256, person_id) image_sha256, person_id, label, regions, made_at
      FROM annotation
      WHERE plant_id = ${plantId}::uuid AND made_at >= ${period.from}::timestamptz AND made_at < ${period.to}::timestamptz
        AND NOT is_check AND origin IN ('review', 'direct')
      ORDER BY image_sha256, person_id, number
    ), several AS (
      SELECT image_sha256, max(made_at) AS last FROM judged GROUP BY image_sha256 HAVING count(*) > 1
      ORDER BY last DESC, image_sha256 LIMIT ${images}
    )
    SELECT encode(j.image_sha256, 'hex') AS sha256, j.person_id AS "personId", j.label, j.regions, i.width, i.height
    FROM several JOIN judged j ON j.image_sha256 = several.image_sha256
    JOIN image i ON i.plant_id = ${plantId}::uuid AND i.sha256 = j.image_sha256
    ORDER BY several.last DESC, j.image_sha256, j.person_id
  `.execute(db);
  return rows;
}

/** Answers to images whose answer was known then, the newest `limit`. */
export async function selectChecks(
  db: Db,
  plantId: string,
  period: { from: Date; to: Date },
  limit: number,
): Promise<Checked[]> {
  const { rows } = await sql<Checked>`
    SELECT a.person_id AS "personId", a.label, d.label AS known
    FROM annotation a
    CROSS JOIN LATERAL (
      SELECT label FROM label_decision
      WHERE plant_id = a.plant_id AND image_sha256 = a.image_sha256 AND decided_at <= a.made_at
      ORDER BY decided_at DESC, id DESC LIMIT 1
    ) d
    WHERE a.plant_id = ${plantId}::uuid AND a.is_check
      AND a.made_at >= ${period.from}::timestamptz AND a.made_at < ${period.to}::timestamptz
    ORDER BY a.made_at DESC LIMIT ${limit}
  `.execute(db);
  return rows;
}

export function selectRules(db: Db, plantId: string): Promise<AgreementRuleRow[]> {
  return db
    .selectFrom('agreement_rule')
    .selectAll()
    .where('plant_id', '=', plantId)
    .orderBy(sql`label NULLS FIRST`)
    .execute();
}

export async function replaceRules(trx: Trx, plantId: string, rows: readonly AgreementRuleRow[]): Promise<void> {
  await trx.deleteFrom('agreement_rule').where('plant_id', '=', plantId).execute();
  if (rows.length > 0) await trx.insertInto('agreement_rule').values(rows).execute();
}

export function selectSetting(db: Db, plantId: string): Promise<ReviewSettingRow | undefined> {
  return db.selectFrom('review_setting').selectAll().where('plant_id', '=', plantId).executeTakeFirst();
}

export async function upsertSetting(trx: Trx, row: ReviewSettingRow): Promise<void> {
  const { plant_id: _plant, ...rest } = row;
  await trx
    .insertInto('review_setting')
    .values(row)
    .onConflict((conflict) => conflict.column('plant_id').doUpdateSet(rest))
    .execute();
}

export async function countKnown(db: Db, plantId: string): Promise<number> {
  const { rows } = await sql<{ known: number }>`
    SELECT count(*)::int AS known FROM known_answer WHERE plant_id = ${plantId}::uuid
  `.execute(db);
  return rows[0]?.known ?? 0;
}

/** Those of the images that are labelled become known answers. The hashes (hexadecimal) that are known now. */
export async function insertKnown(
  trx: Trx,
  plantId: string,
  personId: string,
  at: Date,
  sha256s: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ sha256: string }>`
    INSERT INTO known_answer (plant_id, image_sha256, decision_id, added_by, added_at)
    SELECT p.plant_id, p.image_sha256, d.id, ${personId}::uuid, ${at}::timestamptz
    FROM pool_image p
    CROSS JOIN LATERAL (
      SELECT id FROM label_decision WHERE plant_id = p.plant_id AND image_sha256 = p.image_sha256
      ORDER BY decided_at DESC, id DESC LIMIT 1
    ) d
    WHERE p.plant_id = ${plantId}::uuid AND p.image_sha256 = any(${byteaArray(sha256s)}::bytea[]) AND p.label_state = 'labelled'
    ON CONFLICT (plant_id, image_sha256) DO UPDATE SET decision_id = excluded.decision_id
    RETURNING encode(image_sha256, 'hex') AS sha256
  `.execute(trx);
  return rows.map((row) => row.sha256);
}

export async function deleteKnown(trx: Trx, plantId: string, sha256s: readonly string[]): Promise<number> {
  const { rows } = await sql`
    DELETE FROM known_answer WHERE plant_id = ${plantId}::uuid AND image_sha256 = any(${byteaArray(sha256s)}::bytea[])
    RETURNING 1
  `.execute(trx);
  return rows.length;
}

/** A page of known answers by hash; one more than the page. */
export async function selectKnownPage(
  db: Db,
  plantId: string,
  question: { after: Buffer | null; before: Buffer | null; backward: boolean; limit: number },
): Promise<string[]> {
  const { after, before, backward, limit } = question;
  const { rows } = await sql<{ sha256: string }>`
    SELECT encode(image_sha256, 'hex') AS sha256 FROM known_answer
    WHERE plant_id = ${plantId}::uuid
      ${after ? sql`AND image_sha256 > ${after}` : sql``} ${before ? sql`AND image_sha256 < ${before}` : sql``}
    ORDER BY image_sha256 ${backward ? sql`DESC` : sql`ASC`} LIMIT ${limit}
  `.execute(db);
  return rows.map((row) => row.sha256);
}

/** Locks images whose people wait for more people, when a rule asks for fewer now. */
export async function selectWaitingImages(
  trx: Trx,
  plantId: string,
  limit: number,
): Promise<{ sha256: string; width: number; height: number; since: Date | null }[]> {
  const { rows } = await sql<{ sha256: string; width: number; height: number; since: Date | null }>`
    SELECT encode(i.sha256, 'hex') AS sha256, i.width, i.height, item.since
    FROM review_item item JOIN image i ON i.plant_id = item.plant_id AND i.sha256 = item.image_sha256
    WHERE item.plant_id = ${plantId}::uuid AND item.closed_at IS NULL AND item.purpose = any(${plainArray(['agree', 'settle'])}::text[])
    ORDER BY i.sha256 LIMIT ${limit} FOR NO KEY UPDATE OF i
  `.execute(trx);
  return rows;
}
