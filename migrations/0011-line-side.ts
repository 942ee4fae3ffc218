/** What the line side tells beyond results: events of edge nodes, counts of parts; and what it is told: how each camera looks, which model only watches. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    -- kinds of events may have words joined by a hyphen, such as gate.not-confirmed
    ALTER TABLE event DROP CONSTRAINT event_kind_check, ADD CONSTRAINT event_kind_check CHECK (kind ~ '^[a-z]+([.][a-z_-]+)+$');

    -- what nodes have told of, so that telling it again changes nothing; the event itself is in the plant's log under the same id
    CREATE TABLE node_event (
      plant_id uuid NOT NULL REFERENCES plant (id),
      -- UUIDv7 of the moment
      id uuid NOT NULL,
      -- SHA-256 of the canonical input: the same id with other content is a conflict
      content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
      PRIMARY KEY (plant_id, id)
    );

    -- when each condition was last observed at its source: what a late outbox tells of earlier times changes no alarm
    CREATE TABLE node_condition (
      source_id uuid NOT NULL,
      type text NOT NULL,
      observed_at timestamptz NOT NULL,
      PRIMARY KEY (source_id, type)
    );

    -- where the parts of a job have gone at a station, as its node last counted
    CREATE TABLE part_count (
      plant_id uuid NOT NULL,
      -- UUIDv7 of the count's beginning
      id uuid NOT NULL,
      line_id uuid NOT NULL,
      station_id uuid NOT NULL,
      edge_node_id uuid NOT NULL,
      job_code text CHECK (length(job_code) BETWEEN 1 AND 100),
      -- grows with every snapshot
      revision integer NOT NULL CHECK (revision >= 0),
      counted_from timestamptz NOT NULL,
      counted_to timestamptz NOT NULL CHECK (counted_to >= counted_from),
      triggered integer NOT NULL CHECK (triggered >= 0),
      accepted integer NOT NULL CHECK (accepted >= 0),
      rejected integer NOT NULL CHECK (rejected >= 0),
      bypassed integer NOT NULL CHECK (bypassed >= 0),
      unseen integer NOT NULL CHECK (unseen >= 0),
      unknown integer NOT NULL CHECK (unknown >= 0),
      in_transit integer NOT NULL CHECK (in_transit >= 0),
      content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
      received_at timestamptz NOT NULL,
      PRIMARY KEY (plant_id, id),
      -- every part that came is somewhere
      CHECK (triggered::bigint = accepted::bigint + rejected + bypassed + unseen + unknown + in_transit),
      FOREIGN KEY (plant_id, line_id) REFERENCES line (plant_id, id),
      FOREIGN KEY (plant_id, station_id) REFERENCES station (plant_id, id),
      FOREIGN KEY (plant_id, edge_node_id) REFERENCES edge_node (plant_id, id)
    );
    CREATE INDEX part_count_job ON part_count (line_id, job_code);
    CREATE INDEX part_count_station ON part_count (station_id, id DESC);

    -- how a camera looks at the parts of a recipe
    CREATE TABLE camera_setup (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      camera_id uuid NOT NULL,
      -- null: of every recipe that has none of its own
      recipe_code text CHECK (length(recipe_code) BETWEEN 1 AND 100),
      -- region of interest as shares of the image; all null: the whole image
      roi_x double precision CHECK (roi_x >= 0),
      roi_y double precision CHECK (roi_y >= 0),
      roi_width double precision CHECK (roi_width > 0 AND roi_x + roi_width <= 1.00001),
      roi_height double precision CHECK (roi_height > 0 AND roi_y + roi_height <= 1.00001),
      -- the image that parts are located against; null: they are not located
      reference_sha256 bytea,
      -- a part found further away than this is not where it should be
      max_offset_px double precision NOT NULL CHECK (max_offset_px > 0),
      max_rotation_deg double precision NOT NULL CHECK (max_rotation_deg > 0 AND max_rotation_deg <= 180),
      -- image statistic -> { min, max }: outside of it the picture is not what the model was taught on
      bands jsonb NOT NULL,
      changed_by uuid NOT NULL REFERENCES person (id),
      changed_at timestamptz NOT NULL,
      UNIQUE NULLS NOT DISTINCT (camera_id, recipe_code),
      CHECK (num_nulls(roi_x, roi_y, roi_width, roi_height) IN (0, 4)),
      FOREIGN KEY (plant_id, camera_id) REFERENCES camera (plant_id, id),
      FOREIGN KEY (plant_id, reference_sha256) REFERENCES image (plant_id, sha256)
    );

    -- a model in shadow judges along and never moves anything; a camera has at most one of each
    ALTER TABLE model_assignment ADD COLUMN is_shadow boolean NOT NULL DEFAULT false;
    DROP INDEX model_assignment_current;
    CREATE UNIQUE INDEX model_assignment_current ON model_assignment (camera_id, is_shadow) WHERE ended_at IS NULL;

    -- when a person last asked the node to send again what the server had refused
    ALTER TABLE edge_node ADD COLUMN dead_letter_retry_at timestamptz;
  `.execute(db);
}
