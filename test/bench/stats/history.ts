/** A history of inspections as four lines make it in one shift a day, written by the database itself; rolled up by the real job. */
import { sql } from 'kysely';
import type { Db } from '../../../server/database/database.ts';
import { newId } from '../../../server/kit/ids.ts';
import { rollUp } from '../../../server/modules/line/statistics/roll-up.service.ts';
import type { SeededPlant } from '../../support/seed.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Hours of a day in which the lines run, from 4:00 UTC on. */
const FIRST_HOUR = 4;
const HOURS = 16;
const CLASSES = ['crack', 'stone', 'tear', 'bubble', 'smear'];

export interface History {
  lines: number;
  days: number;
  rows: number;
  /** After the last row. */
  end: Date;
  /** Of the last 30 days. */
  recentJobs: string[];
}

/** As many whole days as hold about so many rows, the last of them yesterday. */
export async function writeHistory(
  db: Db,
  plant: SeededPlant,
  modelVersionId: string,
  rows: number,
  rowsPerDay: number,
) {
  const lines = plant.lines.map(({ line, stations }) => {
    const [first] = stations;
    const [camera] = first?.cameras ?? [];
    if (!first || !camera) throw new Error('a line without a camera');
    return { line: line.id, station: first.station.id, camera: camera.id, node: first.node.id };
  });
  const perLine = Math.round(rowsPerDay / lines.length);
  const days = Math.max(1, Math.round(rows / (perLine * lines.length)));
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const products = [newId(), newId(), newId()];
  const recentJobs: string[] = [];
  const columns = { plant: plant.row.id, modelVersionId, perLine };

  let next = 0;
  const worker = async () => {
    while (next < days) {
      const index = next++;
      const jobs = lines.map(() => newId());
      if (days - index <= 30) recentJobs.push(...jobs);
      const day = today - (days - index) * DAY_MS;
      const batch = newId();
      await writeDay(db, { ...columns, day, index, product: products[index % 3] ?? '', batch, lines, jobs });
    }
  };
  await Promise.all([worker(), worker()]);
  for (const [place, { line }] of lines.entries())
    for (const [index, id] of recentJobs.entries())
      if (index % lines.length === place)
        await sql`INSERT INTO job (id, plant_id, line_id, code, started_at, ended_at) VALUES (${id}, ${plant.row.id}, ${line}, ${id}, now(), now())`.execute(
          db,
        );
  await sql`UPDATE stream SET next_position = ${days * perLine + 1} WHERE kind = 'inspection' AND plant_id = ${plant.row.id}`.execute(
    db,
  );
  const end = new Date(today - DAY_MS + (FIRST_HOUR + HOURS) * HOUR_MS);
  return { lines: lines.length, days, rows: days * perLine * lines.length, end, recentJobs } satisfies History;
}

interface Day {
  plant: string;
  modelVersionId: string;
  perLine: number;
  day: number;
  index: number;
  product: string;
  batch: string;
  lines: readonly { line: string; station: string; camera: string; node: string }[];
  jobs: readonly string[];
}

/** A partition filled apart and then attached; 4 % rejects in five classes, 1 % uncertain. */
async function writeDay(db: Db, { plant, modelVersionId, perLine, day, index, product, batch, lines, jobs }: Day) {
  const suffix = new Date(day).toISOString().slice(0, 10).replaceAll('-', '');
  const [from, to] = [new Date(day).toISOString(), new Date(day + DAY_MS).toISOString()];
  const stepMs = (HOURS * HOUR_MS) / perLine;
  await db.transaction().execute(async (trx) => {
    const partition = sql.table(`inspection_${suffix}`);
    await sql`CREATE TABLE ${partition} (LIKE inspection INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`.execute(trx);
    for (const [place, { line, station, camera, node }] of lines.entries())
      await sql`
        INSERT INTO ${partition} (
          plant_id, captured_at, id, position, received_at, line_id, station_id, camera_id, edge_node_id, job_id, product_id, batch_id,
          model_version_id, verdict, score, latency_ms, defect_count, defect_class, content_hash
        )
        SELECT ${plant}::uuid, to_timestamp(r.ms / 1000.0), r.id, ${index * perLine}::bigint + r.i + 1, to_timestamp(r.ms / 1000.0),
          ${line}::uuid, ${station}::uuid, ${camera}::uuid, ${node}::uuid, ${jobs[place]}::uuid, ${product}::uuid, ${batch}::uuid,
          ${modelVersionId}::uuid, CASE WHEN r.i % 25 = 0 THEN 'reject' WHEN r.i % 100 = 1 THEN 'uncertain' ELSE 'pass' END,
          0.5, 20, CASE WHEN r.i % 25 = 0 THEN 1 ELSE 0 END,
          CASE WHEN r.i % 25 = 0 THEN (ARRAY[${sql.join(CLASSES)}]::text[])[1 + (r.i / 25) % 5] END, decode(repeat('00', 32), 'hex')
        FROM (
          SELECT i, ms, (lpad(to_hex(ms), 12, '0') || '7' || lpad(to_hex(i % 4096), 3, '0') || '8' || lpad(to_hex(${place}::integer), 3, '0')
            || lpad(to_hex(i), 12, '0'))::uuid AS id
          FROM (SELECT i, (${day + FIRST_HOUR * HOUR_MS}::bigint + floor(i * ${stepMs}::double precision))::bigint AS ms
                FROM generate_series(0, ${perLine - 1}::integer) AS i) t
        ) r
      `.execute(trx);
    await sql`
      INSERT INTO inspection_minute
      SELECT plant_id, line_id, date_trunc('minute', captured_at), camera_id, station_id, job_id, product_id, batch_id, model_version_id, defect_class,
        count(*) FILTER (WHERE verdict = 'pass'), count(*) FILTER (WHERE verdict = 'reject'), count(*) FILTER (WHERE verdict = 'uncertain')
      FROM ${partition} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    `.execute(trx);
  });
  // One at a time: it locks the parent.
  await db.transaction().execute(async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(1)`.execute(trx);
    await sql`ALTER TABLE inspection ATTACH PARTITION ${sql.table(`inspection_${suffix}`)} FOR VALUES FROM (${sql.lit(from)}) TO (${sql.lit(to)})`.execute(
      trx,
    );
  });
}

/** All but the last two hours, as it is while the lines run. */
export async function rollUpHistory(db: Db, { end }: History): Promise<number> {
  const begin = performance.now();
  await rollUp(db, { hoursPerStep: 24, steps: 100_000, now: new Date(end.getTime() - 2 * HOUR_MS) });
  for (const table of ['inspection_minute', 'inspection_hour', 'inspection_day', 'inspection_late', 'stream'])
    await sql`ANALYZE ${sql.table(table)}`.execute(db);
  return performance.now() - begin;
}
