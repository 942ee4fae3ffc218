/** Who begins and ends a job, what was told of its quality, and which ended jobs have got results since. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    ALTER TABLE job
      -- who began it
      ADD COLUMN origin text NOT NULL DEFAULT 'machine' CHECK (origin IN ('machine', 'mes', 'person')),
      -- whose word it stays by: MES's or a person's once they have started it too
      ADD COLUMN held_by text NOT NULL DEFAULT 'machine' CHECK (held_by IN ('machine', 'mes', 'person')),
      -- null while it runs
      ADD COLUMN ended_by text CHECK (ended_by IN ('machine', 'mes', 'person')),
      -- the quality summary as the event log was last told; null while it runs
      ADD COLUMN told_summary jsonb,
      ADD CHECK (ended_at IS NOT NULL OR ended_by IS NULL);
    UPDATE job SET ended_by = 'machine' WHERE ended_at IS NOT NULL;
    CREATE INDEX job_plant_code ON job (plant_id, code);
    CREATE INDEX job_line_ended ON job (line_id, ended_at);

    -- ended jobs whose summary may differ from what was told: one row however many results came late
    CREATE TABLE job_recount (
      job_id uuid PRIMARY KEY REFERENCES job (id),
      since timestamptz NOT NULL
    );
    CREATE INDEX job_recount_since ON job_recount (since);
  `.execute(db);
}
