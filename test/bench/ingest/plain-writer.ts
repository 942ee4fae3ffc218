/** The peer: the same rows into the same tables in the same transactions, by plain `pg` with prepared statements and unnest. */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { type BenchItem, type BenchNode, BOX, MACHINE, POSITION, STATS } from './bench-rows.ts';

const TAKE_AND_INSERT = `
  WITH taken AS (
    UPDATE stream SET next_position = next_position + $1 WHERE kind = 'inspection' AND id = $2
    RETURNING next_position - $1 AS first_position
  )
  INSERT INTO inspection (
    plant_id, received_at, edge_node_id, line_id, station_id, camera_id, model_version_id, product_id, recipe_id, batch_id, job_id, position,
    captured_at, id, part_id, verdict, score, latency_ms, image_sha256, machine_state, machine_mode, speed_per_min, temperature_c,
    humidity_percent, signals, brightness, contrast, colour_cast, sharpness, offset_x_px, offset_y_px, rotation_deg, defect_count,
    defect_class, content_hash
  )
  SELECT $3::uuid, $4::timestamptz, $5::uuid, $2::uuid, $6::uuid, $7::uuid, $8::uuid, $9::uuid, $10::uuid, $11::uuid, $12::uuid,
    taken.first_position + i.ordinality - 1,
    i.captured_at, i.id, i.part_id, i.verdict, i.score, i.latency_ms, i.image_sha256, i.machine_state, i.machine_mode, i.speed, i.temperature,
    i.humidity, i.signals, i.brightness, i.contrast, i.colour_cast, i.sharpness, i.x, i.y, i.rotation, i.defect_count,
    i.defect_class, i.content_hash
  FROM taken, unnest(
    $13::timestamptz[], $14::uuid[], $15::text[], $16::text[], $17::real[], $18::real[], $19::bytea[], $20::text[], $21::text[], $22::real[], $23::real[],
    $24::real[], $25::jsonb[], $26::real[], $27::real[], $28::real[], $29::real[], $30::real[], $31::real[], $32::real[], $33::smallint[], $34::text[], $35::bytea[]
  ) WITH ORDINALITY AS i (
    captured_at, id, part_id, verdict, score, latency_ms, image_sha256, machine_state, machine_mode, speed, temperature,
    humidity, signals, brightness, contrast, colour_cast, sharpness, x, y, rotation, defect_count,
    defect_class, content_hash
  )`;

const DEFECTS = `
  INSERT INTO inspection_defect (plant_id, line_id, captured_at, inspection_id, ordinal, class, score, box_x, box_y, box_width, box_height, outline)
  SELECT $1::uuid, $2::uuid, d.captured_at, d.id, 0, d.class, d.score, d.x, d.y, d.w, d.h, d.outline::real[]
  FROM unnest($3::timestamptz[], $4::uuid[], $5::text[], $6::real[], $7::real[], $8::real[], $9::real[], $10::real[], $11::text[])
    AS d (captured_at, id, class, score, x, y, w, h, outline)`;

const MINUTES = `
  INSERT INTO inspection_minute (plant_id, line_id, minute, camera_id, station_id, job_id, product_id, batch_id, model_version_id, defect_class, pass_count, reject_count, uncertain_count)
  SELECT $1::uuid, $2::uuid, m.minute, $3::uuid, $4::uuid, $5::uuid, $6::uuid, $7::uuid, $8::uuid, m.defect_class, m.pass, m.reject, 0
  FROM unnest($9::timestamptz[], $10::text[], $11::integer[], $12::integer[]) AS m (minute, defect_class, pass, reject) ORDER BY m.minute, m.defect_class
  ON CONFLICT (line_id, minute, camera_id, job_id, product_id, batch_id, model_version_id, defect_class) DO UPDATE SET
    pass_count = inspection_minute.pass_count + excluded.pass_count, reject_count = inspection_minute.reject_count + excluded.reject_count`;

const AUDIT = `
  WITH head AS (
    UPDATE audit_chain c SET seq = old.seq + 1, hash = sha256(old.hash || int8send(old.seq + 1) || convert_to($2, 'UTF8'))
    FROM (SELECT chain, seq, hash FROM audit_chain WHERE chain = $1 FOR UPDATE) old WHERE c.chain = old.chain
    RETURNING c.seq, old.hash AS prev_hash, c.hash
  )
  INSERT INTO audit (chain, seq, plant_id, at, actor_kind, actor_id, action, subject_type, subject_id, record, prev_hash, hash)
  SELECT $1, head.seq, $3::uuid, $4::timestamptz, 'token', $5::uuid, 'inspections.record', 'EdgeNode', $6, $2, head.prev_hash, head.hash FROM head`;

/** BEGIN, defects, minutes, audit, positions with results, COMMIT. */
export const STATEMENTS_PER_BATCH = 6;

export interface ProductionIds {
  productId: string;
  recipeId: string;
  batchId: string;
  jobId: string;
}

export interface PlainWriter {
  write(items: readonly BenchItem[]): Promise<void>;
  close(): Promise<void>;
}

/** One connection that records as one node; the node's audit chain must exist. */
export async function openPlainWriter(
  connection: pg.ClientConfig,
  node: BenchNode,
  production: ProductionIds,
): Promise<PlainWriter> {
  const client = new pg.Client(connection);
  await client.connect();
  const run = (name: string, text: string, values: unknown[]) => client.query({ name, text, values });

  return {
    async write(items) {
      const now = new Date();
      const times = items.map((item) => new Date(Number.parseInt(item.id.slice(0, 8) + item.id.slice(9, 13), 16)));
      const all = <T>(value: T): T[] => items.map(() => value);
      const hashes = items.map((item) => createHash('sha256').update(JSON.stringify(item)).digest());
      await client.query('BEGIN');
      await writeDefects(run, node, items, times);
      await writeMinutes(run, node, production, items, times);
      const record = JSON.stringify({
        at: now,
        recorded: items.length,
        contents: Buffer.concat(hashes).toString('hex'),
      });
      await run('audit', AUDIT, [`token:${node.tokenId}`, record, node.plantId, now, node.tokenId, node.edgeNodeId]);
      await run('insert', TAKE_AND_INSERT, [
        items.length,
        node.lineId,
        node.plantId,
        now,
        node.edgeNodeId,
        node.stationId,
        node.cameraId,
        node.modelVersionId,
        production.productId,
        production.recipeId,
        production.batchId,
        production.jobId,
        times,
        items.map((item) => item.id),
        items.map((item) => item.partId),
        items.map((item) => item.verdict),
        items.map((item) => item.score),
        items.map((item) => item.latencyMs),
        items.map((item) => Buffer.from(item.imageSha256, 'hex')),
        all(MACHINE.machineState),
        all(MACHINE.machineMode),
        all(MACHINE.speedPerMin),
        all(MACHINE.temperatureC),
        all(44),
        items.map((item) => JSON.stringify(item.signals)),
        all(STATS.brightness),
        all(STATS.contrast),
        all(STATS.colourCast),
        all(STATS.sharpness),
        all(POSITION.offsetXPx),
        all(POSITION.offsetYPx),
        all(POSITION.rotationDeg),
        items.map((item) => (item.outline ? 1 : 0)),
        items.map((item) => (item.outline ? 'anomaly' : null)),
        hashes,
      ]);
      await client.query('COMMIT');
    },
    close: () => client.end(),
  };
}

type Run = (name: string, text: string, values: unknown[]) => Promise<unknown>;

async function writeDefects(run: Run, node: BenchNode, items: readonly BenchItem[], times: readonly Date[]) {
  const found = items.flatMap((item, index) => (item.outline ? [{ item, at: times[index] }] : []));
  const all = <T>(value: T): T[] => found.map(() => value);
  await run('defects', DEFECTS, [
    node.plantId,
    node.lineId,
    found.map(({ at }) => at),
    found.map(({ item }) => item.id),
    all('anomaly'),
    found.map(({ item }) => item.score),
    all(BOX.x),
    all(BOX.y),
    all(BOX.width),
    all(BOX.height),
    found.map(({ item }) => `{${item.outline?.join(',')}}`),
  ]);
}

async function writeMinutes(
  run: Run,
  node: BenchNode,
  production: ProductionIds,
  items: readonly BenchItem[],
  times: readonly Date[],
) {
  const counts = new Map<string, { minute: number; defectClass: string | null; pass: number; reject: number }>();
  for (const [index, item] of items.entries()) {
    const minute = Math.floor((times[index]?.getTime() ?? 0) / 60_000) * 60_000;
    const defectClass = item.outline ? 'anomaly' : null;
    const key = `${minute} ${defectClass}`;
    const count = counts.get(key) ?? { minute, defectClass, pass: 0, reject: 0 };
    count[item.verdict] += 1;
    counts.set(key, count);
  }
  const rows = [...counts.values()];
  await run('minutes', MINUTES, [
    node.plantId,
    node.lineId,
    node.cameraId,
    node.stationId,
    production.jobId,
    production.productId,
    production.batchId,
    node.modelVersionId,
    rows.map(({ minute }) => new Date(minute)),
    rows.map(({ defectClass }) => defectClass),
    rows.map(({ pass }) => pass),
    rows.map(({ reject }) => reject),
  ]);
}
