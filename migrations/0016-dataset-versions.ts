/** Dataset versions on decisions that people made: splits that do not leak, the golden set apart, and what was found wrong with a draft. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    ALTER TABLE dataset_version
      ADD COLUMN based_on_id uuid,
      -- definitions that its labels are read by; null: the plant had no book
      ADD COLUMN book_id uuid,
      -- how its images are divided: { validationShare, goldenShare, seed, neighbourMs, keepBatches }
      ADD COLUMN split_policy jsonb,
      -- 1: hash, label and split of each image; 2: also regions, persons' decisions and the book
      ADD COLUMN manifest_format smallint NOT NULL DEFAULT 1 CHECK (manifest_format IN (1, 2)),
      ADD FOREIGN KEY (plant_id, based_on_id) REFERENCES dataset_version (plant_id, id),
      ADD FOREIGN KEY (plant_id, book_id) REFERENCES defect_book (plant_id, id);

    -- the decision that lets the image in; what was put in before decisions had rows of their own gets them here
    ALTER TABLE dataset_item ADD COLUMN decision_id uuid;
    ALTER TABLE dataset_item DISABLE TRIGGER dataset_item_frozen;
    CREATE TEMPORARY TABLE decided ON COMMIT DROP AS
      SELECT gen_random_uuid() AS annotation_id, gen_random_uuid() AS decision_id, d.*,
        row_number() OVER (PARTITION BY plant_id, image_sha256, decided_by ORDER BY decided_at, label) AS number
      FROM (
        SELECT plant_id, image_sha256, label, decided_by, min(decided_at) AS decided_at
        FROM dataset_item GROUP BY plant_id, image_sha256, label, decided_by
      ) d;
    INSERT INTO annotation (id, plant_id, image_sha256, person_id, number, label, regions, origin, made_at)
      SELECT annotation_id, plant_id, image_sha256, decided_by, number, label, '[]', 'direct', decided_at FROM decided;
    INSERT INTO label_decision (id, plant_id, image_sha256, label, annotation_id, rule, decided_at)
      SELECT decision_id, plant_id, image_sha256, label, annotation_id, 'one', decided_at FROM decided;
    INSERT INTO label_decision_vote (decision_id, plant_id, image_sha256, annotation_id)
      SELECT decision_id, plant_id, image_sha256, annotation_id FROM decided;
    UPDATE dataset_item i SET decision_id = d.decision_id FROM decided d
      WHERE d.plant_id = i.plant_id AND d.image_sha256 = i.image_sha256 AND d.label = i.label AND d.decided_by = i.decided_by;
    ALTER TABLE dataset_item ENABLE TRIGGER dataset_item_frozen;
    ALTER TABLE dataset_item
      ALTER COLUMN decision_id SET NOT NULL,
      ADD FOREIGN KEY (plant_id, image_sha256, decision_id) REFERENCES label_decision (plant_id, image_sha256, id);
    CREATE INDEX dataset_item_image ON dataset_item (plant_id, image_sha256);

    -- judges models, per product and condition; what is in here is never trained on
    CREATE TABLE golden_image (
      plant_id uuid NOT NULL,
      image_sha256 bytea NOT NULL,
      product_id uuid,
      -- a word for the condition, such as 'day' or 'amber'; '' when there is only one
      condition text NOT NULL DEFAULT '' CHECK (length(condition) <= 100),
      added_by uuid NOT NULL REFERENCES person (id),
      added_at timestamptz NOT NULL,
      PRIMARY KEY (plant_id, image_sha256),
      FOREIGN KEY (plant_id, image_sha256) REFERENCES image (plant_id, sha256)
    );

    -- the last check of a version: it counts as long as its fingerprint is that of the items
    CREATE TABLE dataset_check (
      dataset_version_id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed')),
      fingerprint bytea CHECK (length(fingerprint) = 32),
      -- [{ kind, score, flagged, … }], a figure for each trap over the whole version
      figures jsonb,
      error text,
      requested_by uuid NOT NULL REFERENCES person (id),
      requested_at timestamptz NOT NULL,
      finished_at timestamptz,
      FOREIGN KEY (plant_id, dataset_version_id) REFERENCES dataset_version (plant_id, id)
    );
    -- what a trap says of one image
    CREATE TABLE dataset_issue (
      dataset_version_id uuid NOT NULL REFERENCES dataset_check (dataset_version_id) ON DELETE CASCADE,
      kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),
      image_sha256 bytea NOT NULL,
      -- from 0 (as bad as it gets) to 1
      score real NOT NULL CHECK (score BETWEEN 0 AND 1),
      is_flagged boolean NOT NULL,
      detail jsonb,
      PRIMARY KEY (dataset_version_id, kind, image_sha256)
    );
    CREATE INDEX dataset_issue_score ON dataset_issue (dataset_version_id, kind, score, image_sha256);
  `.execute(db);
}
