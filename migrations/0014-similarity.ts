/** What makes images comparable: embeddings by a named backbone, and pairs that show nearly the same picture. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    CREATE TABLE image_embedding (
      plant_id uuid NOT NULL,
      image_sha256 bytea NOT NULL,
      -- name and version of the backbone and of how its maps are pooled
      embedder text NOT NULL CHECK (length(embedder) BETWEEN 1 AND 100),
      -- key in the plant's index, and the order in which an index catches up
      number bigint GENERATED ALWAYS AS IDENTITY,
      -- 32-bit floats, little-endian, of unit length
      vector bytea NOT NULL CHECK (length(vector) > 0 AND length(vector) % 4 = 0),
      embedded_at timestamptz NOT NULL,
      -- how alike it is to images that are probably another part: pairs looked at, median and deviation of Fisher's z
      ground_pairs integer CHECK (ground_pairs >= 0),
      ground_level real,
      ground_spread real CHECK (ground_spread >= 0),
      PRIMARY KEY (plant_id, image_sha256, embedder),
      FOREIGN KEY (plant_id, image_sha256) REFERENCES image (plant_id, sha256)
    );
    CREATE INDEX image_embedding_number ON image_embedding (plant_id, embedder, number);

    CREATE TABLE near_duplicate (
      plant_id uuid NOT NULL,
      -- the lesser hash first
      a_sha256 bytea NOT NULL,
      b_sha256 bytea NOT NULL,
      -- the strongest evidence
      evidence text NOT NULL CHECK (evidence IN ('pixels', 'perceptual_hash', 'embedding')),
      -- how alike, 1 being the same picture
      likeness real NOT NULL CHECK (likeness BETWEEN 0 AND 1),
      found_at timestamptz NOT NULL,
      PRIMARY KEY (plant_id, a_sha256, b_sha256),
      CHECK (a_sha256 < b_sha256),
      FOREIGN KEY (plant_id, a_sha256) REFERENCES image (plant_id, sha256),
      FOREIGN KEY (plant_id, b_sha256) REFERENCES image (plant_id, sha256)
    );
    CREATE INDEX near_duplicate_b ON near_duplicate (plant_id, b_sha256);

    -- who works at a plant's images, so that several workers measure none twice and numbers follow commits; and how many
    -- images there were when all of them were last scored against their neighbours
    CREATE TABLE similarity_turn (
      plant_id uuid PRIMARY KEY REFERENCES plant (id),
      taken_by uuid NOT NULL,
      taken_until timestamptz NOT NULL,
      scored_images bigint NOT NULL DEFAULT 0 CHECK (scored_images >= 0),
      -- a round of scores that is under way: the number it has come to; null: none is
      scoring_from bigint
    );

    -- what is still to do: empty most of the time
    CREATE INDEX pool_image_to_measure ON pool_image (plant_id, received_at, image_sha256) WHERE measured_at IS NULL;
    CREATE INDEX pool_image_to_compare ON pool_image (plant_id, measured_at, image_sha256)
      WHERE outlier IS NULL AND measured_at IS NOT NULL AND measure_error IS NULL;
    CREATE INDEX pool_image_pixel_hash ON pool_image (plant_id, pixel_hash, image_sha256);
  `.execute(db);
}
