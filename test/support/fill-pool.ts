/** A pool of any size, written by the database itself: images without files, with contexts, scores and labels as a plant has them. */
import { sql } from 'kysely';
import type { Db } from '../../server/database/database.ts';
import type { SeededPlant } from './seed.ts';

export interface SeededPool {
  rows: number;
  lineIds: string[];
  cameraIds: string[];
  batchIds: string[];
  /** Capture time of the newest image; they are half a minute apart. */
  newest: Date;
}

const SPACING_S = 30;
/** Of the smallest pool: a batch has as many images in a large one as in a small one. */
const PER_BATCH = 500;

/**
 * Fills the pool of a plant that has none yet. The n-th image is the n-th newest. With `isBulk` indexes and checks are taken away
 * while it writes, and built again: for a great many rows, on PostgreSQL.
 */
export async function fillPool(db: Db, plant: SeededPlant, rows: number, isBulk = false): Promise<SeededPool> {
  const newest = new Date('2026-06-01T12:00:00Z');
  const lineIds = plant.lines.map(({ line }) => line.id);
  const cameraIds = plant.cameras.map(({ id }) => id);
  const stationIds = plant.lines.map(({ stations }) => stations[0]?.station.id ?? '');
  const batches = Math.max(4, Math.ceil(rows / PER_BATCH));
  const { rows: made } = await sql<{ id: string }>`
    INSERT INTO material_batch (id, plant_id, code, created_at)
    SELECT gen_random_uuid(), ${plant.row.id}, 'pool-' || n, ${newest} FROM generate_series(1, ${batches}) n RETURNING id
  `.execute(db);
  const batchIds = made.map(({ id }) => id);
  const indexes = isBulk ? await takeDown(db) : [];
  await db.transaction().execute(async (trx) => {
    await sql`SELECT setseed(0.5)`.execute(trx);
    await sql`ALTER TABLE image DISABLE TRIGGER image_pool_row`.execute(trx);
    await sql`
      INSERT INTO image (plant_id, sha256, format, size_bytes, width, height, received_at)
      SELECT ${plant.row.id}::uuid, sha256(int8send(n)), 'png', 100000, 1024, 1024, ${newest}::timestamptz - n * ${`${SPACING_S} s`}::interval
      FROM generate_series(1, ${rows}::bigint) n
    `.execute(trx);
    await sql`ALTER TABLE image ENABLE TRIGGER image_pool_row`.execute(trx);
    // a seventh of each line is rejected, and of the rejects a part is of a rare class; a fifth is labelled
    await sql`
      INSERT INTO pool_image (
        plant_id, image_sha256, origin, captured_at, received_at, width, height, size_bytes, inspection_id, line_id, station_id,
        camera_id, batch_id, verdict, score, defect_class, machine_state, temperature_c, brightness, contrast, colour_cast, sharpness,
        offset_x_px, offset_y_px, rotation_deg, keep_probability, capture_reason, source_path, measured_at, blurred, dark, bright,
        low_information, outlier, uniqueness, representativeness, label_error, near_group, map_x, map_y, tags, label_state, label, labelled_at
      )
      SELECT ${plant.row.id}::uuid, r.sha256, 'line', r.at, r.at, 1024, 1024, 100000, gen_random_uuid(),
        (${`{${lineIds.join(',')}}`}::uuid[])[1 + r.n % ${lineIds.length}], (${`{${stationIds.join(',')}}`}::uuid[])[1 + r.n % ${stationIds.length}],
        (${`{${cameraIds.join(',')}}`}::uuid[])[1 + r.n % ${cameraIds.length}], (${`{${batchIds.join(',')}}`}::uuid[])[1 + (r.n - 1) * ${batches} / ${rows}],
        CASE WHEN r.u < 0.14 THEN 'reject' WHEN r.u < 0.18 THEN 'uncertain' ELSE 'pass' END,
        CASE WHEN r.u < 0.14 THEN 0.5 + r.v / 2 ELSE r.v / 2 END,
        CASE WHEN r.u < 0.0002 THEN 'stone' WHEN r.u < 0.05 THEN 'crack' WHEN r.u < 0.14 THEN 'blister' END,
        'Execute', 20 + 10 * r.w, 0.4 + 0.2 * r.v, 0.2 + 0.1 * r.w, 0.1 * r.u, 100 * r.w, 5 * r.v - 2.5, 5 * r.w - 2.5, r.u - 0.5,
        CASE WHEN r.u < 0.14 THEN 1 ELSE 0.05 END, CASE WHEN r.u < 0.14 THEN 'reject' ELSE 'audit' END,
        CASE WHEN r.n % 10 = 0 THEN 'set-' || r.n % 7 || '/crack/' || r.n || '.png' END, r.at,
        1 - r.w * r.w, 1 - r.v * r.v * r.v, r.w, r.v, 1 - r.u * r.w, r.v * r.w, r.u * r.v,
        CASE WHEN r.n % 5 = 0 THEN r.w END, CASE WHEN r.n % 50 < 2 THEN sha256(int8send(r.n / 50)) END, r.v * 20 - 10, r.w * 20 - 10,
        CASE WHEN r.n % 400 = 0 THEN '{night}' WHEN r.n % 10 = 3 THEN '{day,sample}' ELSE '{}' END::text[],
        CASE WHEN r.n % 5 = 0 THEN 'labelled' WHEN r.n % 101 = 1 THEN 'conflict' ELSE 'unlabelled' END,
        CASE WHEN r.n % 5 = 0 THEN CASE WHEN r.u < 0.1 THEN 'crack' ELSE 'good' END END, CASE WHEN r.n % 5 = 0 THEN r.at END
      FROM (
        SELECT n, sha256(int8send(n)) AS sha256, ${newest}::timestamptz - n * ${`${SPACING_S} s`}::interval AS at,
          random() AS u, random() AS v, random() AS w
        FROM generate_series(1, ${rows}::bigint) n
      ) r
    `.execute(trx);
  });
  await putUp(db, indexes);
  await sql`VACUUM (ANALYZE) pool_image`.execute(db);
  await sql`VACUUM (ANALYZE) image`.execute(db);
  return { rows, lineIds, cameraIds, batchIds, newest: new Date(newest.getTime() - SPACING_S * 1000) };
}

/** Statements that build again what was taken away. */
async function takeDown(db: Db): Promise<string[]> {
  const { rows: indexes } = await sql<{ name: string; statement: string }>`
    SELECT i.indexname AS name, i.indexdef AS statement FROM pg_indexes i
    WHERE i.tablename = 'pool_image' AND i.indexname <> 'pool_image_pkey'
  `.execute(db);
  for (const { name } of indexes) await sql`DROP INDEX ${sql.ref(name)}`.execute(db);
  const { rows: keys } = await sql<{ name: string; definition: string }>`
    SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
    WHERE conrelid = 'pool_image'::regclass AND contype = 'f'
  `.execute(db);
  for (const { name } of keys) await sql`ALTER TABLE pool_image DROP CONSTRAINT ${sql.ref(name)}`.execute(db);
  return [
    ...indexes.map(({ statement }) => statement),
    ...keys.map(({ name, definition }) => `ALTER TABLE pool_image ADD CONSTRAINT ${name} ${definition}`),
  ];
}

async function putUp(db: Db, statements: readonly string[]): Promise<void> {
  await db.connection().execute(async (connection) => {
    if (statements.length > 0) await sql`SET maintenance_work_mem = '256MB'`.execute(connection);
    for (const statement of statements) await sql.raw(statement).execute(connection);
    if (statements.length > 0) await sql`RESET maintenance_work_mem`.execute(connection);
  });
}
