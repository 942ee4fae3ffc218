/**
 * The event log of a plant, as writers see it. It stands in the kit beside the audit: `act` writes both, and every module
 * writes through `act`. Reading the log is the work of the module `events`.
 */
import { sql } from 'kysely';
import { plainArray, textArray } from '../database/array-literal.ts';
import type { Trx } from '../database/database.ts';
import type { Actor } from './audit.ts';
import { newId } from './ids.ts';
import { wellFormed } from './well-formed.ts';

export interface NewEvent {
  /** UUIDv7; a new one when its source has not given it any. */
  id?: string;
  /** Thing and what became of it, such as `job.started`. */
  kind: string;
  /** By the clock of its source. */
  occurredAt: Date;
  lineId?: string | null;
  stationId?: string | null;
  edgeNodeId?: string | null;
  actor: Actor;
  data: Record<string, unknown>;
}

/**
 * Appends to the plant's log. One statement takes the next positions and writes the rows. The plant's stream stays locked until the
 * transaction ends, so call it as the last but the audit and commit soon. Throws when the plant has no stream.
 */
export async function appendEvents(trx: Trx, plantId: string, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const column = (read: (event: NewEvent) => string | null | undefined) =>
    textArray(events.map((event) => read(event) ?? null));
  const { rows } = await sql<{ written: number }>`
    WITH taken AS (
      UPDATE stream SET next_position = next_position + ${events.length}
      WHERE kind = 'event' AND id = ${plantId}
      RETURNING next_position - ${events.length} AS first
    ), written AS (
      INSERT INTO event (plant_id, position, id, kind, occurred_at, recorded_at, line_id, station_id, edge_node_id, actor_kind, actor_id, data)
      SELECT ${plantId}::uuid, taken.first + e.ordinal - 1, e.id, e.kind, e.occurred_at, date_trunc('milliseconds', clock_timestamp()),
             e.line_id, e.station_id, e.edge_node_id, e.actor_kind, e.actor_id, e.data::jsonb
      FROM taken, unnest(
        ${column((event) => event.id ?? newId())}::uuid[], ${column((event) => event.kind)}::text[],
        ${column((event) => event.occurredAt.toISOString())}::timestamptz[], ${column((event) => event.lineId)}::uuid[],
        ${column((event) => event.stationId)}::uuid[], ${column((event) => event.edgeNodeId)}::uuid[],
        ${column((event) => event.actor.kind)}::text[], ${column((event) => event.actor.id)}::uuid[],
        ${column((event) => JSON.stringify(event.data, wellFormed))}::text[]
      ) WITH ORDINALITY AS e (id, kind, occurred_at, line_id, station_id, edge_node_id, actor_kind, actor_id, data, ordinal)
      RETURNING position
    )
    SELECT count(*) AS written FROM written
  `.execute(trx);
  // Positions are dense: a transaction that took more than it wrote must not commit.
  if ((rows[0]?.written ?? 0) !== events.length) throw new Error(`The plant ${plantId} has no event stream`);
}

/**
 * For an act that reads before it decides what to tell: whoever holds the plant's stream while it decides cannot wait for somebody who
 * holds what it reads and waits for the stream. Only for what is rare and short: every writer of the plant's log waits meanwhile.
 * Everybody locks several streams in the order of their ids.
 */
export async function lockEventStreams(trx: Trx, plantIds: readonly string[]): Promise<void> {
  await sql`
    SELECT 1 FROM stream WHERE kind = 'event' AND id = ANY(${plainArray(plantIds)}::uuid[]) ORDER BY id FOR UPDATE
  `.execute(trx);
}
