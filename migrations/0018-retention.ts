/** How long images are kept, by plant and kind, and what took them away; what people rely on is never deleted. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    CREATE TABLE retention_rule (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      kind text NOT NULL CHECK (kind IN ('pass', 'reject', 'dataset_member', 'audit_sample')),
      keep_days integer NOT NULL CHECK (keep_days > 0),
      changed_by uuid NOT NULL REFERENCES person (id),
      changed_at timestamptz NOT NULL,
      UNIQUE (plant_id, kind)
    );
    -- a dry run counts and lists; a real one deletes of that list what is due and free at that moment
    CREATE TABLE retention_run (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      is_dry boolean NOT NULL,
      -- a list is carried out once
      dry_run_id uuid UNIQUE REFERENCES retention_run (id),
      state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed')),
      -- { kind: days } as they were
      rules jsonb NOT NULL CHECK (jsonb_typeof(rules) = 'object'),
      -- { kind: { images, bytes } }
      counts jsonb NOT NULL DEFAULT '{}',
      error text,
      requested_by uuid NOT NULL REFERENCES person (id),
      requested_at timestamptz NOT NULL,
      finished_at timestamptz,
      CHECK (is_dry = (dry_run_id IS NULL))
    );
    CREATE INDEX retention_run_plant ON retention_run (plant_id, id);
    -- the list of a dry run; a real run writes what became of each into it
    CREATE TABLE retention_image (
      run_id uuid NOT NULL REFERENCES retention_run (id),
      image_sha256 bytea NOT NULL,
      kind text NOT NULL,
      size_bytes bigint NOT NULL,
      captured_at timestamptz NOT NULL,
      -- deleted: the row says so, the file may still be there; removed: the file is gone; kept: not due or not free any more
      outcome text CHECK (outcome IN ('deleted', 'removed', 'kept')),
      PRIMARY KEY (run_id, image_sha256)
    );
    CREATE INDEX retention_image_open ON retention_image (run_id, outcome, image_sha256) WHERE outcome IS NULL OR outcome = 'deleted';

    ALTER TABLE image
      -- when retention took the file away; the row stays, because results and decisions name it
      ADD COLUMN deleted_at timestamptz;
    ALTER TABLE pool_image
      -- as the image's: kept only where people have said something of it, and in no list
      ADD COLUMN deleted_at timestamptz;

    -- what holds an image: versions and drafts, the golden set, books, known answers, the queue, sketches and the recipes' references
    CREATE FUNCTION lehr_image_hold(plant uuid, hash bytea) RETURNS text LANGUAGE sql STABLE AS $$
      SELECT CASE
        WHEN EXISTS (SELECT 1 FROM dataset_item WHERE plant_id = plant AND image_sha256 = hash) THEN 'a dataset version'
        WHEN EXISTS (SELECT 1 FROM golden_image WHERE plant_id = plant AND image_sha256 = hash) THEN 'the golden set'
        WHEN EXISTS (SELECT 1 FROM defect_example WHERE plant_id = plant AND image_sha256 = hash) THEN 'the defect book'
        WHEN EXISTS (SELECT 1 FROM known_answer WHERE plant_id = plant AND image_sha256 = hash) THEN 'the known answers'
        WHEN EXISTS (SELECT 1 FROM review_item WHERE plant_id = plant AND image_sha256 = hash AND closed_at IS NULL) THEN 'the review queue'
        WHEN EXISTS (SELECT 1 FROM review_sketch WHERE plant_id = plant AND image_sha256 = hash) THEN 'a sketch that is not sent'
        WHEN EXISTS (SELECT 1 FROM camera_setup WHERE plant_id = plant AND reference_sha256 = hash) THEN 'the set-up of a camera'
      END
    $$;
    CREATE INDEX defect_example_image ON defect_example (plant_id, image_sha256);
    CREATE INDEX camera_setup_reference ON camera_setup (plant_id, reference_sha256) WHERE reference_sha256 IS NOT NULL;

    -- the row is locked before this looks, so that it sees whoever took hold of the image before
    CREATE FUNCTION lehr_keep_held_image() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      holder text := lehr_image_hold(NEW.plant_id, NEW.sha256);
    BEGIN
      IF holder IS NOT NULL THEN
        RAISE EXCEPTION 'image % is in %: deleting it is refused', encode(NEW.sha256, 'hex'), holder USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER image_held BEFORE UPDATE OF deleted_at ON image FOR EACH ROW
      WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION lehr_keep_held_image();

    -- whoever takes hold of an image waits for a deletion that is going on, and is refused what is gone
    CREATE FUNCTION lehr_hold_image() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      hash bytea := CASE TG_TABLE_NAME WHEN 'camera_setup' THEN decode(substr(to_jsonb(NEW) ->> 'reference_sha256', 3), 'hex')
        ELSE decode(substr(to_jsonb(NEW) ->> 'image_sha256', 3), 'hex') END;
      gone timestamptz;
    BEGIN
      SELECT deleted_at INTO gone FROM image WHERE plant_id = NEW.plant_id AND sha256 = hash FOR SHARE;
      IF gone IS NOT NULL THEN
        RAISE EXCEPTION 'image % was deleted at %', encode(hash, 'hex'), gone USING ERRCODE = 'foreign_key_violation';
      END IF;
      RETURN NEW;
    END $$;
  `.execute(db);
  for (const table of [
    'dataset_item',
    'golden_image',
    'defect_example',
    'known_answer',
    'review_item',
    'review_sketch',
    'camera_setup',
  ])
    await sql`
      CREATE TRIGGER ${sql.ref(`${table}_hold`)} BEFORE INSERT ${table === 'camera_setup' ? sql`OR UPDATE OF reference_sha256` : sql``} ON ${sql.table(table)} FOR EACH ROW EXECUTE FUNCTION lehr_hold_image()
    `.execute(db);
}
