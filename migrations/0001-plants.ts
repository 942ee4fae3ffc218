/** The plant after ISA-95: plant (site), area, line, station, camera, and what is made on it: product, recipe, material batch, job. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    CREATE TABLE plant (
      id uuid PRIMARY KEY,
      code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      sector text NOT NULL CHECK (sector IN ('glass', 'packaging', 'pharma', 'food', 'other')),
      time_zone text NOT NULL,
      created_at timestamptz NOT NULL,
      retired_at timestamptz
    );

    CREATE TABLE area (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      created_at timestamptz NOT NULL,
      UNIQUE (plant_id, code),
      UNIQUE (plant_id, id)
    );

    CREATE TABLE line (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      area_id uuid NOT NULL,
      code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      target_rate_per_min double precision CHECK (target_rate_per_min > 0),
      created_at timestamptz NOT NULL,
      UNIQUE (plant_id, code),
      UNIQUE (plant_id, id),
      FOREIGN KEY (plant_id, area_id) REFERENCES area (plant_id, id)
    );

    CREATE TABLE edge_node (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      created_at timestamptz NOT NULL,
      last_seen_at timestamptz,
      -- node clock minus server clock, in milliseconds, as measured at the last report
      skew_ms double precision,
      -- what the node last said of itself: version, models, queue depths, drop counters
      status jsonb,
      UNIQUE (plant_id, code),
      UNIQUE (plant_id, id)
    );

    CREATE TABLE station (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      line_id uuid NOT NULL,
      edge_node_id uuid,
      code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      created_at timestamptz NOT NULL,
      UNIQUE (line_id, code),
      UNIQUE (plant_id, id),
      FOREIGN KEY (plant_id, line_id) REFERENCES line (plant_id, id),
      FOREIGN KEY (plant_id, edge_node_id) REFERENCES edge_node (plant_id, id)
    );
    CREATE INDEX station_edge_node ON station (edge_node_id);

    CREATE TABLE camera (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      station_id uuid NOT NULL,
      code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      created_at timestamptz NOT NULL,
      UNIQUE (station_id, code),
      UNIQUE (plant_id, id),
      FOREIGN KEY (plant_id, station_id) REFERENCES station (plant_id, id)
    );

    CREATE TABLE product (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      code text NOT NULL CHECK (length(code) BETWEEN 1 AND 100),
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      created_at timestamptz NOT NULL,
      UNIQUE (plant_id, code),
      UNIQUE (plant_id, id)
    );

    CREATE TABLE recipe (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      code text NOT NULL CHECK (length(code) BETWEEN 1 AND 100),
      created_at timestamptz NOT NULL,
      UNIQUE (plant_id, code),
      UNIQUE (plant_id, id)
    );

    CREATE TABLE material_batch (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      code text NOT NULL CHECK (length(code) BETWEEN 1 AND 100),
      created_at timestamptz NOT NULL,
      UNIQUE (plant_id, code),
      UNIQUE (plant_id, id)
    );

    -- one run of a product, recipe and batch on a line
    CREATE TABLE job (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      line_id uuid NOT NULL,
      code text NOT NULL CHECK (length(code) BETWEEN 1 AND 100),
      product_id uuid,
      recipe_id uuid,
      batch_id uuid,
      started_at timestamptz NOT NULL,
      ended_at timestamptz CHECK (ended_at >= started_at),
      UNIQUE (line_id, code),
      UNIQUE (plant_id, id),
      FOREIGN KEY (plant_id, line_id) REFERENCES line (plant_id, id),
      FOREIGN KEY (plant_id, product_id) REFERENCES product (plant_id, id),
      FOREIGN KEY (plant_id, recipe_id) REFERENCES recipe (plant_id, id),
      FOREIGN KEY (plant_id, batch_id) REFERENCES material_batch (plant_id, id)
    );
    CREATE INDEX job_plant_started ON job (plant_id, started_at DESC, id DESC);
    -- a line runs one job at a time
    CREATE UNIQUE INDEX job_open ON job (line_id) WHERE ended_at IS NULL;

    -- the machine's state as last read over OPC UA, one row a line; history is in the events and beside every inspection
    CREATE TABLE machine_status (
      line_id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      edge_node_id uuid NOT NULL,
      -- 'good', 'stale' or 'bad': of the state itself
      quality text NOT NULL CHECK (quality IN ('good', 'stale', 'bad')),
      state text,
      mode text,
      speed_per_min double precision,
      product_code text,
      recipe_code text,
      batch_code text,
      job_code text,
      temperature_c double precision,
      humidity_percent double precision,
      -- every mapped signal: name -> { value, unit, quality, sourceTime }
      signals jsonb NOT NULL,
      source_time timestamptz,
      received_at timestamptz NOT NULL,
      FOREIGN KEY (plant_id, line_id) REFERENCES line (plant_id, id),
      FOREIGN KEY (plant_id, edge_node_id) REFERENCES edge_node (plant_id, id)
    );
  `.execute(db);
}
