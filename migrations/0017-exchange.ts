/** Labelled sets that come in and go out, file by file, so that both go on where they stopped and say what they left out. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    CREATE TABLE dataset_import (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL REFERENCES plant (id),
      -- null until somebody has looked at the set, where the format was not named
      format text CHECK (format IN ('mvtec', 'folders', 'coco', 'yolo', 'voc', 'cvat', 'label_studio')),
      source_kind text NOT NULL CHECK (source_kind IN ('upload', 'folder')),
      -- name of the uploaded archive, or of a folder below the server's import folder
      source text NOT NULL CHECK (length(source) BETWEEN 1 AND 500),
      -- { labels, classes, splits, datasetVersionId, isEmptyGood }
      options jsonb NOT NULL CHECK (jsonb_typeof(options) = 'object'),
      -- looks and counts only: nothing is written
      is_dry_run boolean NOT NULL,
      state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
      progress double precision NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
      -- what lies in the set: { images, splits, classes }; null until somebody has looked
      found jsonb,
      -- { images, added, labelled, pending, regions, refused, items }
      counts jsonb NOT NULL DEFAULT '{}',
      error text,
      requested_by uuid NOT NULL REFERENCES person (id),
      requested_at timestamptz NOT NULL,
      started_at timestamptz,
      finished_at timestamptz,
      UNIQUE (plant_id, id)
    );
    CREATE TABLE dataset_import_file (
      import_id uuid NOT NULL REFERENCES dataset_import (id),
      path text NOT NULL CHECK (length(path) BETWEEN 1 AND 1000),
      -- known: the plant had the image before
      state text NOT NULL CHECK (state IN ('taken', 'known', 'refused')),
      image_sha256 bytea CHECK (length(image_sha256) = 32),
      -- why it was refused, or what of it was
      reason text,
      -- as the set divides its images
      split text CHECK (split IN ('train', 'validation', 'test')),
      -- what the set says of it and no field has a place for
      attributes jsonb,
      PRIMARY KEY (import_id, path),
      CHECK (state <> 'refused' OR reason IS NOT NULL)
    );
    CREATE INDEX dataset_import_file_refused ON dataset_import_file (import_id, path) WHERE reason IS NOT NULL;

    CREATE TABLE dataset_export (
      id uuid PRIMARY KEY,
      plant_id uuid NOT NULL,
      dataset_version_id uuid NOT NULL,
      format text NOT NULL CHECK (format IN ('mvtec', 'folders', 'coco', 'yolo', 'voc', 'cvat', 'label_studio')),
      state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired')),
      progress double precision NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
      -- { images, regions, lost }
      counts jsonb NOT NULL DEFAULT '{}',
      -- what the format cannot hold: [{ path, reason }], the first of them
      left_out jsonb NOT NULL DEFAULT '[]',
      -- of the archive, once it is finished
      size_bytes bigint,
      sha256 bytea CHECK (length(sha256) = 32),
      error text,
      requested_by uuid NOT NULL REFERENCES person (id),
      requested_at timestamptz NOT NULL,
      started_at timestamptz,
      finished_at timestamptz,
      UNIQUE (plant_id, id),
      FOREIGN KEY (plant_id, dataset_version_id) REFERENCES dataset_version (plant_id, id)
    );
    CREATE INDEX dataset_export_finished ON dataset_export (finished_at) WHERE state = 'succeeded';
  `.execute(db);
}
