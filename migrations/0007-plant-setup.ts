/** Setting up a real plant: what retires, shifts, one-time codes, and nodes that sign with a key of their own. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    ALTER TABLE area ADD COLUMN retired_at timestamptz;
    ALTER TABLE line ADD COLUMN retired_at timestamptz;
    ALTER TABLE edge_node ADD COLUMN retired_at timestamptz;
    ALTER TABLE station ADD COLUMN retired_at timestamptz;
    ALTER TABLE camera ADD COLUMN retired_at timestamptz;
    ALTER TABLE product ADD COLUMN retired_at timestamptz;
    -- null: known from the machine or the MES only by its code
    ALTER TABLE recipe ADD COLUMN name text CHECK (length(name) BETWEEN 1 AND 200), ADD COLUMN retired_at timestamptz;
    ALTER TABLE material_batch
      ADD COLUMN name text CHECK (length(name) BETWEEN 1 AND 200),
      ADD COLUMN supplier text CHECK (length(supplier) BETWEEN 1 AND 200),
      ADD COLUMN retired_at timestamptz;

    -- times and dates by the plant's clock and calendar; as text, because a driver would move them by its own time zone
    CREATE TABLE shift (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      starts_at text NOT NULL CHECK (starts_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
      duration_min integer NOT NULL CHECK (duration_min BETWEEN 1 AND 1440),
      -- RFC 5545, 3.3.10: the days on which it begins
      recurrence text NOT NULL CHECK (length(recurrence) BETWEEN 1 AND 500),
      valid_from text NOT NULL CHECK (valid_from ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
      valid_to text CHECK (valid_to ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
      except_dates text[] NOT NULL DEFAULT '{}',
      extra_dates text[] NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL,
      retired_at timestamptz,
      UNIQUE (plant_id, code),
      UNIQUE (plant_id, id)
    );

    -- a secret that is shown once and good once; only its SHA-256 is kept
    CREATE TABLE one_time_code (
      id uuid PRIMARY KEY,
      purpose text NOT NULL CHECK (purpose IN ('first_administrator', 'enrol_node', 'reset_password')),
      hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
      edge_node_id uuid REFERENCES edge_node (id),
      person_id uuid REFERENCES person (id),
      -- null: the server itself
      created_by uuid REFERENCES person (id),
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      used_at timestamptz,
      CHECK ((purpose = 'enrol_node') = (edge_node_id IS NOT NULL)),
      CHECK ((purpose = 'reset_password') = (person_id IS NOT NULL)),
      CHECK ((purpose = 'first_administrator') = (created_by IS NULL))
    );
    CREATE INDEX one_time_code_edge_node ON one_time_code (edge_node_id);
    CREATE INDEX one_time_code_person ON one_time_code (person_id);

    -- a node that was enrolled signs with its own key (Ed25519, SPKI in DER); the server knows no secret of it
    ALTER TABLE token
      ALTER COLUMN hash DROP NOT NULL,
      ADD COLUMN public_key bytea UNIQUE CHECK (length(public_key) = 44),
      -- the one that ends when this one is first used
      ADD COLUMN replaces_id uuid UNIQUE REFERENCES token (id),
      ADD COLUMN last_used_at timestamptz,
      ADD CHECK ((hash IS NULL) <> (public_key IS NULL)),
      ADD CHECK (public_key IS NULL OR role = 'edge_node');
    CREATE INDEX token_plant ON token (plant_id, created_at);
    CREATE INDEX token_edge_node ON token (edge_node_id);
  `.execute(db);
}
