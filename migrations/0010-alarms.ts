/** Alarms after ISA-18.2 / IEC 62682: one row a source and type, every transition in its history, and how plants set the types. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    CREATE TABLE alarm (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      type text NOT NULL CHECK (type ~ '^[A-Z][A-Z_]{2,60}$'),
      source_kind text NOT NULL CHECK (source_kind IN ('line', 'station', 'camera', 'edge_node')),
      source_id uuid NOT NULL,
      -- where the source stands; of a node, which may serve several lines, only the node
      line_id uuid,
      station_id uuid,
      camera_id uuid,
      edge_node_id uuid,
      -- 1 is the highest; as the plant sets the type
      priority smallint NOT NULL CHECK (priority BETWEEN 1 AND 4),
      created_at timestamptz NOT NULL,

      is_active boolean NOT NULL DEFAULT false,
      is_acknowledged boolean NOT NULL DEFAULT true,
      -- the condition is gone, and somebody has to say so
      is_latched boolean NOT NULL DEFAULT false,
      shelf text CHECK (shelf IN ('timed', 'one_shot')),
      shelved_until timestamptz,
      shelved_by uuid REFERENCES person (id),
      shelf_reason text CHECK (length(shelf_reason) BETWEEN 1 AND 500),
      is_suppressed boolean NOT NULL DEFAULT false,
      out_of_service_since timestamptz,
      out_of_service_by uuid REFERENCES person (id),
      out_of_service_reason text CHECK (length(out_of_service_reason) BETWEEN 1 AND 500),
      state text NOT NULL GENERATED ALWAYS AS (
        CASE
          WHEN out_of_service_since IS NOT NULL THEN 'out_of_service'
          WHEN shelf IS NOT NULL THEN 'shelved'
          WHEN is_suppressed THEN 'suppressed'
          WHEN is_active THEN CASE WHEN is_acknowledged THEN 'acknowledged' ELSE 'unacknowledged' END
          WHEN is_latched THEN CASE WHEN is_acknowledged THEN 'latched_acknowledged' ELSE 'latched_unacknowledged' END
          ELSE CASE WHEN is_acknowledged THEN 'normal' ELSE 'returned_unacknowledged' END
        END
      ) STORED,

      -- the condition as last observed, before delays
      is_observed boolean NOT NULL DEFAULT false,
      observed_since timestamptz NOT NULL,
      observed_at timestamptz NOT NULL,
      -- of a pulse: when it has gone by unless another comes
      pulse_until timestamptz,
      -- when time alone changes something next: the end of a delay, a pulse or a shelf
      due_at timestamptz,

      -- of the present or last activation; null while there was none
      raised_at timestamptz,
      last_raised_at timestamptz,
      returned_at timestamptz,
      acknowledged_at timestamptz,
      acknowledged_by uuid REFERENCES person (id),
      -- activations, and pulses while active, since the first
      raise_count integer NOT NULL DEFAULT 0 CHECK (raise_count >= 0),
      data jsonb NOT NULL,

      UNIQUE (type, source_id),
      UNIQUE (plant_id, id),
      FOREIGN KEY (plant_id, line_id) REFERENCES line (plant_id, id),
      FOREIGN KEY (plant_id, station_id) REFERENCES station (plant_id, id),
      FOREIGN KEY (plant_id, camera_id) REFERENCES camera (plant_id, id),
      FOREIGN KEY (plant_id, edge_node_id) REFERENCES edge_node (plant_id, id),
      CHECK (source_id IS NOT DISTINCT FROM CASE source_kind
        WHEN 'line' THEN line_id WHEN 'station' THEN station_id WHEN 'camera' THEN camera_id ELSE edge_node_id END),
      CHECK (NOT (is_active AND is_latched)),
      CHECK ((shelf IS NULL) = (shelved_until IS NULL)),
      CHECK ((shelf IS NULL) = (shelved_by IS NULL)),
      CHECK ((shelf IS NULL) = (shelf_reason IS NULL)),
      CHECK ((out_of_service_since IS NULL) = (out_of_service_by IS NULL)),
      CHECK ((out_of_service_since IS NULL) = (out_of_service_reason IS NULL)),
      CHECK (raise_count > 0 OR NOT (is_active OR is_latched) AND is_acknowledged),
      CHECK ((raise_count > 0) = (raised_at IS NOT NULL)),
      CHECK ((raise_count > 0) = (last_raised_at IS NOT NULL)),
      CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
      -- nobody forgets a shelf: time ends it
      CHECK (shelf IS NULL OR due_at IS NOT NULL)
    );
    CREATE INDEX alarm_plant ON alarm (plant_id) WHERE state <> 'normal';
    CREATE INDEX alarm_line ON alarm (line_id) WHERE state <> 'normal';
    CREATE INDEX alarm_edge_node ON alarm (edge_node_id) WHERE state <> 'normal';
    CREATE INDEX alarm_due ON alarm (due_at) WHERE due_at IS NOT NULL;

    -- every transition, also of what is beneath a shelf
    CREATE TABLE alarm_change (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      alarm_id uuid NOT NULL,
      kind text NOT NULL CHECK (kind ~ '^alarm\\.[a-z_]{3,40}$'),
      at timestamptz NOT NULL,
      recorded_at timestamptz NOT NULL,
      from_state text NOT NULL,
      to_state text NOT NULL,
      -- what the state is, or would be if nothing hid it
      beneath text NOT NULL,
      actor_kind text NOT NULL CHECK (actor_kind IN ('person', 'token', 'system')),
      actor_id uuid,
      reason text CHECK (length(reason) BETWEEN 1 AND 500),
      FOREIGN KEY (plant_id, alarm_id) REFERENCES alarm (plant_id, id)
    );
    CREATE INDEX alarm_change_alarm ON alarm_change (alarm_id, id DESC);

    -- how a plant sets a type of alarm; null: as the type comes
    CREATE TABLE alarm_setting (
      plant_id uuid NOT NULL REFERENCES plant (id),
      type text NOT NULL,
      priority smallint CHECK (priority BETWEEN 1 AND 4),
      on_delay_ms integer CHECK (on_delay_ms BETWEEN 0 AND 86400000),
      off_delay_ms integer CHECK (off_delay_ms BETWEEN 0 AND 86400000),
      return_ms integer CHECK (return_ms BETWEEN 1000 AND 86400000),
      deadband double precision CHECK (deadband BETWEEN 0 AND 1),
      is_latching boolean,
      reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
      changed_by uuid NOT NULL REFERENCES person (id),
      changed_at timestamptz NOT NULL,
      PRIMARY KEY (plant_id, type)
    );
  `.execute(db);
}
