/** Exports of inspections: what was asked for, how far it is, and the files that are finished, which a restart goes on after. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    CREATE TABLE inspection_export (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      format text NOT NULL CHECK (format IN ('csv', 'parquet')),
      state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired')),
      -- what is exported, ids as keys
      selection jsonb NOT NULL,
      -- line -> position that its next row got when the export was asked for: later rows are not in it
      heads jsonb NOT NULL,
      -- capture times between which progress is measured; null while there are no rows
      first_at timestamptz,
      last_at timestamptz,
      progress double precision NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
      row_count bigint NOT NULL DEFAULT 0,
      error text,
      requested_by uuid NOT NULL REFERENCES person (id),
      requested_at timestamptz NOT NULL,
      started_at timestamptz,
      finished_at timestamptz
    );
    CREATE INDEX inspection_export_plant ON inspection_export (plant_id, id);
    CREATE INDEX inspection_export_finished ON inspection_export (finished_at) WHERE state = 'succeeded';

    CREATE TABLE inspection_export_file (
      export_id uuid NOT NULL REFERENCES inspection_export (id),
      number integer NOT NULL CHECK (number > 0),
      name text NOT NULL,
      size_bytes bigint NOT NULL,
      sha256 bytea NOT NULL CHECK (length(sha256) = 32),
      row_count bigint NOT NULL,
      -- key of its last row; null in an export without rows
      last_captured_at timestamptz,
      last_id uuid,
      PRIMARY KEY (export_id, number)
    );
  `.execute(db);
}
