/** Images, dataset versions that freeze, model versions, approvals by people and assignments that point to them. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    CREATE TABLE image (
      plant_id uuid NOT NULL REFERENCES plant (id),
      sha256 bytea NOT NULL CHECK (length(sha256) = 32),
      format text NOT NULL CHECK (format IN ('png', 'jpeg', 'webp')),
      size_bytes bigint NOT NULL CHECK (size_bytes > 0),
      width integer NOT NULL CHECK (width > 0),
      height integer NOT NULL CHECK (height > 0),
      received_at timestamptz NOT NULL,
      PRIMARY KEY (plant_id, sha256)
    );

    CREATE TABLE dataset (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      created_at timestamptz NOT NULL,
      UNIQUE (plant_id, code),
      UNIQUE (plant_id, id)
    );

    CREATE TABLE dataset_version (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      dataset_id uuid NOT NULL,
      number integer NOT NULL CHECK (number > 0),
      state text NOT NULL CHECK (state IN ('draft', 'frozen')),
      created_by uuid NOT NULL REFERENCES person (id),
      created_at timestamptz NOT NULL,
      frozen_by uuid REFERENCES person (id),
      frozen_at timestamptz,
      -- SHA-256 of the canonical manifest
      content_hash bytea CHECK (length(content_hash) = 32),
      CHECK ((state = 'frozen') = (frozen_by IS NOT NULL AND frozen_at IS NOT NULL AND content_hash IS NOT NULL)),
      UNIQUE (dataset_id, number),
      UNIQUE (plant_id, id),
      FOREIGN KEY (plant_id, dataset_id) REFERENCES dataset (plant_id, id)
    );

    CREATE TABLE dataset_item (
      dataset_version_id uuid NOT NULL,
      plant_id uuid NOT NULL,
      image_sha256 bytea NOT NULL,
      label text NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
      split text NOT NULL CHECK (split IN ('train', 'validation', 'golden')),
      -- no image enters a dataset version without a named person's decision
      decided_by uuid NOT NULL REFERENCES person (id),
      decided_at timestamptz NOT NULL,
      PRIMARY KEY (dataset_version_id, image_sha256),
      FOREIGN KEY (plant_id, dataset_version_id) REFERENCES dataset_version (plant_id, id),
      FOREIGN KEY (plant_id, image_sha256) REFERENCES image (plant_id, sha256)
    );

    CREATE FUNCTION lehr_frozen_version() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.state = 'frozen' THEN
        RAISE EXCEPTION 'dataset version % is frozen: % refused', OLD.id, TG_OP USING ERRCODE = 'restrict_violation';
      END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER dataset_version_frozen BEFORE UPDATE OR DELETE ON dataset_version FOR EACH ROW EXECUTE FUNCTION lehr_frozen_version();

    -- takes a share lock on the version, so that an item and a freeze cannot pass each other
    CREATE FUNCTION lehr_frozen_item() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      version_state text;
    BEGIN
      IF TG_OP <> 'INSERT' THEN
        SELECT state INTO version_state FROM dataset_version WHERE id = OLD.dataset_version_id FOR SHARE;
        IF version_state = 'frozen' THEN
          RAISE EXCEPTION 'dataset version % is frozen: % of an item refused', OLD.dataset_version_id, TG_OP USING ERRCODE = 'restrict_violation';
        END IF;
      END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      SELECT state INTO version_state FROM dataset_version WHERE id = NEW.dataset_version_id FOR SHARE;
      IF version_state = 'frozen' THEN
        RAISE EXCEPTION 'dataset version % is frozen: % of an item refused', NEW.dataset_version_id, TG_OP USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER dataset_item_frozen BEFORE INSERT OR UPDATE OR DELETE ON dataset_item FOR EACH ROW EXECUTE FUNCTION lehr_frozen_item();

    CREATE TABLE model (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      created_at timestamptz NOT NULL,
      UNIQUE (plant_id, code),
      UNIQUE (plant_id, id)
    );

    CREATE TABLE signing_key (
      -- first 16 hexadecimal digits of the SHA-256 of the public key
      id text PRIMARY KEY,
      -- Ed25519, SPKI DER in base64
      public_key text NOT NULL UNIQUE,
      created_at timestamptz NOT NULL
    );

    CREATE TABLE training_run (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      model_id uuid NOT NULL,
      dataset_version_id uuid NOT NULL,
      seed integer NOT NULL,
      false_reject_target double precision NOT NULL CHECK (false_reject_target > 0 AND false_reject_target < 1),
      state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed')),
      progress double precision NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
      step text,
      error text,
      requested_by uuid NOT NULL REFERENCES person (id),
      requested_at timestamptz NOT NULL,
      started_at timestamptz,
      finished_at timestamptz,
      UNIQUE (plant_id, id),
      FOREIGN KEY (plant_id, model_id) REFERENCES model (plant_id, id),
      FOREIGN KEY (plant_id, dataset_version_id) REFERENCES dataset_version (plant_id, id)
    );

    CREATE TABLE model_version (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      model_id uuid NOT NULL,
      number integer NOT NULL CHECK (number > 0),
      dataset_version_id uuid NOT NULL,
      training_run_id uuid NOT NULL UNIQUE,
      artifact_sha256 bytea NOT NULL CHECK (length(artifact_sha256) = 32),
      artifact_bytes bigint NOT NULL CHECK (artifact_bytes > 0),
      -- Ed25519 over the 32 bytes of artifact_sha256, base64
      signature text NOT NULL,
      signing_key_id text NOT NULL REFERENCES signing_key (id),
      manifest jsonb NOT NULL,
      metrics jsonb NOT NULL,
      created_at timestamptz NOT NULL,
      UNIQUE (model_id, number),
      UNIQUE (plant_id, id),
      FOREIGN KEY (plant_id, model_id) REFERENCES model (plant_id, id),
      FOREIGN KEY (plant_id, dataset_version_id) REFERENCES dataset_version (plant_id, id),
      FOREIGN KEY (plant_id, training_run_id) REFERENCES training_run (plant_id, id)
    );
    CREATE INDEX model_version_artifact ON model_version (artifact_sha256);
    CREATE TRIGGER model_version_immutable BEFORE UPDATE OR DELETE ON model_version FOR EACH ROW EXECUTE FUNCTION lehr_refuse_change();

    -- a signature: who, when, what it means; the person has just given the password again
    CREATE TABLE approval (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      model_version_id uuid NOT NULL,
      person_id uuid NOT NULL REFERENCES person (id),
      approved_at timestamptz NOT NULL,
      meaning text NOT NULL CHECK (length(meaning) BETWEEN 1 AND 500),
      UNIQUE (id, model_version_id),
      FOREIGN KEY (plant_id, model_version_id) REFERENCES model_version (plant_id, id)
    );
    CREATE TRIGGER approval_append_only BEFORE UPDATE OR DELETE ON approval FOR EACH ROW EXECUTE FUNCTION lehr_refuse_change();

    -- a model runs on a camera only through this row, and this row only with an approval of that very version
    CREATE TABLE model_assignment (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      camera_id uuid NOT NULL,
      model_version_id uuid NOT NULL,
      approval_id uuid NOT NULL,
      assigned_by uuid NOT NULL REFERENCES person (id),
      assigned_at timestamptz NOT NULL,
      ended_at timestamptz CHECK (ended_at >= assigned_at),
      FOREIGN KEY (plant_id, camera_id) REFERENCES camera (plant_id, id),
      FOREIGN KEY (plant_id, model_version_id) REFERENCES model_version (plant_id, id),
      FOREIGN KEY (approval_id, model_version_id) REFERENCES approval (id, model_version_id)
    );
    CREATE UNIQUE INDEX model_assignment_current ON model_assignment (camera_id) WHERE ended_at IS NULL;
    CREATE INDEX model_assignment_version ON model_assignment (model_version_id);
  `.execute(db);
}
