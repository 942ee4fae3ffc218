/** Every SQL statement about counts of parts: rows in, rows out, no rules. */
import { sql } from 'kysely';
import { byteaArray, isoArray, plainArray, textArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { PartCountRow } from './part-counts.table.ts';

/** Writes each row whose revision is newer than the one that is there, if that is of the same station and job; gives the ids of those written. */
export async function upsertPartCounts(trx: Trx, rows: readonly PartCountRow[]): Promise<Set<string>> {
  // in id order, so that two calls with the same ids wait for each other in one direction only
  const sorted = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const plain = (name: keyof PartCountRow) => plainArray(sorted.map((row) => row[name] as string | number | null));
  const times = (name: 'counted_from' | 'counted_to' | 'received_at') =>
    isoArray(sorted.map((row) => row[name].getTime()));
  const result = await sql<{ id: string }>`
    INSERT INTO part_count (
      plant_id, id, line_id, station_id, edge_node_id, job_code, revision, counted_from, counted_to,
      triggered, accepted, rejected, bypassed, unseen, unknown, in_transit, content_hash, received_at
    )
    SELECT * FROM unnest(
      ${plain('plant_id')}::uuid[], ${plain('id')}::uuid[], ${plain('line_id')}::uuid[], ${plain('station_id')}::uuid[],
      ${plain('edge_node_id')}::uuid[], ${textArray(sorted.map((row) => row.job_code))}::text[], ${plain('revision')}::integer[],
      ${times('counted_from')}::timestamptz[], ${times('counted_to')}::timestamptz[],
      ${plain('triggered')}::integer[], ${plain('accepted')}::integer[], ${plain('rejected')}::integer[],
      ${plain('bypassed')}::integer[], ${plain('unseen')}::integer[], ${plain('unknown')}::integer[], ${plain('in_transit')}::integer[],
      ${byteaArray(sorted.map((row) => row.content_hash.toString('hex')))}::bytea[], ${times('received_at')}::timestamptz[]
    )
    ON CONFLICT (plant_id, id) DO UPDATE SET
      edge_node_id = excluded.edge_node_id, revision = excluded.revision, counted_to = excluded.counted_to,
      triggered = excluded.triggered, accepted = excluded.accepted, rejected = excluded.rejected, bypassed = excluded.bypassed,
      unseen = excluded.unseen, unknown = excluded.unknown, in_transit = excluded.in_transit,
      content_hash = excluded.content_hash, received_at = excluded.received_at
    WHERE excluded.revision > part_count.revision AND excluded.station_id = part_count.station_id
      AND excluded.counted_from = part_count.counted_from AND excluded.job_code IS NOT DISTINCT FROM part_count.job_code
    RETURNING id
  `.execute(trx);
  return new Set(result.rows.map((row) => row.id));
}

export async function selectPartCounts(trx: Trx, plantId: string, ids: readonly string[]): Promise<PartCountRow[]> {
  const { rows } = await sql<PartCountRow>`
    SELECT * FROM part_count WHERE plant_id = ${plantId} AND id = ANY(${plainArray(ids)}::uuid[])
  `.execute(trx);
  return rows;
}

/** The counts of jobs, by station and begin. */
export async function selectPartCountsOfJobs(
  db: Db,
  jobs: readonly { line_id: string; code: string }[],
): Promise<PartCountRow[]> {
  const { rows } = await sql<PartCountRow>`
    SELECT c.* FROM unnest(${plainArray(jobs.map((job) => job.line_id))}::uuid[], ${textArray(jobs.map((job) => job.code))}::text[])
      AS j (line_id, code)
    JOIN part_count c ON c.line_id = j.line_id AND c.job_code = j.code
    ORDER BY c.station_id, c.id
  `.execute(db);
  return rows;
}

/** The newest count of each station that has one. */
export async function selectNewestPartCounts(db: Db, stationIds: readonly string[]): Promise<PartCountRow[]> {
  const { rows } = await sql<PartCountRow>`
    SELECT c.* FROM unnest(${plainArray(stationIds)}::uuid[]) AS s (id)
    CROSS JOIN LATERAL (SELECT * FROM part_count WHERE station_id = s.id ORDER BY id DESC LIMIT 1) c
  `.execute(db);
  return rows;
}
