/** Labelled sets that come in and go out, file by file, so that both go on where they stopped and say what they left out. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    CREATE TABLE dataset_import (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      format text NOT NULL,
      -- the uploaded archive, or the name of a folder below the server's import folder
      source text NOT NULL CHECK (length(source) BETWEEN 1 AND 500),
      -- { datasetVersionId, labels: 'decide' | 'suggest' | 'none', … }
      options jsonb NOT NULL,
      state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
      progress double precision NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
      -- { images, labelled, regions, duplicates, refused }
      counts jsonb NOT NULL DEFAULT '{}',
      error text,
      requested_by uuid NOT NULL REFERENCES person (id),
      requested_at timestamptz NOT NULL,
      started_at timestamptz,
      finished_at timestamptz
    );
    CREATE TABLE dataset_import_file (
      import_id uuid NOT NULL REFERENCES dataset_import (id),
      path text NOT NULL,
      state text NOT NULL CHECK (state IN ('taken', 'known', 'refused')),
      image_sha256 bytea,
      reason text,
      PRIMARY KEY (import_id, path),
      CHECK ((state = 'refused') = (reason IS NOT NULL))
    );
    CREATE TABLE dataset_export (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      dataset_version_id uuid NOT NULL,
      format text NOT NULL,
      state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'expired')),
      progress double precision NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
      counts jsonb NOT NULL DEFAULT '{}',
      -- what the format cannot hold: [{ path, reason }], the first of them
      left_out jsonb NOT NULL DEFAULT '[]',
      size_bytes bigint,
      error text,
      requested_by uuid NOT NULL REFERENCES person (id),
      requested_at timestamptz NOT NULL,
      started_at timestamptz,
      finished_at timestamptz,
      FOREIGN KEY (plant_id, dataset_version_id) REFERENCES dataset_version (plant_id, id)
    );
  `.execute(db);
}
