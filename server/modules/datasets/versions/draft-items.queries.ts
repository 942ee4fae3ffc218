/** SQL of what goes into drafts and out of them. */
import { type RawBuilder, sql } from 'kysely';
import { byteaArray, plainArray, textArray } from '../../../database/array-literal.ts';
import type { Trx } from '../../../database/database.ts';
import type { SplitName } from './datasets.table.ts';

/** An image that may become an item. */
export interface Candidate {
  isGolden: boolean;
  /** A frozen version trains on it or chooses with it. */
  isTrainedOn: boolean;
  labelState: string | null;
  /** The decision that holds; null: there is none, or people disagree. */
  decisionId: string | null;
  label: string | null;
}

/** Those of the images that the plant has and still keeps, in one statement. */
export async function selectCandidates(
  trx: Trx,
  plantId: string,
  hashes: readonly string[],
): Promise<Map<string, Candidate>> {
  const { rows } = await sql<Candidate & { sha256: string }>`
    SELECT encode(image.sha256, 'hex') AS sha256, golden.image_sha256 IS NOT NULL AS "isGolden",
      EXISTS (
        SELECT FROM dataset_item o JOIN dataset_version v ON v.id = o.dataset_version_id
        WHERE o.plant_id = image.plant_id AND o.image_sha256 = image.sha256 AND o.split <> 'golden' AND v.state = 'frozen'
      ) AS "isTrainedOn",
      pool.label_state AS "labelState", decision.id AS "decisionId", decision.label
    FROM unnest(${byteaArray(hashes)}::bytea[]) AS asked (sha256)
    JOIN image ON image.plant_id = ${plantId}::uuid AND image.sha256 = asked.sha256 AND image.deleted_at IS NULL
    LEFT JOIN golden_image golden ON golden.plant_id = image.plant_id AND golden.image_sha256 = image.sha256
    LEFT JOIN pool_image pool ON pool.plant_id = image.plant_id AND pool.image_sha256 = image.sha256
    LEFT JOIN LATERAL (
      SELECT id, label FROM label_decision d WHERE d.plant_id = image.plant_id AND d.image_sha256 = image.sha256
      ORDER BY decided_at DESC, id DESC LIMIT 1
    ) decision ON coalesce(pool.label_state, 'labelled') = 'labelled'
  `.execute(trx);
  return new Map(rows.map(({ sha256, ...candidate }) => [sha256, candidate]));
}

export interface DecidedItem {
  imageSha256: string;
  label: string;
  split: SplitName;
  decisionId: string;
}

/** Adds the items in one statement; the same image again takes the later decision. */
export async function upsertItems(
  trx: Trx,
  version: { id: string; plant_id: string },
  items: readonly DecidedItem[],
  person: { personId: string; at: Date },
): Promise<void> {
  await sql`
    INSERT INTO dataset_item (dataset_version_id, plant_id, image_sha256, label, split, decision_id, decided_by, decided_at)
    SELECT ${version.id}::uuid, ${version.plant_id}::uuid, item.sha256, item.label, item.split, item.decision_id,
      ${person.personId}::uuid, ${person.at}::timestamptz
    FROM unnest(
      ${byteaArray(items.map((item) => item.imageSha256))}::bytea[],
      ${textArray(items.map((item) => item.label))}::text[],
      ${plainArray(items.map((item) => item.split))}::text[],
      ${plainArray(items.map((item) => item.decisionId))}::uuid[]
    ) AS item (sha256, label, split, decision_id)
    ON CONFLICT (dataset_version_id, image_sha256) DO UPDATE SET label = excluded.label, split = excluded.split,
      decision_id = excluded.decision_id, decided_by = excluded.decided_by, decided_at = excluded.decided_at
  `.execute(trx);
}

/** Gives the hashes that were there. */
export async function deleteItems(trx: Trx, versionId: string, hashes: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ sha256: string }>`
    DELETE FROM dataset_item WHERE dataset_version_id = ${versionId}::uuid AND image_sha256 = any(${byteaArray(hashes)}::bytea[])
    RETURNING encode(image_sha256, 'hex') AS sha256
  `.execute(trx);
  return rows.map((row) => row.sha256);
}

/** Puts images into the golden set under the product that they show; those that are in it take the condition named. */
export async function insertGoldenOf(
  trx: Trx,
  plantId: string,
  hashes: readonly string[],
  condition: string,
  person: { personId: string; at: Date },
): Promise<void> {
  await sql`
    INSERT INTO golden_image (plant_id, image_sha256, product_id, condition, added_by, added_at)
    SELECT ${plantId}::uuid, asked.sha256, pool.product_id, ${condition}, ${person.personId}::uuid, ${person.at}::timestamptz
    FROM unnest(${byteaArray(hashes)}::bytea[]) AS asked (sha256)
    LEFT JOIN pool_image pool ON pool.plant_id = ${plantId}::uuid AND pool.image_sha256 = asked.sha256
    ON CONFLICT (plant_id, image_sha256) DO UPDATE SET condition = excluded.condition, product_id = excluded.product_id
  `.execute(trx);
}

/**
 * Adds the images that the condition on `pool_image p` lets through and people have decided on, in one statement: golden ones as golden, those
 * that are in the version already with the decision that holds now and on the side where they are. Gives how many.
 */
export async function insertDecided(
  trx: Trx,
  version: { id: string },
  condition: RawBuilder<boolean>,
  split: SplitName,
  person: { personId: string; at: Date },
  most: number,
): Promise<number> {
  const { numAffectedRows } = await sql`
    INSERT INTO dataset_item AS kept (dataset_version_id, plant_id, image_sha256, label, split, decision_id, decided_by, decided_at)
    SELECT ${version.id}::uuid, p.plant_id, p.image_sha256, decision.label,
      CASE WHEN golden.image_sha256 IS NULL THEN ${split} ELSE 'golden' END, decision.id, ${person.personId}::uuid, ${person.at}::timestamptz
    FROM pool_image p
    JOIN image ON image.plant_id = p.plant_id AND image.sha256 = p.image_sha256 AND image.deleted_at IS NULL
    CROSS JOIN LATERAL (
      SELECT d.id, d.label FROM label_decision d WHERE d.plant_id = p.plant_id AND d.image_sha256 = p.image_sha256
      ORDER BY d.decided_at DESC, d.id DESC LIMIT 1
    ) decision
    LEFT JOIN golden_image golden ON golden.plant_id = p.plant_id AND golden.image_sha256 = p.image_sha256
    WHERE ${condition} AND p.label_state = 'labelled'
    LIMIT ${most}
    ON CONFLICT (dataset_version_id, image_sha256) DO UPDATE SET label = excluded.label, decision_id = excluded.decision_id,
      split = CASE WHEN excluded.split = 'golden' THEN 'golden' ELSE kept.split END, decided_by = excluded.decided_by, decided_at = excluded.decided_at
  `.execute(trx);
  return Number(numAffectedRows ?? 0n);
}
