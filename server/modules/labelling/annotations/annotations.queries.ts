/** What people say of images and what follows: rows in, rows out, no rules. */
import { sql } from 'kysely';
import type { Region } from '../../../../schema/region.ts';
import { byteaArray, isoArray, jsonTextArray, plainArray, textArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type {
  AnnotationOrigin,
  AnnotationRow,
  DecisionRule,
  LabelDecisionRow,
  ReviewPurpose,
  ReviewReason,
} from './annotations.table.ts';

export interface LockedImage {
  sha256: string;
  width: number;
  height: number;
  /** Of the open item of the queue: what was said before counts no more. */
  since: Date | null;
}

/** Holds the images that the plant has until the transaction ends, in one order, so that what follows from answers is decided once. */
export async function lockImages(trx: Trx, plantId: string, sha256s: readonly string[]): Promise<LockedImage[]> {
  const { rows } = await sql<LockedImage>`
    WITH held AS (
      SELECT plant_id, sha256, width, height FROM image
      WHERE plant_id = ${plantId}::uuid AND sha256 = any(${byteaArray(sha256s)}::bytea[])
      ORDER BY sha256 FOR NO KEY UPDATE
    )
    SELECT encode(held.sha256, 'hex') AS sha256, held.width, held.height, item.since
    FROM held LEFT JOIN review_item item
      ON item.plant_id = held.plant_id AND item.image_sha256 = held.sha256 AND item.closed_at IS NULL AND NOT item.is_check
  `.execute(trx);
  return rows;
}

export interface NewAnnotation {
  id: string;
  sha256: string;
  bookId: string | null;
  label: string;
  regions: readonly Region[];
  origin: AnnotationOrigin;
  isCheck: boolean;
  madeAt: Date;
  elapsedMs: number | null;
}

/** Each image once; numbers go on from what the person has said of it. */
export async function insertAnnotations(
  trx: Trx,
  plantId: string,
  personId: string,
  annotations: readonly NewAnnotation[],
): Promise<AnnotationRow[]> {
  const { rows } = await sql<AnnotationRow>`
    INSERT INTO annotation (id, plant_id, image_sha256, person_id, number, book_id, label, regions, origin, is_check, made_at, elapsed_ms)
    SELECT v.id, ${plantId}::uuid, v.sha256, ${personId}::uuid,
      coalesce((SELECT max(a.number) FROM annotation a
        WHERE a.plant_id = ${plantId}::uuid AND a.image_sha256 = v.sha256 AND a.person_id = ${personId}::uuid), 0) + 1,
      v.book_id, v.label, r.regions, v.origin, v.is_check, v.made_at, v.elapsed_ms
    FROM unnest(
      ${plainArray(annotations.map(({ id }) => id))}::uuid[],
      ${byteaArray(annotations.map(({ sha256 }) => sha256))}::bytea[],
      ${plainArray(annotations.map(({ bookId }) => bookId))}::uuid[],
      ${textArray(annotations.map(({ label }) => label))}::text[],
      ${plainArray(annotations.map(({ origin }) => origin))}::text[],
      ${plainArray(annotations.map(({ isCheck }) => String(isCheck)))}::boolean[],
      ${isoArray(annotations.map(({ madeAt }) => madeAt.getTime()))}::timestamptz[],
      ${plainArray(annotations.map(({ elapsedMs }) => elapsedMs))}::integer[]
    ) WITH ORDINALITY AS v (id, sha256, book_id, label, origin, is_check, made_at, elapsed_ms, place)
    JOIN jsonb_array_elements(${jsonTextArray(annotations.map(({ regions }) => JSON.stringify(regions)))}::jsonb)
      WITH ORDINALITY AS r (regions, place) ON r.place = v.place
    RETURNING *
  `.execute(trx);
  return rows;
}

/** What each person last said of each image; known answers that were asked again are left out. */
export async function selectStanding(db: Db, plantId: string, sha256s: readonly string[]): Promise<AnnotationRow[]> {
  const { rows } = await sql<AnnotationRow>`
    SELECT DISTINCT ON (image_sha256, person_id) * FROM annotation
    WHERE plant_id = ${plantId}::uuid AND image_sha256 = any(${byteaArray(sha256s)}::bytea[]) AND NOT is_check
    ORDER BY image_sha256, person_id, number DESC
  `.execute(db);
  return rows;
}

export interface StandingDecision extends LabelDecisionRow {
  regions: Region[];
  bookId: string | null;
  /** Who said so. */
  personIds: string[];
  votes: string[];
}

/** The newest decision of each image, unless it no longer holds because people disagree again. */
export async function selectDecisions(
  db: Db,
  plantId: string,
  sha256s: readonly string[],
): Promise<StandingDecision[]> {
  const { rows } = await sql<StandingDecision>`
    SELECT d.*, a.regions, a.book_id AS "bookId",
      ARRAY(SELECT va.person_id::text FROM label_decision_vote v JOIN annotation va ON va.id = v.annotation_id
        WHERE v.decision_id = d.id ORDER BY va.person_id) AS "personIds",
      ARRAY(SELECT v.annotation_id::text FROM label_decision_vote v WHERE v.decision_id = d.id ORDER BY v.annotation_id) AS votes
    FROM unnest(${byteaArray(sha256s)}::bytea[]) AS k (sha256)
    CROSS JOIN LATERAL (
      SELECT * FROM label_decision
      WHERE plant_id = ${plantId}::uuid AND image_sha256 = k.sha256
      ORDER BY decided_at DESC, id DESC LIMIT 1
    ) d
    JOIN annotation a ON a.id = d.annotation_id
    LEFT JOIN pool_image p ON p.plant_id = d.plant_id AND p.image_sha256 = d.image_sha256
    WHERE coalesce(p.label_state, 'labelled') = 'labelled'
  `.execute(db);
  return rows;
}

export interface NewDecision {
  id: string;
  sha256: string;
  label: string;
  annotationId: string;
  rule: DecisionRule;
  votes: readonly string[];
}

/** With their votes, in one statement. */
export async function insertDecisions(
  trx: Trx,
  plantId: string,
  at: Date,
  decisions: readonly NewDecision[],
): Promise<void> {
  const votes = decisions.flatMap((decision) => decision.votes.map((vote) => ({ decision, vote })));
  await sql`
    WITH decided AS (
      INSERT INTO label_decision (id, plant_id, image_sha256, label, annotation_id, rule, decided_at)
      SELECT v.id, ${plantId}::uuid, v.sha256, v.label, v.annotation_id, v.rule, ${at}::timestamptz
      FROM unnest(
        ${plainArray(decisions.map(({ id }) => id))}::uuid[],
        ${byteaArray(decisions.map(({ sha256 }) => sha256))}::bytea[],
        ${textArray(decisions.map(({ label }) => label))}::text[],
        ${plainArray(decisions.map(({ annotationId }) => annotationId))}::uuid[],
        ${plainArray(decisions.map(({ rule }) => rule))}::text[]
      ) AS v (id, sha256, label, annotation_id, rule)
    )
    INSERT INTO label_decision_vote (decision_id, plant_id, image_sha256, annotation_id)
    SELECT v.decision_id, ${plantId}::uuid, v.sha256, v.annotation_id
    FROM unnest(
      ${plainArray(votes.map(({ decision }) => decision.id))}::uuid[],
      ${byteaArray(votes.map(({ decision }) => decision.sha256))}::bytea[],
      ${plainArray(votes.map(({ vote }) => vote))}::uuid[]
    ) AS v (decision_id, sha256, annotation_id)
  `.execute(trx);
}

/** Nothing is left to ask of these images. */
export async function closeItems(trx: Trx, plantId: string, sha256s: readonly string[], at: Date): Promise<void> {
  await sql`
    UPDATE review_item SET closed_at = greatest(opened_at, ${at}::timestamptz), claimed_by = NULL, claimed_until = NULL
    WHERE plant_id = ${plantId}::uuid AND image_sha256 = any(${byteaArray(sha256s)}::bytea[])
      AND closed_at IS NULL AND NOT is_check
  `.execute(trx);
}

export interface AskedAgain {
  id: string;
  sha256: string;
  purpose: ReviewPurpose;
  reason: ReviewReason;
  /** What its purpose is worth; the worth of the image itself, below 1, is kept. */
  tier: number;
}

/** Another person is asked: the open items change their purpose and are free again, images without one get one. */
export async function askAgain(trx: Trx, plantId: string, at: Date, items: readonly AskedAgain[]): Promise<void> {
  await sql`
    INSERT INTO review_item AS item (id, plant_id, image_sha256, purpose, worth, reason, opened_at)
    SELECT v.id, ${plantId}::uuid, v.sha256, v.purpose, v.tier, r.reason, ${at}::timestamptz
    FROM unnest(
      ${plainArray(items.map(({ id }) => id))}::uuid[],
      ${byteaArray(items.map(({ sha256 }) => sha256))}::bytea[],
      ${plainArray(items.map(({ purpose }) => purpose))}::text[],
      ${plainArray(items.map(({ tier }) => tier))}::real[]
    ) WITH ORDINALITY AS v (id, sha256, purpose, tier, place)
    JOIN jsonb_array_elements(${jsonTextArray(items.map(({ reason }) => JSON.stringify(reason)))}::jsonb)
      WITH ORDINALITY AS r (reason, place) ON r.place = v.place
    ON CONFLICT (plant_id, image_sha256) WHERE closed_at IS NULL AND NOT is_check
    DO UPDATE SET purpose = excluded.purpose, reason = excluded.reason,
      worth = excluded.worth + item.worth - floor(item.worth), claimed_by = NULL, claimed_until = NULL
  `.execute(trx);
}

/** What the person had on the screen has been said. */
export async function deleteSketches(
  trx: Trx,
  plantId: string,
  personId: string,
  sha256s: readonly string[],
): Promise<void> {
  await sql`
    DELETE FROM review_sketch WHERE plant_id = ${plantId}::uuid AND person_id = ${personId}::uuid
      AND image_sha256 = any(${byteaArray(sha256s)}::bytea[])
  `.execute(trx);
}

/** Reviewers by label; null: of every label that has none of its own. */
export async function selectRules(db: Db, plantId: string): Promise<Map<string | null, 1 | 2>> {
  const rows = await db
    .selectFrom('agreement_rule')
    .select(['label', 'reviewers'])
    .where('plant_id', '=', plantId)
    .execute();
  return new Map(rows.map(({ label, reviewers }) => [label, reviewers]));
}

/** The newest word of a person about an image, measured or counted. */
export async function selectNewest(
  db: Db,
  plantId: string,
  sha256: string,
  personId: string,
): Promise<AnnotationRow | undefined> {
  return db
    .selectFrom('annotation')
    .selectAll()
    .where('plant_id', '=', plantId)
    .where('image_sha256', '=', Buffer.from(sha256, 'hex'))
    .where('person_id', '=', personId)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** The history of images, oldest first; known answers that were asked again are left out. */
export async function selectHistory(
  db: Db,
  keys: readonly { plantId: string; sha256: string }[],
  each: number,
): Promise<AnnotationRow[]> {
  const { rows } = await sql<AnnotationRow>`
    SELECT a.* FROM unnest(
      ${plainArray(keys.map(({ plantId }) => plantId))}::uuid[], ${byteaArray(keys.map(({ sha256 }) => sha256))}::bytea[]
    ) AS k (plant_id, sha256)
    CROSS JOIN LATERAL (
      SELECT * FROM annotation
      WHERE plant_id = k.plant_id AND image_sha256 = k.sha256 AND NOT is_check ORDER BY made_at DESC, id DESC LIMIT ${each}
    ) a
    ORDER BY a.made_at, a.id
  `.execute(db);
  return rows;
}

/** Every decision about images, oldest first. */
export async function selectDecisionHistory(
  db: Db,
  keys: readonly { plantId: string; sha256: string }[],
  each: number,
): Promise<LabelDecisionRow[]> {
  const { rows } = await sql<LabelDecisionRow>`
    SELECT d.* FROM unnest(
      ${plainArray(keys.map(({ plantId }) => plantId))}::uuid[], ${byteaArray(keys.map(({ sha256 }) => sha256))}::bytea[]
    ) AS k (plant_id, sha256)
    CROSS JOIN LATERAL (
      SELECT * FROM label_decision
      WHERE plant_id = k.plant_id AND image_sha256 = k.sha256 ORDER BY decided_at DESC, id DESC LIMIT ${each}
    ) d
    ORDER BY d.decided_at, d.id
  `.execute(db);
  return rows;
}

export type VoteRow = AnnotationRow & { decision_id: string };

/** What was said for each decision. */
export async function selectVotes(db: Db, decisionIds: readonly string[]): Promise<VoteRow[]> {
  const { rows } = await sql<VoteRow>`
    SELECT a.*, v.decision_id FROM label_decision_vote v JOIN annotation a ON a.id = v.annotation_id
    WHERE v.decision_id = any(${plainArray(decisionIds)}::uuid[]) ORDER BY v.decision_id, a.made_at, a.id
  `.execute(db);
  return rows;
}
