/** Inspection results in day partitions (made ahead by a job, or on the spot for a late outbox), their defects and the minute rollup. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    -- the millisecond inside a UUIDv7 (RFC 9562, 5.7): one id has one place in the partitions
    CREATE FUNCTION lehr_uuid_time(id uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
      SELECT to_timestamp(('x' || substr(translate(id::text, '-', ''), 1, 12))::bit(48)::bigint / 1000.0)
    $$;

    CREATE TABLE inspection (
      plant_id uuid NOT NULL,
      captured_at timestamptz NOT NULL CHECK (captured_at = lehr_uuid_time(id)),
      id uuid NOT NULL,
      -- dense per line
      position bigint NOT NULL,
      received_at timestamptz NOT NULL,
      line_id uuid NOT NULL,
      station_id uuid NOT NULL,
      camera_id uuid NOT NULL,
      edge_node_id uuid,
      part_id text CHECK (length(part_id) BETWEEN 1 AND 100),
      job_id uuid,
      product_id uuid,
      recipe_id uuid,
      batch_id uuid,
      model_version_id uuid NOT NULL,
      verdict text NOT NULL CHECK (verdict IN ('pass', 'reject', 'uncertain')),
      score real NOT NULL CHECK (score BETWEEN 0 AND 1),
      -- capture to verdict
      latency_ms real NOT NULL CHECK (latency_ms >= 0),
      -- no foreign key: the result may arrive before its image
      image_sha256 bytea CHECK (length(image_sha256) = 32),
      machine_state text,
      machine_mode text,
      speed_per_min real,
      temperature_c real,
      humidity_percent real,
      -- every signal at the moment of capture: name -> { value, unit, quality, sourceTime }
      signals jsonb,
      brightness real,
      contrast real,
      colour_cast real,
      sharpness real,
      offset_x_px real,
      offset_y_px real,
      rotation_deg real,
      defect_count smallint NOT NULL CHECK (defect_count >= 0),
      -- SHA-256 of the canonical input: the same id with other content is a conflict
      content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
      PRIMARY KEY (plant_id, captured_at, id)
    ) PARTITION BY RANGE (captured_at);
    CREATE INDEX inspection_position ON inspection (line_id, position);
    CREATE INDEX inspection_line_time ON inspection (line_id, captured_at DESC, id DESC);

    CREATE TABLE inspection_defect (
      plant_id uuid NOT NULL,
      captured_at timestamptz NOT NULL,
      inspection_id uuid NOT NULL,
      ordinal smallint NOT NULL CHECK (ordinal >= 0),
      line_id uuid NOT NULL,
      class text NOT NULL CHECK (length(class) BETWEEN 1 AND 100),
      score real NOT NULL CHECK (score BETWEEN 0 AND 1),
      -- shares of the image's width and height
      box_x real NOT NULL,
      box_y real NOT NULL,
      box_width real NOT NULL,
      box_height real NOT NULL,
      -- x1, y1, x2, y2 … as shares of the image's width and height
      outline real[],
      PRIMARY KEY (plant_id, captured_at, inspection_id, ordinal)
    ) PARTITION BY RANGE (captured_at);
    CREATE INDEX inspection_defect_class ON inspection_defect (line_id, class, captured_at DESC);

    -- written in the transaction that records the rows; always equal to the count of the raw rows
    CREATE TABLE inspection_minute (
      plant_id uuid NOT NULL,
      line_id uuid NOT NULL,
      minute timestamptz NOT NULL,
      camera_id uuid NOT NULL,
      station_id uuid NOT NULL,
      job_id uuid,
      product_id uuid,
      batch_id uuid,
      model_version_id uuid NOT NULL,
      pass_count integer NOT NULL,
      reject_count integer NOT NULL,
      uncertain_count integer NOT NULL,
      UNIQUE NULLS NOT DISTINCT (line_id, minute, camera_id, job_id, product_id, batch_id, model_version_id)
    );
  `.execute(db);
}
