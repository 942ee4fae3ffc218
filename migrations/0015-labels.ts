/** The defect book in signed versions, what people say of images with all its history, decisions that follow, and the queue. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    CREATE TABLE defect_book (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      number integer NOT NULL CHECK (number > 0),
      state text NOT NULL CHECK (state IN ('draft', 'signed')),
      created_by uuid NOT NULL REFERENCES person (id),
      created_at timestamptz NOT NULL,
      signed_by uuid REFERENCES person (id),
      signed_at timestamptz,
      -- what the signature says; the person has just given the password again
      meaning text CHECK (length(meaning) BETWEEN 1 AND 500),
      -- SHA-256 of its canonical content
      content_hash bytea CHECK (length(content_hash) = 32),
      CHECK ((state = 'signed') = (signed_by IS NOT NULL AND signed_at IS NOT NULL AND meaning IS NOT NULL AND content_hash IS NOT NULL)),
      UNIQUE (plant_id, number),
      UNIQUE (plant_id, id)
    );
    -- people edit one draft at a time
    CREATE UNIQUE INDEX defect_book_draft ON defect_book (plant_id) WHERE state = 'draft';

    CREATE TABLE defect_class (
      book_id uuid NOT NULL,
      plant_id uuid NOT NULL,
      -- the same in every version; what labels and models name
      code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9_-]{0,62}$' AND code <> 'good'),
      -- counts the changes of its content
      revision integer NOT NULL CHECK (revision > 0),
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
      definition text NOT NULL CHECK (length(definition) BETWEEN 1 AND 4000),
      severity text NOT NULL CHECK (severity IN ('critical', 'major', 'minor')),
      -- [{ quantity, unit, min, max }]
      limits jsonb NOT NULL CHECK (jsonb_typeof(limits) = 'array'),
      -- { language: { name, definition } }
      translations jsonb NOT NULL CHECK (jsonb_typeof(translations) = 'object'),
      -- order in lists and of the number keys
      ordinal smallint NOT NULL CHECK (ordinal >= 0),
      -- kept for old labels, not offered for new ones
      is_retired boolean NOT NULL DEFAULT false,
      PRIMARY KEY (book_id, code),
      FOREIGN KEY (plant_id, book_id) REFERENCES defect_book (plant_id, id)
    );

    CREATE TABLE defect_example (
      book_id uuid NOT NULL,
      plant_id uuid NOT NULL,
      code text NOT NULL,
      image_sha256 bytea NOT NULL,
      -- just still good, or just bad enough
      is_defect boolean NOT NULL,
      note text CHECK (length(note) BETWEEN 1 AND 500),
      PRIMARY KEY (book_id, code, image_sha256),
      FOREIGN KEY (book_id, code) REFERENCES defect_class (book_id, code) ON DELETE CASCADE,
      FOREIGN KEY (plant_id, image_sha256) REFERENCES image (plant_id, sha256)
    );

    CREATE FUNCTION lehr_signed_book() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.state = 'signed' THEN
        RAISE EXCEPTION 'defect book % is signed: % refused', OLD.id, TG_OP USING ERRCODE = 'restrict_violation';
      END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER defect_book_signed BEFORE UPDATE OR DELETE ON defect_book FOR EACH ROW EXECUTE FUNCTION lehr_signed_book();

    CREATE FUNCTION lehr_signed_book_part() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      book_state text;
    BEGIN
      IF TG_OP <> 'INSERT' THEN
        SELECT state INTO book_state FROM defect_book WHERE id = OLD.book_id FOR SHARE;
        IF book_state = 'signed' THEN
          RAISE EXCEPTION 'defect book % is signed: % refused', OLD.book_id, TG_OP USING ERRCODE = 'restrict_violation';
        END IF;
      END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      SELECT state INTO book_state FROM defect_book WHERE id = NEW.book_id FOR SHARE;
      IF book_state = 'signed' THEN
        RAISE EXCEPTION 'defect book % is signed: % refused', NEW.book_id, TG_OP USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER defect_class_signed BEFORE INSERT OR UPDATE OR DELETE ON defect_class FOR EACH ROW EXECUTE FUNCTION lehr_signed_book_part();
    CREATE TRIGGER defect_example_signed BEFORE INSERT OR UPDATE OR DELETE ON defect_example FOR EACH ROW EXECUTE FUNCTION lehr_signed_book_part();

    -- what one person says of one image; never changed, the next number replaces it
    CREATE TABLE annotation (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      image_sha256 bytea NOT NULL,
      person_id uuid NOT NULL REFERENCES person (id),
      -- counts what this person said of this image
      number integer NOT NULL CHECK (number > 0),
      -- under which definitions; null: made before the plant had a book
      book_id uuid,
      -- 'good', or the code of the gravest class
      label text NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
      -- [{ classCode, kind, … }] in pixels of the image, as schema/region.ts has it
      regions jsonb NOT NULL CHECK (jsonb_typeof(regions) = 'array'),
      origin text NOT NULL CHECK (origin IN ('review', 'direct', 'import', 'restore')),
      -- a known answer that was asked again without saying so: measures the person, decides nothing
      is_check boolean NOT NULL DEFAULT false,
      made_at timestamptz NOT NULL,
      -- from seeing the image to the answer
      elapsed_ms integer CHECK (elapsed_ms >= 0),
      UNIQUE (plant_id, image_sha256, person_id, number),
      UNIQUE (plant_id, image_sha256, id),
      FOREIGN KEY (plant_id, image_sha256) REFERENCES image (plant_id, sha256),
      FOREIGN KEY (plant_id, book_id) REFERENCES defect_book (plant_id, id)
    );
    CREATE INDEX annotation_person ON annotation (plant_id, person_id, made_at);
    CREATE TRIGGER annotation_append_only BEFORE UPDATE OR DELETE ON annotation FOR EACH ROW EXECUTE FUNCTION lehr_refuse_change();
    CREATE TRIGGER annotation_no_truncate BEFORE TRUNCATE ON annotation FOR EACH STATEMENT EXECUTE FUNCTION lehr_refuse_change();

    -- what holds of an image, because enough people said so; never changed, the next one replaces it
    CREATE TABLE label_decision (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      image_sha256 bytea NOT NULL,
      label text NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
      -- whose regions hold; one of those who said it
      annotation_id uuid NOT NULL,
      -- one reviewer, two who agree, or a third who decided
      rule text NOT NULL CHECK (rule IN ('one', 'two', 'third')),
      decided_at timestamptz NOT NULL,
      UNIQUE (plant_id, image_sha256, id),
      FOREIGN KEY (plant_id, image_sha256, annotation_id) REFERENCES annotation (plant_id, image_sha256, id)
    );
    CREATE INDEX label_decision_image ON label_decision (plant_id, image_sha256, decided_at DESC, id DESC);
    CREATE TRIGGER label_decision_append_only BEFORE UPDATE OR DELETE ON label_decision FOR EACH ROW EXECUTE FUNCTION lehr_refuse_change();
    CREATE TRIGGER label_decision_no_truncate BEFORE TRUNCATE ON label_decision FOR EACH STATEMENT EXECUTE FUNCTION lehr_refuse_change();

    -- who said so, annotation_id of the decision among them
    CREATE TABLE label_decision_vote (
      decision_id uuid NOT NULL,
      plant_id uuid NOT NULL,
      image_sha256 bytea NOT NULL,
      annotation_id uuid NOT NULL,
      PRIMARY KEY (decision_id, annotation_id),
      FOREIGN KEY (plant_id, image_sha256, decision_id) REFERENCES label_decision (plant_id, image_sha256, id),
      FOREIGN KEY (plant_id, image_sha256, annotation_id) REFERENCES annotation (plant_id, image_sha256, id)
    );
    CREATE INDEX label_decision_vote_annotation ON label_decision_vote (plant_id, image_sha256, annotation_id);
    CREATE TRIGGER label_decision_vote_append_only BEFORE UPDATE OR DELETE ON label_decision_vote FOR EACH ROW EXECUTE FUNCTION lehr_refuse_change();
    CREATE TRIGGER label_decision_vote_no_truncate BEFORE TRUNCATE ON label_decision_vote FOR EACH STATEMENT EXECUTE FUNCTION lehr_refuse_change();

    -- at commit: as many different people as its rule asks for have said exactly this, none of them when only measured
    CREATE FUNCTION lehr_decision_votes() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      decided label_decision%ROWTYPE;
      votes integer;
      persons integer;
      others integer;
      spoke integer;
      has_own boolean;
    BEGIN
      IF TG_TABLE_NAME = 'label_decision' THEN
        decided := NEW;
      ELSE
        SELECT * INTO decided FROM label_decision WHERE id = NEW.decision_id;
      END IF;
      SELECT count(*), count(DISTINCT a.person_id), count(*) FILTER (WHERE a.label <> decided.label OR a.is_check),
        coalesce(bool_or(a.id = decided.annotation_id), false)
      INTO votes, persons, others, has_own
      FROM label_decision_vote v JOIN annotation a ON a.id = v.annotation_id
      WHERE v.decision_id = decided.id;
      IF others > 0 OR NOT has_own OR votes <> persons OR persons < (CASE decided.rule WHEN 'one' THEN 1 ELSE 2 END)
        OR (decided.rule = 'one' AND persons > 1) THEN
        RAISE EXCEPTION 'decision % by the rule % has % votes of % people, % of them for something else', decided.id, decided.rule, votes, persons, others
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF decided.rule = 'third' THEN
        SELECT count(DISTINCT person_id) INTO spoke FROM annotation
        WHERE plant_id = decided.plant_id AND image_sha256 = decided.image_sha256 AND NOT is_check;
        IF spoke < 3 THEN
          RAISE EXCEPTION 'decision % is said to be of a third person, but % have spoken', decided.id, spoke
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
      END IF;
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER label_decision_has_votes AFTER INSERT ON label_decision
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lehr_decision_votes();
    CREATE CONSTRAINT TRIGGER label_decision_vote_agrees AFTER INSERT ON label_decision_vote
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lehr_decision_votes();

    -- how many people it takes; class null: of every class (and of good) that has none of its own
    CREATE TABLE agreement_rule (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      label text CHECK (length(label) BETWEEN 1 AND 100),
      reviewers smallint NOT NULL CHECK (reviewers IN (1, 2)),
      changed_by uuid NOT NULL REFERENCES person (id),
      changed_at timestamptz NOT NULL,
      UNIQUE NULLS NOT DISTINCT (plant_id, label)
    );
    -- share of known answers among what a person is shown
    CREATE TABLE review_setting (
      plant_id uuid PRIMARY KEY REFERENCES plant (id),
      known_share double precision NOT NULL CHECK (known_share = 0 OR known_share BETWEEN 0.05 AND 0.15),
      changed_by uuid NOT NULL REFERENCES person (id),
      changed_at timestamptz NOT NULL
    );
    CREATE TABLE known_answer (
      plant_id uuid NOT NULL,
      image_sha256 bytea NOT NULL,
      decision_id uuid NOT NULL,
      added_by uuid NOT NULL REFERENCES person (id),
      added_at timestamptz NOT NULL,
      PRIMARY KEY (plant_id, image_sha256),
      FOREIGN KEY (plant_id, image_sha256, decision_id) REFERENCES label_decision (plant_id, image_sha256, id)
    );

    -- an operator's one tap: it enters the queue, it is no label
    CREATE TABLE label_suggestion (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      inspection_id uuid NOT NULL,
      captured_at timestamptz NOT NULL,
      -- null: the part's image was not kept
      image_sha256 bytea CHECK (length(image_sha256) = 32),
      kind text NOT NULL CHECK (kind IN ('reject_was_wrong', 'reject_was_right', 'was_bad')),
      person_id uuid NOT NULL REFERENCES person (id),
      made_at timestamptz NOT NULL,
      UNIQUE (plant_id, inspection_id, person_id)
    );
    CREATE INDEX label_suggestion_image ON label_suggestion (plant_id, image_sha256);

    CREATE TABLE review_item (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      image_sha256 bytea NOT NULL,
      -- what the queue wants to know
      purpose text NOT NULL CHECK (purpose IN ('label', 'agree', 'settle', 'recheck', 'doubt', 'suggestion')),
      -- what a decision is worth; the highest first
      worth real NOT NULL,
      -- { code, … } that the screens put into one line
      reason jsonb NOT NULL CHECK (jsonb_typeof(reason) = 'object'),
      opened_at timestamptz NOT NULL,
      closed_at timestamptz CHECK (closed_at >= opened_at),
      -- a person has it until then; nobody else gets it before
      claimed_by uuid REFERENCES person (id),
      claimed_until timestamptz,
      -- a new round began then: what was said before is history and counts no more; null: everything counts
      since timestamptz,
      -- a known answer, asked of the one who has claimed it without saying so
      is_check boolean NOT NULL DEFAULT false,
      CHECK ((claimed_by IS NULL) = (claimed_until IS NULL)),
      CHECK (NOT is_check OR claimed_by IS NOT NULL),
      UNIQUE (plant_id, id),
      FOREIGN KEY (plant_id, image_sha256) REFERENCES image (plant_id, sha256)
    );
    -- an image waits once
    CREATE UNIQUE INDEX review_item_open ON review_item (plant_id, image_sha256) WHERE closed_at IS NULL AND NOT is_check;
    CREATE UNIQUE INDEX review_item_check ON review_item (plant_id, image_sha256, claimed_by) WHERE closed_at IS NULL AND is_check;
    CREATE INDEX review_item_worth ON review_item (plant_id, worth DESC, id) WHERE closed_at IS NULL;
    CREATE INDEX review_item_claimed ON review_item (plant_id, claimed_by) WHERE closed_at IS NULL AND claimed_by IS NOT NULL;

    -- what a person has on the screen and has not said yet, with its history of strokes
    CREATE TABLE review_sketch (
      plant_id uuid NOT NULL,
      image_sha256 bytea NOT NULL,
      person_id uuid NOT NULL REFERENCES person (id),
      document jsonb NOT NULL CHECK (jsonb_typeof(document) = 'object'),
      saved_at timestamptz NOT NULL,
      PRIMARY KEY (plant_id, image_sha256, person_id),
      FOREIGN KEY (plant_id, image_sha256) REFERENCES image (plant_id, sha256)
    );
  `.execute(db);
}
