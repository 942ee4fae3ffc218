/** People, machines' tokens, sessions, the audit chain and the event log. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    CREATE TABLE person (
      id uuid PRIMARY KEY,
      -- stored in lower case
      email text NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      password_hash text NOT NULL,
      -- may create plants and is administrator of each
      is_administrator boolean NOT NULL DEFAULT false,
      created_at timestamptz NOT NULL,
      disabled_at timestamptz
    );

    CREATE TABLE membership (
      person_id uuid NOT NULL REFERENCES person (id),
      plant_id uuid NOT NULL REFERENCES plant (id),
      role text NOT NULL CHECK (role IN ('viewer', 'operator', 'quality_engineer', 'ml_engineer', 'approver', 'administrator')),
      granted_at timestamptz NOT NULL,
      PRIMARY KEY (person_id, plant_id, role)
    );

    CREATE TABLE session (
      id uuid PRIMARY KEY,
      person_id uuid NOT NULL REFERENCES person (id),
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      revoked_at timestamptz
    );
    CREATE INDEX session_person ON session (person_id);

    -- shown once when made; only its SHA-256 is kept
    CREATE TABLE token (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
      role text NOT NULL CHECK (role IN ('edge_node', 'mes')),
      edge_node_id uuid,
      hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
      created_by uuid NOT NULL REFERENCES person (id),
      created_at timestamptz NOT NULL,
      expires_at timestamptz,
      revoked_at timestamptz,
      CHECK ((role = 'edge_node') = (edge_node_id IS NOT NULL)),
      FOREIGN KEY (plant_id, edge_node_id) REFERENCES edge_node (plant_id, id)
    );

    CREATE FUNCTION lehr_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
    END $$;

    -- head of each chain; the row lock orders the writers of one chain. People of a plant share 'plant:ID',
    -- every machine principal has its own, so that nodes do not wait for each other
    CREATE TABLE audit_chain (
      chain text PRIMARY KEY,
      seq bigint NOT NULL,
      hash bytea NOT NULL CHECK (length(hash) = 32)
    );

    CREATE TABLE audit (
      chain text NOT NULL,
      seq bigint NOT NULL CHECK (seq > 0),
      plant_id uuid REFERENCES plant (id),
      at timestamptz NOT NULL,
      actor_kind text NOT NULL CHECK (actor_kind IN ('person', 'token', 'system')),
      actor_id uuid,
      action text NOT NULL,
      subject_type text,
      subject_id text,
      -- the exact bytes that were hashed: canonical JSON of everything above and the detail
      record text NOT NULL,
      prev_hash bytea NOT NULL CHECK (length(prev_hash) = 32),
      hash bytea NOT NULL CHECK (length(hash) = 32),
      PRIMARY KEY (chain, seq)
    );
    CREATE INDEX audit_plant_at ON audit (plant_id, at DESC);
    CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION lehr_refuse_change();
    CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION lehr_refuse_change();

    -- dense positions, one counter a stream; updated last in the writing transaction, in id order, so that commit order is position order
    CREATE TABLE stream (
      kind text NOT NULL CHECK (kind IN ('inspection', 'event')),
      -- the line's id for inspections, the plant's for events
      id uuid NOT NULL,
      plant_id uuid NOT NULL REFERENCES plant (id),
      -- position that the next row gets; rows below first_position have been removed by retention
      next_position bigint NOT NULL DEFAULT 1 CHECK (next_position >= 1),
      first_position bigint NOT NULL DEFAULT 1 CHECK (first_position >= 1),
      PRIMARY KEY (kind, id)
    );

    CREATE TABLE event (
      plant_id uuid NOT NULL REFERENCES plant (id),
      position bigint NOT NULL,
      id uuid NOT NULL UNIQUE,
      kind text NOT NULL CHECK (kind ~ '^[a-z]+([.][a-z_]+)+$'),
      -- when it happened by its source's clock, and when the server wrote it
      occurred_at timestamptz NOT NULL,
      recorded_at timestamptz NOT NULL,
      line_id uuid,
      station_id uuid,
      edge_node_id uuid,
      actor_kind text NOT NULL CHECK (actor_kind IN ('person', 'token', 'system')),
      actor_id uuid,
      data jsonb NOT NULL,
      PRIMARY KEY (plant_id, position),
      FOREIGN KEY (plant_id, line_id) REFERENCES line (plant_id, id),
      FOREIGN KEY (plant_id, station_id) REFERENCES station (plant_id, id),
      FOREIGN KEY (plant_id, edge_node_id) REFERENCES edge_node (plant_id, id)
    );
    CREATE INDEX event_kind ON event (plant_id, kind, position);
    CREATE TRIGGER event_append_only BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION lehr_refuse_change();
  `.execute(db);
}
