/** Which images are kept: how likely each was, what became of it since, and what people ask the edge nodes to keep. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    ALTER TABLE inspection
      -- whether the draw kept the image; what was recorded before was kept for certain
      ADD COLUMN is_kept boolean NOT NULL DEFAULT true,
      -- of the draw, and of every thinning since: estimates weigh a kept image by its inverse
      ADD COLUMN keep_probability real NOT NULL DEFAULT 1 CHECK (keep_probability > 0 AND keep_probability <= 1),
      -- what the probability comes from
      ADD COLUMN capture_reason text NOT NULL DEFAULT 'all' CHECK (capture_reason IN ('reject', 'uncertain', 'quota', 'audit', 'all')),
      -- open quotas that the kept image counts for; null: none
      ADD COLUMN capture_quota_ids uuid[],
      -- when the server was told that the image is lost, by no draw
      ADD COLUMN image_lost_at timestamptz;
    CREATE INDEX inspection_quota ON inspection USING gin (capture_quota_ids) WHERE capture_quota_ids IS NOT NULL;

    -- without one everything is kept
    CREATE TABLE capture_policy (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      -- null: of every node that has none of its own
      edge_node_id uuid,
      -- of every part, whatever else holds: a part that could never be kept could not be weighed
      audit_fraction double precision NOT NULL CHECK (audit_fraction > 0 AND audit_fraction <= 1),
      uncertain_probability double precision NOT NULL CHECK (uncertain_probability BETWEEN 0 AND 1),
      reject_probability double precision NOT NULL CHECK (reject_probability BETWEEN 0 AND 1),
      -- of one node's images; null: as many as it can hold
      bytes_per_day bigint CHECK (bytes_per_day > 0),
      changed_by uuid NOT NULL REFERENCES person (id),
      changed_at timestamptz NOT NULL,
      UNIQUE NULLS NOT DISTINCT (plant_id, edge_node_id),
      FOREIGN KEY (plant_id, edge_node_id) REFERENCES edge_node (plant_id, id)
    );

    -- images that are wanted of one cell of conditions
    CREATE TABLE capture_quota (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      -- condition -> value, or { min, max }: an image belongs to it when all fit
      cell jsonb NOT NULL CHECK (jsonb_typeof(cell) = 'object'),
      wanted integer NOT NULL CHECK (wanted > 0),
      probability double precision NOT NULL CHECK (probability > 0 AND probability <= 1),
      opened_by uuid NOT NULL REFERENCES person (id),
      opened_at timestamptz NOT NULL,
      closed_by uuid REFERENCES person (id),
      closed_at timestamptz CHECK (closed_at >= opened_at),
      CHECK ((closed_by IS NULL) = (closed_at IS NULL))
    );
    CREATE INDEX capture_quota_open ON capture_quota (plant_id, id) WHERE closed_at IS NULL;
  `.execute(db);
}
