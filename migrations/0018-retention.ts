/** How long images are kept, by plant and kind; what a frozen version holds is never deleted. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    CREATE TABLE retention_rule (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      kind text NOT NULL CHECK (kind IN ('pass', 'reject', 'dataset_member', 'audit_sample')),
      keep_days integer NOT NULL CHECK (keep_days > 0),
      changed_by uuid NOT NULL REFERENCES person (id),
      changed_at timestamptz NOT NULL,
      UNIQUE (plant_id, kind)
    );
    -- a dry run counts and lists; a real one needs a dry run that a person has seen
    CREATE TABLE retention_run (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      is_dry boolean NOT NULL,
      dry_run_id uuid REFERENCES retention_run (id),
      state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed')),
      rules jsonb NOT NULL,
      -- { kind: { images, bytes } }
      counts jsonb NOT NULL DEFAULT '{}',
      error text,
      requested_by uuid NOT NULL REFERENCES person (id),
      requested_at timestamptz NOT NULL,
      finished_at timestamptz,
      CHECK (is_dry = (dry_run_id IS NULL))
    );
    ALTER TABLE image
      -- when retention took the file away; the row stays, because results and decisions name it
      ADD COLUMN deleted_at timestamptz;
  `.execute(db);
}
