/** The queue in SQL: rows in, rows out, no rules. */
import { type RawBuilder, sql } from 'kysely';
import { byteaArray, jsonTextArray, plainArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { Page } from '../../../kit/page.ts';
import type { PoolImageRow } from '../../images/pool/pool.table.ts';
import type { ReviewItemRow, ReviewPurpose, ReviewReason, ReviewSketchRow } from '../annotations/annotations.table.ts';

export interface Claim {
  plantId: string;
  personId: string;
  now: Date;
  until: Date;
}

/** What the person holds already, for longer; the best first. */
export async function renewHeld(
  trx: Trx,
  claim: Claim,
  ids: readonly string[] | null,
  limit: number,
): Promise<ReviewItemRow[]> {
  const { rows } = await sql<ReviewItemRow>`
    WITH held AS MATERIALIZED (
      SELECT id FROM review_item
      WHERE plant_id = ${claim.plantId}::uuid AND claimed_by = ${claim.personId}::uuid AND closed_at IS NULL
        AND claimed_until > ${claim.now}::timestamptz
        ${ids ? sql`AND id = any(${plainArray(ids)}::uuid[])` : sql``}
      ORDER BY worth DESC, id LIMIT ${limit} FOR UPDATE
    )
    UPDATE review_item item SET claimed_until = ${claim.until}::timestamptz FROM held WHERE item.id = held.id RETURNING item.*
  `.execute(trx);
  return rows.sort(byWorth);
}

/**
 * The best items that nobody holds and about which the person has not spoken in this round. Two at once never get the same: what one has
 * locked the other skips.
 */
export async function claimFree(
  trx: Trx,
  claim: Claim,
  question: { purposes: readonly ReviewPurpose[] | null; condition: RawBuilder<boolean> | null; limit: number },
): Promise<ReviewItemRow[]> {
  const { purposes, condition, limit } = question;
  const { rows } = await sql<ReviewItemRow>`
    WITH chosen AS MATERIALIZED (
      SELECT item.id FROM review_item item
      JOIN pool_image p ON p.plant_id = item.plant_id AND p.image_sha256 = item.image_sha256
      WHERE item.plant_id = ${claim.plantId}::uuid AND item.closed_at IS NULL AND NOT item.is_check
        AND (item.claimed_until IS NULL OR item.claimed_until <= ${claim.now}::timestamptz)
        ${purposes ? sql`AND item.purpose = any(${plainArray(purposes)}::text[])` : sql``}
        ${condition ? sql`AND ${condition}` : sql``}
        AND NOT EXISTS (
          SELECT 1 FROM annotation a
          WHERE a.plant_id = item.plant_id AND a.image_sha256 = item.image_sha256 AND a.person_id = ${claim.personId}::uuid
            AND NOT a.is_check AND (item.since IS NULL OR a.made_at > item.since)
        )
      ORDER BY item.worth DESC, item.id LIMIT ${limit} FOR UPDATE OF item SKIP LOCKED
    )
    UPDATE review_item item SET claimed_by = ${claim.personId}::uuid, claimed_until = ${claim.until}::timestamptz
    FROM chosen WHERE item.id = chosen.id RETURNING item.*
  `.execute(trx);
  return rows.sort(byWorth);
}

/** Known answers that the person has not given himself, nor been asked since a time, in an order of his own. */
export async function selectKnownFor(
  trx: Trx,
  claim: Claim,
  question: { askedSince: Date; limit: number },
): Promise<PoolImageRow[]> {
  const { rows } = await sql<PoolImageRow>`
    SELECT p.* FROM known_answer known
    JOIN pool_image p ON p.plant_id = known.plant_id AND p.image_sha256 = known.image_sha256
    WHERE known.plant_id = ${claim.plantId}::uuid
      AND NOT EXISTS (
        SELECT 1 FROM annotation a
        WHERE a.plant_id = known.plant_id AND a.image_sha256 = known.image_sha256 AND a.person_id = ${claim.personId}::uuid
          AND (NOT a.is_check OR a.made_at >= ${question.askedSince}::timestamptz)
      )
      AND NOT EXISTS (
        SELECT 1 FROM review_item item
        WHERE item.plant_id = known.plant_id AND item.image_sha256 = known.image_sha256 AND item.closed_at IS NULL
          AND (NOT item.is_check OR item.claimed_by = ${claim.personId}::uuid)
      )
    ORDER BY md5(encode(known.image_sha256, 'hex') || ${claim.personId}) LIMIT ${question.limit}
  `.execute(trx);
  return rows;
}

export interface CheckItem {
  id: string;
  sha256: Buffer;
  purpose: ReviewPurpose;
  worth: number;
  reason: ReviewReason;
  openedAt: Date;
}

/** Known answers as items of the person who has claimed them. */
export async function insertChecks(trx: Trx, claim: Claim, items: readonly CheckItem[]): Promise<ReviewItemRow[]> {
  return trx
    .insertInto('review_item')
    .values(
      items.map(({ id, sha256, purpose, worth, reason, openedAt }) => ({
        ...{ id, plant_id: claim.plantId, image_sha256: sha256, purpose, worth, reason: JSON.stringify(reason) },
        ...{ opened_at: openedAt, closed_at: null, is_check: true },
        ...{ claimed_by: claim.personId, claimed_until: claim.until },
      })),
    )
    .returningAll()
    .execute();
}

/** How many known answers the person has given in the plant. */
export async function countChecks(db: Db, plantId: string, personId: string): Promise<number> {
  const { rows } = await sql<{ checks: number }>`
    SELECT count(*)::int AS checks FROM annotation
    WHERE plant_id = ${plantId}::uuid AND person_id = ${personId}::uuid AND is_check
  `.execute(db);
  return rows[0]?.checks ?? 0;
}

/** Known answers that nobody answered in time were never there. */
export async function deleteStaleChecks(trx: Trx, plantId: string, now: Date): Promise<void> {
  await sql`
    DELETE FROM review_item WHERE plant_id = ${plantId}::uuid AND is_check AND closed_at IS NULL
      AND claimed_until <= ${now}::timestamptz
  `.execute(trx);
}

/** Gives back what the person holds of these. A known answer goes, the others are free. The ids of both. */
export async function releaseItems(
  trx: Trx,
  plantId: string,
  personId: string,
  ids: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    WITH freed AS (
      UPDATE review_item SET claimed_by = NULL, claimed_until = NULL
      WHERE plant_id = ${plantId}::uuid AND id = any(${plainArray(ids)}::uuid[]) AND claimed_by = ${personId}::uuid
        AND closed_at IS NULL AND NOT is_check RETURNING id
    ), gone AS (
      DELETE FROM review_item
      WHERE plant_id = ${plantId}::uuid AND id = any(${plainArray(ids)}::uuid[]) AND claimed_by = ${personId}::uuid
        AND closed_at IS NULL AND is_check RETURNING id
    )
    SELECT id FROM freed UNION ALL SELECT id FROM gone
  `.execute(trx);
  return rows.map((row) => row.id);
}

/** Holds the item until the transaction ends. */
export async function lockItem(trx: Trx, id: string): Promise<ReviewItemRow | undefined> {
  return trx.selectFrom('review_item').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export async function closeCheck(trx: Trx, id: string, at: Date): Promise<void> {
  await sql`UPDATE review_item SET closed_at = greatest(opened_at, ${at}::timestamptz) WHERE id = ${id}::uuid`.execute(
    trx,
  );
}

export interface QueuePage {
  page: Page;
  after: { worth: number; id: string } | null;
  before: { worth: number; id: string } | null;
}

/** Open items, the best first; of known answers only those that the viewer holds. */
export async function selectQueuePage(
  db: Db,
  plantId: string,
  personId: string | null,
  { page, after, before }: QueuePage,
): Promise<ReviewItemRow[]> {
  const beyond = (key: { worth: number; id: string }, isAfter: boolean) => {
    const worth = sql`${Math.fround(key.worth)}::real`;
    return isAfter
      ? sql`AND (worth < ${worth} OR (worth = ${worth} AND id > ${key.id}::uuid))`
      : sql`AND (worth > ${worth} OR (worth = ${worth} AND id < ${key.id}::uuid))`;
  };
  const { rows } = await sql<ReviewItemRow>`
    SELECT * FROM review_item
    WHERE plant_id = ${plantId}::uuid AND closed_at IS NULL AND (NOT is_check OR claimed_by = ${personId}::uuid)
      ${after ? beyond(after, true) : sql``} ${before ? beyond(before, false) : sql``}
    ORDER BY ${page.backward ? sql`worth ASC, id DESC` : sql`worth DESC, id ASC`} LIMIT ${page.limit + 1}
  `.execute(db);
  return rows;
}

export async function selectItems(db: Db, ids: readonly string[]): Promise<ReviewItemRow[]> {
  const { rows } = await sql<ReviewItemRow>`
    SELECT * FROM review_item WHERE id = any(${plainArray(ids)}::uuid[])
  `.execute(db);
  return rows;
}

export interface WaitingRow {
  purpose: ReviewPurpose;
  waiting: number;
  claimed: number;
}

/** Known answers are counted as if they were none of it. */
export async function countWaiting(db: Db, plantId: string, now: Date): Promise<WaitingRow[]> {
  const { rows } = await sql<WaitingRow>`
    SELECT purpose, count(*)::int AS waiting, count(*) FILTER (WHERE claimed_until > ${now}::timestamptz)::int AS claimed
    FROM review_item WHERE plant_id = ${plantId}::uuid AND closed_at IS NULL AND NOT is_check GROUP BY purpose
  `.execute(db);
  return rows;
}

export interface HolderRow {
  personId: string;
  items: number;
  until: Date;
}

export async function selectHolders(db: Db, plantId: string, now: Date): Promise<HolderRow[]> {
  const { rows } = await sql<HolderRow>`
    SELECT claimed_by AS "personId", count(*)::int AS items, max(claimed_until) AS until
    FROM review_item WHERE plant_id = ${plantId}::uuid AND closed_at IS NULL AND claimed_until > ${now}::timestamptz
    GROUP BY claimed_by ORDER BY claimed_by
  `.execute(db);
  return rows;
}

/** Answers since a time, of everybody and of one person. */
export async function countAnswers(
  db: Db,
  plantId: string,
  personId: string | null,
  since: Date,
): Promise<{ all: number; own: number }> {
  const { rows } = await sql<{ all: number; own: number }>`
    SELECT count(*)::int AS all, count(*) FILTER (WHERE person_id = ${personId}::uuid)::int AS own
    FROM annotation WHERE plant_id = ${plantId}::uuid AND made_at >= ${since}::timestamptz AND origin = 'review'
  `.execute(db);
  return rows[0] ?? { all: 0, own: 0 };
}

export interface OpenedRow {
  opened: number;
  already: number;
}

/**
 * Puts images into the queue; those that wait already stay as they are. A second look begins a new round on images that are labelled.
 */
export async function openItems(
  trx: Trx,
  opened: { purpose: ReviewPurpose; tier: number; reason: ReviewReason; at: Date; limit: number },
  condition: RawBuilder<boolean>,
): Promise<OpenedRow> {
  const { purpose, tier, reason, at, limit } = opened;
  const { rows } = await sql<OpenedRow>`
    WITH wanted AS MATERIALIZED (
      SELECT p.plant_id, p.image_sha256 FROM pool_image p WHERE ${condition} ORDER BY p.image_sha256 LIMIT ${limit}
    ), opened AS (
      INSERT INTO review_item (id, plant_id, image_sha256, purpose, worth, reason, opened_at, since)
      SELECT gen_random_uuid(), plant_id, image_sha256, ${purpose}, ${tier}::real + 0.5, ${JSON.stringify(reason)}::jsonb,
        ${at}::timestamptz, ${purpose === 'label' ? null : at}::timestamptz
      FROM wanted
      ON CONFLICT (plant_id, image_sha256) WHERE closed_at IS NULL AND NOT is_check DO NOTHING
      RETURNING 1
    )
    SELECT (SELECT count(*)::int FROM opened) AS opened,
      (SELECT count(*)::int FROM wanted) - (SELECT count(*)::int FROM opened) AS already
  `.execute(trx);
  return rows[0] ?? { opened: 0, already: 0 };
}

export async function countMatching(db: Db, condition: RawBuilder<boolean>, limit: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::int AS count FROM (SELECT 1 FROM pool_image p WHERE ${condition} LIMIT ${limit}) AS matching
  `.execute(db);
  return rows[0]?.count ?? 0;
}

/** False when the plant has no such image. */
export async function upsertSketch(
  db: Db,
  sketch: { plantId: string; personId: string; sha256: string; json: string; at: Date },
): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO review_sketch (plant_id, image_sha256, person_id, document, saved_at)
    SELECT plant_id, sha256, ${sketch.personId}::uuid, ${sketch.json}::jsonb, ${sketch.at}::timestamptz
    FROM image WHERE plant_id = ${sketch.plantId}::uuid AND sha256 = ${Buffer.from(sketch.sha256, 'hex')}
    ON CONFLICT (plant_id, image_sha256, person_id) DO UPDATE SET document = excluded.document, saved_at = excluded.saved_at
    RETURNING 1
  `.execute(db);
  return rows.length === 1;
}

export async function deleteSketch(db: Db, plantId: string, personId: string, sha256: string): Promise<void> {
  await db
    .deleteFrom('review_sketch')
    .where('plant_id', '=', plantId)
    .where('person_id', '=', personId)
    .where('image_sha256', '=', Buffer.from(sha256, 'hex'))
    .execute();
}

export async function selectSketches(
  db: Db,
  personId: string,
  images: readonly { plantId: string; sha256: string }[],
): Promise<ReviewSketchRow[]> {
  const { rows } = await sql<ReviewSketchRow>`
    SELECT s.* FROM unnest(
      ${plainArray(images.map(({ plantId }) => plantId))}::uuid[], ${byteaArray(images.map(({ sha256 }) => sha256))}::bytea[]
    ) AS k (plant_id, sha256)
    JOIN review_sketch s ON s.plant_id = k.plant_id AND s.image_sha256 = k.sha256 AND s.person_id = ${personId}::uuid
  `.execute(db);
  return rows;
}

export interface ProposalRow {
  plant_id: string;
  image_sha256: Buffer;
  width: number;
  height: number;
  class: string;
  box_x: number;
  box_y: number;
  box_width: number;
  box_height: number;
  outline: number[] | null;
}

/** What the model drew on the images, as shares of width and height. */
export async function selectProposals(
  db: Db,
  images: readonly { plantId: string; sha256: string }[],
): Promise<ProposalRow[]> {
  const { rows } = await sql<ProposalRow>`
    SELECT p.plant_id, p.image_sha256, p.width, p.height, d.class, d.box_x, d.box_y, d.box_width, d.box_height, d.outline
    FROM unnest(
      ${plainArray(images.map(({ plantId }) => plantId))}::uuid[], ${byteaArray(images.map(({ sha256 }) => sha256))}::bytea[]
    ) AS k (plant_id, sha256)
    JOIN pool_image p ON p.plant_id = k.plant_id AND p.image_sha256 = k.sha256
    JOIN inspection_defect d ON d.plant_id = p.plant_id AND d.captured_at = p.captured_at AND d.inspection_id = p.inspection_id
    ORDER BY p.plant_id, p.image_sha256, d.ordinal
  `.execute(db);
  return rows;
}

export type NeighbourRow = PoolImageRow & { of_sha256: Buffer };

/** Images of the same camera right before and after each, in the order of time; `each` on either side. */
export async function selectNeighbours(
  db: Db,
  images: readonly { plantId: string; sha256: string }[],
  each: number,
): Promise<NeighbourRow[]> {
  const side = (comparison: RawBuilder<unknown>, order: RawBuilder<unknown>) => sql`
    (SELECT n.* FROM pool_image n
     WHERE n.plant_id = p.plant_id AND n.camera_id = p.camera_id AND ${comparison}
     ORDER BY ${order} LIMIT ${each})`;
  const { rows } = await sql<NeighbourRow>`
    SELECT p.image_sha256 AS of_sha256, near.* FROM unnest(
      ${plainArray(images.map(({ plantId }) => plantId))}::uuid[], ${byteaArray(images.map(({ sha256 }) => sha256))}::bytea[]
    ) AS k (plant_id, sha256)
    JOIN pool_image p ON p.plant_id = k.plant_id AND p.image_sha256 = k.sha256
    CROSS JOIN LATERAL (
      ${side(
        sql`(n.captured_at, n.image_sha256) < (p.captured_at, p.image_sha256)`,
        sql`n.captured_at DESC, n.image_sha256 DESC`,
      )}
      UNION ALL
      ${side(sql`(n.captured_at, n.image_sha256) > (p.captured_at, p.image_sha256)`, sql`n.captured_at, n.image_sha256`)}
    ) AS near
    ORDER BY p.image_sha256, near.captured_at, near.image_sha256
  `.execute(db);
  return rows;
}

/** The order of the queue. */
export function byWorth(a: ReviewItemRow, b: ReviewItemRow): number {
  return b.worth - a.worth || (a.id < b.id ? -1 : 1);
}

/** New worths of open items, whose tiers are kept. Why a person, an operator or a rule sent an image stays as it was said. */
export async function updateWorths(
  db: Db,
  items: readonly { id: string; worth: number; reason: ReviewReason }[],
): Promise<void> {
  await sql`
    WITH v AS (
      SELECT v.id, v.worth, r.reason
      FROM unnest(${plainArray(items.map(({ id }) => id))}::uuid[], ${plainArray(items.map(({ worth }) => worth))}::real[])
        WITH ORDINALITY AS v (id, worth, place)
      JOIN jsonb_array_elements(${jsonTextArray(items.map(({ reason }) => JSON.stringify(reason)))}::jsonb)
        WITH ORDINALITY AS r (reason, place) ON r.place = v.place
    )
    UPDATE review_item item SET worth = (floor(item.worth) + v.worth)::real,
      reason = CASE WHEN item.purpose = 'label' AND item.reason->>'code' <> 'sent' THEN v.reason ELSE item.reason END
    FROM v
    WHERE item.id = v.id AND item.closed_at IS NULL AND item.worth <> (floor(item.worth) + v.worth)::real
  `.execute(db);
}
