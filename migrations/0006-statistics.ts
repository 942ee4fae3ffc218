/** Counts by defect class, and the hour and day rollups: built by a job from the minutes, told apart from what is not built yet. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    -- class of the defect with the highest score, the first reported of equals; null when there are none
    ALTER TABLE inspection ADD COLUMN defect_class text CHECK (length(defect_class) BETWEEN 1 AND 100);

    UPDATE inspection i SET defect_class = d.class
    FROM (
      SELECT DISTINCT ON (plant_id, captured_at, inspection_id) plant_id, captured_at, inspection_id, class
      FROM inspection_defect ORDER BY plant_id, captured_at, inspection_id, score DESC, ordinal
    ) d
    WHERE i.plant_id = d.plant_id AND i.captured_at = d.captured_at AND i.id = d.inspection_id;

    -- written in the transaction that records the rows; always equal to the count of the raw rows
    DROP TABLE inspection_minute;
    CREATE TABLE inspection_minute (
      plant_id uuid NOT NULL,
      line_id uuid NOT NULL,
      minute timestamptz NOT NULL,
      camera_id uuid NOT NULL,
      station_id uuid NOT NULL,
      job_id uuid,
      product_id uuid,
      batch_id uuid,
      model_version_id uuid NOT NULL,
      defect_class text,
      pass_count integer NOT NULL,
      reject_count integer NOT NULL,
      uncertain_count integer NOT NULL,
      UNIQUE NULLS NOT DISTINCT (line_id, minute, camera_id, job_id, product_id, batch_id, model_version_id, defect_class)
    );
    CREATE INDEX inspection_minute_job ON inspection_minute (job_id, minute);
    INSERT INTO inspection_minute
    SELECT plant_id, line_id, date_trunc('minute', captured_at), camera_id, station_id, job_id, product_id, batch_id, model_version_id, defect_class,
      count(*) FILTER (WHERE verdict = 'pass'), count(*) FILTER (WHERE verdict = 'reject'), count(*) FILTER (WHERE verdict = 'uncertain')
    FROM inspection GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;

    -- Begin of the hour of a zone's clocks. Twice, because a clock that is set by half an hour leaves an hour that begins inside another.
    CREATE FUNCTION lehr_hour(at timestamptz, zone text) RETURNS timestamptz LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
      SELECT date_trunc('hour', date_trunc('hour', at, zone), zone)
    $$;
    -- Begin of the day of a zone's calendar: the first of two midnights where the clock is set back over midnight (date_trunc names the second).
    CREATE FUNCTION lehr_day(at timestamptz, zone text) RETURNS timestamptz LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
      SELECT CASE WHEN date_trunc('day', date_trunc('day', at, zone) - interval '1 hour', zone) = date_trunc('day', at, zone)
        THEN date_trunc('day', at, zone) - interval '1 hour' ELSE date_trunc('day', at, zone) END
    $$;
    -- The first hour that begins at or after a time. An hour is 30 to 90 minutes long.
    CREATE FUNCTION lehr_hour_from(at timestamptz, zone text) RETURNS timestamptz LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
      SELECT min(h.start) FROM (SELECT lehr_hour(at + step * interval '15 minutes', zone) AS start FROM generate_series(0, 12) AS step) h
      WHERE h.start >= at
    $$;
    -- The first day that begins at or after a time. A day is 22 to 26 hours long.
    CREATE FUNCTION lehr_day_from(at timestamptz, zone text) RETURNS timestamptz LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
      SELECT CASE WHEN lehr_day(at, zone) = at THEN at ELSE lehr_day(lehr_day(at, zone) + interval '36 hours', zone) END
    $$;

    -- By the hours and days of the plant's clocks; the keys of the minutes. Read only as far as stream.rolled_until says, and past inspection_late.
    CREATE TABLE inspection_hour (
      plant_id uuid NOT NULL,
      line_id uuid NOT NULL,
      hour timestamptz NOT NULL,
      camera_id uuid NOT NULL,
      station_id uuid NOT NULL,
      job_id uuid,
      product_id uuid,
      batch_id uuid,
      model_version_id uuid NOT NULL,
      defect_class text,
      pass_count integer NOT NULL,
      reject_count integer NOT NULL,
      uncertain_count integer NOT NULL,
      UNIQUE NULLS NOT DISTINCT (line_id, hour, camera_id, job_id, product_id, batch_id, model_version_id, defect_class)
    );
    CREATE TABLE inspection_day (
      plant_id uuid NOT NULL,
      line_id uuid NOT NULL,
      day timestamptz NOT NULL,
      camera_id uuid NOT NULL,
      station_id uuid NOT NULL,
      job_id uuid,
      product_id uuid,
      batch_id uuid,
      model_version_id uuid NOT NULL,
      defect_class text,
      pass_count integer NOT NULL,
      reject_count integer NOT NULL,
      uncertain_count integer NOT NULL,
      UNIQUE NULLS NOT DISTINCT (line_id, day, camera_id, job_id, product_id, batch_id, model_version_id, defect_class)
    );

    -- For inspections: hours before this one are rolled up, days that end by then too; null: none yet. Always the begin of an hour.
    ALTER TABLE stream ADD COLUMN rolled_until timestamptz;
    -- Hours that were rolled up and have changed since: they and their days are not to be read until the job has been there.
    -- Written only with the lock on the line's stream, which whoever records takes last, and the job takes first: no change is missed.
    CREATE TABLE inspection_late (
      line_id uuid NOT NULL,
      hour timestamptz NOT NULL,
      PRIMARY KEY (line_id, hour)
    );

    -- A plant whose clocks are set anew has other hours and days: they are built again, and until then the minutes are read.
    CREATE FUNCTION lehr_rezone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM 1 FROM stream WHERE kind = 'inspection' AND plant_id = NEW.id ORDER BY id FOR UPDATE;
      DELETE FROM inspection_hour WHERE line_id IN (SELECT id FROM line WHERE plant_id = NEW.id);
      DELETE FROM inspection_day WHERE line_id IN (SELECT id FROM line WHERE plant_id = NEW.id);
      DELETE FROM inspection_late WHERE line_id IN (SELECT id FROM line WHERE plant_id = NEW.id);
      UPDATE stream SET rolled_until = NULL WHERE kind = 'inspection' AND plant_id = NEW.id;
      RETURN NULL;
    END $$;
    CREATE TRIGGER plant_rezoned AFTER UPDATE OF time_zone ON plant
      FOR EACH ROW WHEN (OLD.time_zone IS DISTINCT FROM NEW.time_zone) EXECUTE FUNCTION lehr_rezone();
  `.execute(db);
}
