/** The pool: every kept image with where it comes from, what was measured on it and how good it is as data; saved views of it. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    -- one row an image, written when it arrives; a result that names it later fills in its context
    CREATE TABLE pool_image (
      plant_id uuid NOT NULL,
      image_sha256 bytea NOT NULL,
      -- line: an edge node sent it; import: a person brought it
      origin text NOT NULL CHECK (origin IN ('line', 'import')),
      import_id uuid,
      -- where in the imported set it lay
      source_path text CHECK (length(source_path) BETWEEN 1 AND 1000),
      -- of the inspection; else what the import says, or when it arrived
      captured_at timestamptz NOT NULL,
      received_at timestamptz NOT NULL,
      width integer NOT NULL CHECK (width > 0),
      height integer NOT NULL CHECK (height > 0),
      size_bytes bigint NOT NULL CHECK (size_bytes > 0),

      -- the first inspection that named the image; null while none has
      inspection_id uuid,
      edge_node_id uuid,
      line_id uuid,
      station_id uuid,
      camera_id uuid,
      job_id uuid,
      product_id uuid,
      recipe_id uuid,
      batch_id uuid,
      model_version_id uuid,
      part_id text,
      verdict text CHECK (verdict IN ('pass', 'reject', 'uncertain')),
      score real,
      defect_class text,
      machine_state text,
      machine_mode text,
      speed_per_min real,
      temperature_c real,
      humidity_percent real,
      brightness real,
      contrast real,
      colour_cast real,
      sharpness real,
      offset_x_px real,
      offset_y_px real,
      rotation_deg real,
      -- inclusion probability: estimates weigh the image by its inverse; null: no draw decided it
      keep_probability real CHECK (keep_probability > 0 AND keep_probability <= 1),
      capture_reason text,

      -- by the worker; null while it has not been at the image
      measured_at timestamptz,
      -- why it could not be measured
      measure_error text,
      -- SHA-256 of width, height and decoded RGB pixels: equal for equal pictures in different files
      pixel_hash bytea CHECK (length(pixel_hash) = 32),
      -- 64 bits of the DCT of the picture's luminance
      perceptual_hash bytea CHECK (length(perceptual_hash) = 8),
      -- quality scores, each from 0 (as bad as it gets) to 1 (nothing amiss)
      blurred real CHECK (blurred BETWEEN 0 AND 1),
      dark real CHECK (dark BETWEEN 0 AND 1),
      bright real CHECK (bright BETWEEN 0 AND 1),
      low_information real CHECK (low_information BETWEEN 0 AND 1),
      outlier real CHECK (outlier BETWEEN 0 AND 1),
      uniqueness real CHECK (uniqueness BETWEEN 0 AND 1),
      representativeness real CHECK (representativeness BETWEEN 0 AND 1),
      label_error real CHECK (label_error BETWEEN 0 AND 1),
      leak real CHECK (leak BETWEEN 0 AND 1),
      -- the least hash of the images with the same picture, and with nearly the same; null: it stands alone
      exact_group bytea,
      near_group bytea,
      -- place in the map of embeddings
      map_x real,
      map_y real,

      tags text[] NOT NULL DEFAULT '{}',
      -- as the labels say, written with them in one transaction
      label_state text NOT NULL DEFAULT 'unlabelled'
        CHECK (label_state IN ('unlabelled', 'suggested', 'pending', 'conflict', 'labelled')),
      -- 'good' or the code of a defect class; not null exactly when labelled
      label text CHECK (length(label) BETWEEN 1 AND 100),
      labelled_at timestamptz,
      PRIMARY KEY (plant_id, image_sha256),
      FOREIGN KEY (plant_id, image_sha256) REFERENCES image (plant_id, sha256),
      CHECK ((label_state = 'labelled') = (label IS NOT NULL AND labelled_at IS NOT NULL))
    );

    -- pages in every order; rows without the value are the last of their index, and found there
    CREATE INDEX pool_image_captured_at ON pool_image (plant_id, captured_at, image_sha256);
    CREATE INDEX pool_image_labelled_at ON pool_image (plant_id, labelled_at, image_sha256);
    CREATE INDEX pool_image_score ON pool_image (plant_id, score, image_sha256);
    CREATE INDEX pool_image_brightness ON pool_image (plant_id, brightness, image_sha256);
    CREATE INDEX pool_image_contrast ON pool_image (plant_id, contrast, image_sha256);
    CREATE INDEX pool_image_colour_cast ON pool_image (plant_id, colour_cast, image_sha256);
    CREATE INDEX pool_image_sharpness ON pool_image (plant_id, sharpness, image_sha256);
    CREATE INDEX pool_image_offset_x_px ON pool_image (plant_id, offset_x_px, image_sha256);
    CREATE INDEX pool_image_offset_y_px ON pool_image (plant_id, offset_y_px, image_sha256);
    CREATE INDEX pool_image_rotation_deg ON pool_image (plant_id, rotation_deg, image_sha256);
    CREATE INDEX pool_image_keep_probability ON pool_image (plant_id, keep_probability, image_sha256);
    CREATE INDEX pool_image_blurred ON pool_image (plant_id, blurred, image_sha256);
    CREATE INDEX pool_image_dark ON pool_image (plant_id, dark, image_sha256);
    CREATE INDEX pool_image_bright ON pool_image (plant_id, bright, image_sha256);
    CREATE INDEX pool_image_low_information ON pool_image (plant_id, low_information, image_sha256);
    CREATE INDEX pool_image_outlier ON pool_image (plant_id, outlier, image_sha256);
    CREATE INDEX pool_image_uniqueness ON pool_image (plant_id, uniqueness, image_sha256);
    CREATE INDEX pool_image_representativeness ON pool_image (plant_id, representativeness, image_sha256);
    CREATE INDEX pool_image_label_error ON pool_image (plant_id, label_error, image_sha256);
    CREATE INDEX pool_image_leak ON pool_image (plant_id, leak, image_sha256);
    -- what few rows have in common, with the order that is asked for most
    CREATE INDEX pool_image_line ON pool_image (plant_id, line_id, captured_at, image_sha256);
    CREATE INDEX pool_image_camera ON pool_image (plant_id, camera_id, captured_at, image_sha256);
    CREATE INDEX pool_image_batch ON pool_image (plant_id, batch_id, captured_at, image_sha256);
    CREATE INDEX pool_image_product ON pool_image (plant_id, product_id, captured_at, image_sha256);
    CREATE INDEX pool_image_job ON pool_image (plant_id, job_id, captured_at, image_sha256);
    CREATE INDEX pool_image_label_state ON pool_image (plant_id, label_state, captured_at, image_sha256);
    CREATE INDEX pool_image_label ON pool_image (plant_id, label, captured_at, image_sha256);
    CREATE INDEX pool_image_verdict ON pool_image (plant_id, verdict, captured_at, image_sha256);
    CREATE INDEX pool_image_defect_class ON pool_image (plant_id, defect_class, captured_at, image_sha256) WHERE defect_class IS NOT NULL;
    CREATE INDEX pool_image_part ON pool_image (plant_id, part_id) WHERE part_id IS NOT NULL;
    CREATE INDEX pool_image_import ON pool_image (plant_id, import_id) WHERE import_id IS NOT NULL;
    CREATE INDEX pool_image_exact_group ON pool_image (plant_id, exact_group) WHERE exact_group IS NOT NULL;
    CREATE INDEX pool_image_near_group ON pool_image (plant_id, near_group) WHERE near_group IS NOT NULL;
    CREATE INDEX pool_image_tags ON pool_image USING gin (tags) WHERE tags <> '{}';
    CREATE INDEX pool_image_path ON pool_image
      USING gin (to_tsvector('simple', regexp_replace(source_path, '[^[:alnum:]]+', ' ', 'g'))) WHERE source_path IS NOT NULL;
    CREATE INDEX pool_image_place ON pool_image USING gist (point(map_x, map_y)) WHERE map_x IS NOT NULL;

    -- what was kept before there was a pool; its context follows as that of any image that was there before its result
    INSERT INTO pool_image (plant_id, image_sha256, origin, captured_at, received_at, width, height, size_bytes)
      SELECT plant_id, sha256, 'line', received_at, received_at, width, height, size_bytes FROM image;

    -- no image without its row: whoever records one writes both in one statement, and what wrote the image alone gets the row here
    CREATE FUNCTION lehr_pool_row() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO pool_image (plant_id, image_sha256, origin, captured_at, received_at, width, height, size_bytes)
        VALUES (NEW.plant_id, NEW.sha256, 'line', NEW.received_at, NEW.received_at, NEW.width, NEW.height, NEW.size_bytes)
        ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$;
    CREATE TRIGGER image_pool_row AFTER INSERT ON image FOR EACH ROW EXECUTE FUNCTION lehr_pool_row();

    -- the first result that names an image which has not arrived, with all that the image's row takes from it
    CREATE TABLE pool_awaited (
      plant_id uuid NOT NULL REFERENCES plant (id),
      image_sha256 bytea NOT NULL CHECK (length(image_sha256) = 32),
      captured_at timestamptz NOT NULL,
      inspection_id uuid NOT NULL,
      edge_node_id uuid,
      line_id uuid,
      station_id uuid,
      camera_id uuid,
      job_id uuid,
      product_id uuid,
      recipe_id uuid,
      batch_id uuid,
      model_version_id uuid,
      part_id text,
      verdict text,
      score real,
      defect_class text,
      machine_state text,
      machine_mode text,
      speed_per_min real,
      temperature_c real,
      humidity_percent real,
      brightness real,
      contrast real,
      colour_cast real,
      sharpness real,
      offset_x_px real,
      offset_y_px real,
      rotation_deg real,
      keep_probability real,
      capture_reason text,
      noted_at timestamptz NOT NULL,
      PRIMARY KEY (plant_id, image_sha256)
    );
    CREATE INDEX pool_awaited_time ON pool_awaited (noted_at);
    CREATE INDEX pool_awaited_capture ON pool_awaited (plant_id, captured_at);

    -- how far the results of a line have been looked through for images
    CREATE TABLE pool_cursor (
      line_id uuid PRIMARY KEY REFERENCES line (id),
      next_position bigint NOT NULL CHECK (next_position > 0)
    );

    -- a filter with its order, by a name; shared with the plant or of one person
    CREATE TABLE pool_view (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
      -- the arguments of poolImages as JSON
      question jsonb NOT NULL CHECK (jsonb_typeof(question) = 'object'),
      is_shared boolean NOT NULL,
      made_by uuid NOT NULL REFERENCES person (id),
      made_at timestamptz NOT NULL,
      UNIQUE (plant_id, made_by, name)
    );
  `.execute(db);
}
