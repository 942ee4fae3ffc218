/** Every SQL statement of the machines module: rows in, rows out, no rules. */
import { sql } from 'kysely';
import { factors, machineNumbers } from '#schema/production-context.ts';
import { plainArray, textArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { MachineStatusRow } from './machines.table.ts';

const numberColumns = machineNumbers.map((name) => factors[name].column);

/** Notes that the node has reported. True when it was not up before. */
export async function updateNodeSeen(
  trx: Trx,
  node: { id: string; plantId: string; at: Date; skewMs: number; status: string },
): Promise<boolean> {
  const { rows } = await sql<{ came: boolean }>`
    WITH seen AS (
      UPDATE edge_node SET last_seen_at = ${node.at}, skew_ms = ${node.skewMs}, status = ${node.status}::jsonb
      WHERE id = ${node.id}
    ), came AS (
      INSERT INTO node_presence (edge_node_id, plant_id, up_since) VALUES (${node.id}, ${node.plantId}, ${node.at})
      ON CONFLICT (edge_node_id) DO NOTHING
      RETURNING 1
    )
    SELECT EXISTS (SELECT 1 FROM came) AS came
  `.execute(trx);
  return rows[0]?.came ?? false;
}

export interface SilentNode {
  edge_node_id: string;
  plant_id: string;
  code: string;
  last_seen_at: Date;
  retired_at: Date | null;
}

/** Takes down the nodes that have not reported since; gives them by plant. Each is given once, whoever asks. */
export async function deleteSilentNodes(trx: Trx, since: Date): Promise<SilentNode[]> {
  const { rows } = await sql<SilentNode>`
    WITH gone AS (
      DELETE FROM node_presence p USING edge_node e
      WHERE e.id = p.edge_node_id AND e.last_seen_at < ${since}
      RETURNING p.edge_node_id, p.plant_id, e.code, e.last_seen_at, e.retired_at
    )
    SELECT * FROM gone ORDER BY plant_id, code
  `.execute(trx);
  return rows;
}

export async function hasSilentNode(db: Db, since: Date): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM node_presence p JOIN edge_node e ON e.id = p.edge_node_id WHERE e.last_seen_at < ${since} LIMIT 1
  `.execute(db);
  return rows.length > 0;
}

/** Those of the lines that the node serves. */
export async function selectServedLines(db: Db, edgeNodeId: string, lineIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ line_id: string }>`
    SELECT DISTINCT line_id FROM station WHERE edge_node_id = ${edgeNodeId} AND line_id = ANY(${plainArray(lineIds)}::uuid[])
  `.execute(db);
  return new Set(rows.map((row) => row.line_id));
}

/** Those of the cameras that stand at the node's stations. */
export async function selectServedCameras(
  db: Db,
  edgeNodeId: string,
  cameraIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    SELECT c.id FROM camera c JOIN station s ON s.id = c.station_id
    WHERE s.edge_node_id = ${edgeNodeId} AND c.id = ANY(${plainArray(cameraIds)}::uuid[])
  `.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** Those of the stations that the node serves. */
export async function selectServedStations(
  db: Db,
  edgeNodeId: string,
  stationIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM station WHERE edge_node_id = ${edgeNodeId} AND id = ANY(${plainArray(stationIds)}::uuid[])
  `.execute(db);
  return new Set(rows.map((row) => row.id));
}

export async function selectMachines(db: Db, lineIds: readonly string[]): Promise<MachineStatusRow[]> {
  const { rows } = await sql<MachineStatusRow>`
    SELECT * FROM machine_status WHERE line_id = ANY(${plainArray(lineIds)}::uuid[])
  `.execute(db);
  return rows;
}

/** As `selectMachines`; holds the rows until the transaction ends, in line order. */
export async function lockMachines(trx: Trx, lineIds: readonly string[]): Promise<MachineStatusRow[]> {
  const { rows } = await sql<MachineStatusRow>`
    SELECT * FROM machine_status WHERE line_id = ANY(${plainArray(lineIds)}::uuid[]) ORDER BY line_id FOR UPDATE
  `.execute(trx);
  return rows;
}

export async function upsertMachines(trx: Trx, rows: readonly MachineStatusRow[]): Promise<void> {
  const iso = (time: Date | null) => time?.toISOString() ?? null;
  await sql`
    INSERT INTO machine_status (
      line_id, plant_id, edge_node_id, quality, state, mode, product_code, recipe_code, batch_code, job_code,
      ${sql.join(numberColumns.map((column) => sql.ref(column)))}, signals, source_time, received_at
    )
    SELECT * FROM unnest(
      ${plainArray(rows.map((row) => row.line_id))}::uuid[],
      ${plainArray(rows.map((row) => row.plant_id))}::uuid[],
      ${plainArray(rows.map((row) => row.edge_node_id))}::uuid[],
      ${plainArray(rows.map((row) => row.quality))}::text[],
      ${textArray(rows.map((row) => row.state))}::text[],
      ${textArray(rows.map((row) => row.mode))}::text[],
      ${textArray(rows.map((row) => row.product_code))}::text[],
      ${textArray(rows.map((row) => row.recipe_code))}::text[],
      ${textArray(rows.map((row) => row.batch_code))}::text[],
      ${textArray(rows.map((row) => row.job_code))}::text[],
      ${sql.join(numberColumns.map((column) => sql`${plainArray(rows.map((row) => row[column]))}::double precision[]`))},
      ${textArray(rows.map((row) => JSON.stringify(row.signals)))}::jsonb[],
      ${plainArray(rows.map((row) => iso(row.source_time)))}::timestamptz[],
      ${plainArray(rows.map((row) => iso(row.received_at)))}::timestamptz[]
    )
    ON CONFLICT (line_id) DO UPDATE SET
      edge_node_id = excluded.edge_node_id, quality = excluded.quality, state = excluded.state, mode = excluded.mode,
      product_code = excluded.product_code, recipe_code = excluded.recipe_code, batch_code = excluded.batch_code,
      job_code = excluded.job_code, ${sql.join(numberColumns.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`))},
      signals = excluded.signals, source_time = excluded.source_time, received_at = excluded.received_at
  `.execute(trx);
}
