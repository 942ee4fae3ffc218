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
      -- 1: hash, label and split of each image; 2: also regions, the book and the policy
      ADD COLUMN manifest_format smallint NOT NULL DEFAULT 1 CHECK (manifest_format IN (1, 2)),
      -- counts the statements that changed its items: what was found or hashed at one revision holds as long as it stands
      ADD COLUMN revision bigint NOT NULL DEFAULT 0,
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
    ALTER TABLE label_decision ADD UNIQUE (plant_id, image_sha256, id, label);
    ALTER TABLE dataset_item
      ALTER COLUMN decision_id SET NOT NULL,
      -- the label is that of the decision, and the decision is about this image
      ADD FOREIGN KEY (plant_id, image_sha256, decision_id, label) REFERENCES label_decision (plant_id, image_sha256, id, label);
    CREATE INDEX model_version_dataset ON model_version (dataset_version_id, id);
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

    -- what was golden before stays golden, unless some version trains on it: there people have to decide
    INSERT INTO golden_image (plant_id, image_sha256, added_by, added_at)
      SELECT DISTINCT ON (plant_id, image_sha256) plant_id, image_sha256, decided_by, decided_at FROM dataset_item i
      WHERE split = 'golden'
        AND NOT EXISTS (SELECT FROM dataset_item o WHERE o.plant_id = i.plant_id AND o.image_sha256 = i.image_sha256 AND o.split <> 'golden')
      ORDER BY plant_id, image_sha256, decided_at;

    -- the last check of a version: it counts as long as its revision is that of the version
    CREATE TABLE dataset_check (
      dataset_version_id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed')),
      -- of the items that were looked at
      revision bigint,
      -- [{ kind, score, flagged, count, code, params }], a figure for each trap over the whole version
      figures jsonb CHECK (jsonb_typeof(figures) = 'array'),
      error text,
      requested_by uuid NOT NULL REFERENCES person (id),
      requested_at timestamptz NOT NULL,
      finished_at timestamptz,
      CHECK (state <> 'succeeded' OR (revision IS NOT NULL AND figures IS NOT NULL AND finished_at IS NOT NULL)),
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
    -- a model's verdicts are found by the minutes in which it gave any
    CREATE INDEX inspection_minute_model ON inspection_minute (model_version_id, minute DESC);

    -- Replaces the function of 0003: an item of a draft only, golden exactly when its image is in the golden set.
    -- The lock is the one that counting the revision takes: two writers wait for each other instead of standing in each other's way.
    CREATE OR REPLACE FUNCTION lehr_frozen_item() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      version_state text;
    BEGIN
      IF TG_OP <> 'INSERT' THEN
        SELECT state INTO version_state FROM dataset_version WHERE id = OLD.dataset_version_id FOR NO KEY UPDATE;
        IF version_state = 'frozen' THEN
          RAISE EXCEPTION 'dataset version % is frozen: % of an item refused', OLD.dataset_version_id, TG_OP USING ERRCODE = 'restrict_violation';
        END IF;
      END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      IF TG_OP = 'INSERT' OR NEW.dataset_version_id <> OLD.dataset_version_id THEN
        SELECT state INTO version_state FROM dataset_version WHERE id = NEW.dataset_version_id FOR NO KEY UPDATE;
        IF version_state = 'frozen' THEN
          RAISE EXCEPTION 'dataset version % is frozen: % of an item refused', NEW.dataset_version_id, TG_OP USING ERRCODE = 'restrict_violation';
        END IF;
      END IF;
      IF (NEW.split = 'golden') <> EXISTS (SELECT FROM golden_image g WHERE g.plant_id = NEW.plant_id AND g.image_sha256 = NEW.image_sha256) THEN
        RAISE EXCEPTION 'image % is %golden: split % refused', encode(NEW.image_sha256, 'hex'),
          CASE WHEN NEW.split = 'golden' THEN 'not ' ELSE '' END, NEW.split USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;

    -- Every statement that changes items counts; a frozen version is not counted, because its items were refused above.
    CREATE FUNCTION lehr_count_revision() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE dataset_version SET revision = revision + 1 WHERE id IN (SELECT DISTINCT dataset_version_id FROM changed);
      RETURN NULL;
    END $$;
    CREATE TRIGGER dataset_item_added AFTER INSERT ON dataset_item REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION lehr_count_revision();
    CREATE TRIGGER dataset_item_moved AFTER UPDATE ON dataset_item REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION lehr_count_revision();
    CREATE TRIGGER dataset_item_moved_from AFTER UPDATE ON dataset_item REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION lehr_count_revision();
    CREATE TRIGGER dataset_item_removed AFTER DELETE ON dataset_item REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION lehr_count_revision();

    -- Replaces the function of 0003: what freezes trains on no golden image. The lock on the plant keeps the golden set still meanwhile.
    CREATE OR REPLACE FUNCTION lehr_frozen_version() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      other bytea;
    BEGIN
      IF OLD.state = 'frozen' THEN
        RAISE EXCEPTION 'dataset version % is frozen: % refused', OLD.id, TG_OP USING ERRCODE = 'restrict_violation';
      END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      IF NEW.state = 'frozen' THEN
        PERFORM FROM plant WHERE id = NEW.plant_id FOR NO KEY UPDATE;
        SELECT i.image_sha256 INTO other FROM golden_image g
          JOIN dataset_item i ON i.dataset_version_id = NEW.id AND i.image_sha256 = g.image_sha256
          WHERE g.plant_id = NEW.plant_id AND i.split <> 'golden' LIMIT 1;
        IF other IS NOT NULL THEN
          RAISE EXCEPTION 'image % is golden: dataset version % may not train on it', encode(other, 'hex'), NEW.id USING ERRCODE = 'restrict_violation';
        END IF;
      END IF;
      RETURN NEW;
    END $$;

    -- What a frozen version trains on cannot become golden; what judged with a frozen version stays golden.
    CREATE FUNCTION lehr_golden_image() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP <> 'INSERT' AND (TG_OP = 'DELETE' OR (NEW.plant_id, NEW.image_sha256) <> (OLD.plant_id, OLD.image_sha256)) THEN
        PERFORM FROM plant WHERE id = OLD.plant_id FOR NO KEY UPDATE;
        IF EXISTS (SELECT FROM dataset_item i JOIN dataset_version v ON v.id = i.dataset_version_id
            WHERE i.plant_id = OLD.plant_id AND i.image_sha256 = OLD.image_sha256 AND i.split = 'golden') THEN
          RAISE EXCEPTION 'image % is golden in a dataset version: % refused', encode(OLD.image_sha256, 'hex'), TG_OP USING ERRCODE = 'restrict_violation';
        END IF;
      END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      IF TG_OP = 'INSERT' OR (NEW.plant_id, NEW.image_sha256) <> (OLD.plant_id, OLD.image_sha256) THEN
        PERFORM FROM plant WHERE id = NEW.plant_id FOR NO KEY UPDATE;
        IF EXISTS (SELECT FROM dataset_item i JOIN dataset_version v ON v.id = i.dataset_version_id
            WHERE i.plant_id = NEW.plant_id AND i.image_sha256 = NEW.image_sha256 AND i.split <> 'golden' AND v.state = 'frozen') THEN
          RAISE EXCEPTION 'a frozen dataset version trains on image %: it cannot be golden', encode(NEW.image_sha256, 'hex') USING ERRCODE = 'restrict_violation';
        END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER golden_image_kept BEFORE INSERT OR UPDATE OR DELETE ON golden_image FOR EACH ROW EXECUTE FUNCTION lehr_golden_image();

    -- What was found before a version froze is part of why it could: it stays, too.
    CREATE FUNCTION lehr_frozen_check() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      version uuid = CASE WHEN TG_OP = 'INSERT' THEN NEW.dataset_version_id ELSE OLD.dataset_version_id END;
      version_state text;
    BEGIN
      SELECT state INTO version_state FROM dataset_version WHERE id = version FOR SHARE;
      IF version_state = 'frozen' THEN
        RAISE EXCEPTION 'dataset version % is frozen: % of its check refused', version, TG_OP USING ERRCODE = 'restrict_violation';
      END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      IF NEW.dataset_version_id <> version THEN
        RAISE EXCEPTION 'a check stays with its dataset version' USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER dataset_check_frozen BEFORE INSERT OR UPDATE OR DELETE ON dataset_check FOR EACH ROW EXECUTE FUNCTION lehr_frozen_check();
    CREATE TRIGGER dataset_issue_frozen BEFORE INSERT OR UPDATE OR DELETE ON dataset_issue FOR EACH ROW EXECUTE FUNCTION lehr_frozen_check();

    -- TRUNCATE passes by the triggers of rows
    CREATE FUNCTION lehr_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION '% may hold what is frozen: TRUNCATE refused', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE TRIGGER dataset_version_no_truncate BEFORE TRUNCATE ON dataset_version FOR EACH STATEMENT EXECUTE FUNCTION lehr_refuse_truncate();
    CREATE TRIGGER dataset_item_no_truncate BEFORE TRUNCATE ON dataset_item FOR EACH STATEMENT EXECUTE FUNCTION lehr_refuse_truncate();
    CREATE TRIGGER golden_image_no_truncate BEFORE TRUNCATE ON golden_image FOR EACH STATEMENT EXECUTE FUNCTION lehr_refuse_truncate();
    CREATE TRIGGER dataset_check_no_truncate BEFORE TRUNCATE ON dataset_check FOR EACH STATEMENT EXECUTE FUNCTION lehr_refuse_truncate();
    CREATE TRIGGER dataset_issue_no_truncate BEFORE TRUNCATE ON dataset_issue FOR EACH STATEMENT EXECUTE FUNCTION lehr_refuse_truncate();
  `.execute(db);
}
