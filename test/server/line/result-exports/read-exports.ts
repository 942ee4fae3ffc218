/** Reads back what an export wrote, and what it should have written. */
import { sql } from 'kysely';
import { factorColumns } from '../../../../schema/production-context.ts';
import type { TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';

export interface ExportAnswer {
  id: string;
  state: string;
  progress: number;
  rows: number;
  error: string | null;
  files: { name: string; url: string; rows: number; sizeBytes: number; sha256: string }[];
}

export async function readExport(client: TestClient, id: string): Promise<ExportAnswer> {
  const { node } = await client.read<{ node: ExportAnswer }>(
    `query ($id: ID!) { node(id: $id) { ... on InspectionExport {
      id state progress rows error files { name url rows sizeBytes sha256 }
    } } }`,
    { id },
  );
  return node;
}

/** Records of RFC 4180: quoted fields may hold commas, quotes and line breaks. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;
  while (field.lastIndex < text.length) {
    const found = field.exec(text);
    if (!found) throw new Error(`no field at ${field.lastIndex}`);
    record.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}

/** Raw rows with names, in the order of capture, as JSON has them; times in milliseconds. */
export async function rawRows({ db }: TestServer, plantId: string): Promise<Record<string, unknown>[]> {
  const { rows } = await sql<{ row: Record<string, unknown> }>`
    SELECT jsonb_build_object(
      'id', i.id, 'captured_at', (extract(epoch FROM i.captured_at) * 1000)::bigint, 'received_at', (extract(epoch FROM i.received_at) * 1000)::bigint,
      'line', l.code, 'station', s.code, 'camera', c.code, 'edge_node', n.code, 'position', i.position, 'part_id', i.part_id,
      'job', j.code, 'product', p.code, 'recipe', r.code, 'batch', b.code, 'model_version', m.code || ':' || v.number,
      'verdict', i.verdict, 'score', i.score, 'latency_ms', i.latency_ms, 'defect_class', i.defect_class, 'defect_count', i.defect_count,
      'defects', coalesce((
        SELECT jsonb_agg(jsonb_build_object('class', d.class, 'score', d.score,
          'box', jsonb_build_object('x', d.box_x, 'y', d.box_y, 'width', d.box_width, 'height', d.box_height), 'outline', to_jsonb(d.outline)) ORDER BY d.ordinal)
        FROM inspection_defect d WHERE d.plant_id = i.plant_id AND d.captured_at = i.captured_at AND d.inspection_id = i.id
      ), '[]'),
      'image_sha256', encode(i.image_sha256, 'hex'), 'signals', i.signals
    ) || jsonb_build_object(${sql.join(factorColumns.map((column) => sql`${sql.lit(column)}, ${sql.ref(`i.${column}`)}`))}) || jsonb_build_object(
      'image_kept', i.is_kept::integer, 'keep_probability', i.keep_probability, 'capture_reason', i.capture_reason,
      'image_lost_at', i.image_lost_at) AS row
    FROM inspection i
    JOIN line l ON l.id = i.line_id JOIN station s ON s.id = i.station_id JOIN camera c ON c.id = i.camera_id
    JOIN model_version v ON v.id = i.model_version_id JOIN model m ON m.id = v.model_id
    LEFT JOIN edge_node n ON n.id = i.edge_node_id LEFT JOIN job j ON j.id = i.job_id LEFT JOIN product p ON p.id = i.product_id
    LEFT JOIN recipe r ON r.id = i.recipe_id LEFT JOIN material_batch b ON b.id = i.batch_id
    WHERE i.plant_id = ${plantId} ORDER BY i.captured_at, i.id
  `.execute(db);
  return rows.map(({ row }) => row);
}

/** The uuid inside a global id. */
export function keyInside(globalId: string): string {
  return Buffer.from(globalId, 'base64url').toString().split(':')[1] ?? '';
}
