/** Every SQL statement about the events of edge nodes: rows in, rows out, no rules. */
import { sql } from 'kysely';
import { byteaArray, isoArray, plainArray, textArray } from '../../../database/array-literal.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { KeepableItem } from '../../../kit/recorded-item.ts';
import type { ServedPlace } from './place-node-event.ts';

/** The stations that the node serves with their cameras, retired ones too: what they did before is told late. */
export async function selectServedPlaces(db: Db, edgeNodeId: string): Promise<ServedPlace[]> {
  const { rows } = await sql<ServedPlace>`
    SELECT s.line_id AS "lineId", s.id AS "stationId", c.id AS "cameraId"
    FROM station s LEFT JOIN camera c ON c.station_id = s.id
    WHERE s.edge_node_id = ${edgeNodeId}
  `.execute(db);
  return rows;
}

/** Notes those that are not known yet, and gives their ids. Waits for other transactions that are noting the same ones. */
export async function insertNodeEvents(
  trx: Trx,
  plantId: string,
  events: readonly KeepableItem[],
): Promise<Set<string>> {
  // in id order, so that two calls with the same ids wait for each other in one direction only
  const sorted = events.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const { rows } = await sql<{ id: string }>`
    INSERT INTO node_event (plant_id, id, content_hash)
    SELECT ${plantId}::uuid, * FROM unnest(
      ${plainArray(sorted.map((event) => event.id))}::uuid[], ${byteaArray(sorted.map((event) => event.contentHash))}::bytea[]
    )
    ON CONFLICT (plant_id, id) DO NOTHING
    RETURNING id
  `.execute(trx);
  return new Set(rows.map((row) => row.id));
}

/** Content hashes, as hexadecimal digits, by id. */
export async function selectNodeEventHashes(
  trx: Trx,
  plantId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; content_hash: Buffer }>`
    SELECT id, content_hash FROM node_event WHERE plant_id = ${plantId} AND id = ANY(${plainArray(ids)}::uuid[])
  `.execute(trx);
  return new Map(rows.map((row) => [row.id, row.content_hash.toString('hex')]));
}

export interface ObservedCondition {
  sourceId: string;
  type: string;
  atMs: number;
}

/**
 * Notes the newest observation of each condition and gives when each was last observed before, by `source type`. Give each condition once.
 * The rows stay locked until the transaction ends, so that two calls about one source come one after the other.
 */
export async function upsertConditions(
  trx: Trx,
  conditions: readonly ObservedCondition[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ source_id: string; type: string; observed_at: Date }>`
    WITH given AS (
      SELECT * FROM unnest(
        ${plainArray(conditions.map((each) => each.sourceId))}::uuid[], ${textArray(conditions.map((each) => each.type))}::text[],
        ${isoArray(conditions.map((each) => each.atMs))}::timestamptz[]
      ) AS g (source_id, type, observed_at)
    ), before AS (
      SELECT c.* FROM node_condition c WHERE (c.source_id, c.type) IN (SELECT source_id, type FROM given)
      ORDER BY c.source_id, c.type FOR UPDATE
    ), noted AS (
      INSERT INTO node_condition (source_id, type, observed_at)
      SELECT g.* FROM given g LEFT JOIN before b USING (source_id, type)
      WHERE b.observed_at IS NULL OR b.observed_at < g.observed_at
      ORDER BY source_id, type
      ON CONFLICT (source_id, type) DO UPDATE SET observed_at = greatest(node_condition.observed_at, excluded.observed_at)
    )
    SELECT * FROM before
  `.execute(trx);
  return new Map(rows.map((row) => [`${row.source_id} ${row.type}`, row.observed_at.getTime()]));
}
