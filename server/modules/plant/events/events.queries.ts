/** Every SQL statement of the events module: rows in, rows out, no rules. */
import { sql } from 'kysely';
import { plainArray, textArray } from '../../../database/array-literal.ts';
import type { Db } from '../../../database/database.ts';
import type { Page } from '../../../kit/page.ts';
import { type StreamHead, type StreamKey, streamName } from '../../../live/stream-source.ts';
import type { EventRow } from './events.table.ts';

export interface EventSelection {
  plantId: string;
  kinds: readonly string[] | null;
  lineId: string | null;
  /** Of the time by the source's clock: from inclusive, to exclusive. */
  from: Date | null;
  to: Date | null;
}

/** Events after a position, in position order. */
export function selectEventsAfter(db: Db, plantId: string, afterPosition: number, limit: number): Promise<EventRow[]> {
  return db
    .selectFrom('event')
    .selectAll()
    .where('plant_id', '=', plantId)
    .where('position', '>', afterPosition)
    .orderBy('position')
    .limit(limit)
    .execute();
}

/** Newest first, oldest first when the page is a backward one; one row more than the page. */
export function selectEventPage(
  db: Db,
  { plantId, kinds, lineId, from, to }: EventSelection,
  { page, after, before }: { page: Page; after: number | null; before: number | null },
): Promise<EventRow[]> {
  let query = db.selectFrom('event').selectAll().where('plant_id', '=', plantId);
  if (kinds) query = query.where('kind', '=', sql<string>`any(${textArray(kinds)}::text[])`);
  if (lineId) query = query.where('line_id', '=', lineId);
  if (from) query = query.where('occurred_at', '>=', from);
  if (to) query = query.where('occurred_at', '<', to);
  if (after !== null) query = query.where('position', '<', after);
  if (before !== null) query = query.where('position', '>', before);
  return query
    .orderBy('position', page.backward ? 'asc' : 'desc')
    .limit(page.limit + 1)
    .execute();
}

export async function selectEventsByKey(
  db: Db,
  keys: readonly { plantId: string; position: number }[],
): Promise<EventRow[]> {
  const { rows } = await sql<EventRow>`
    SELECT e.* FROM unnest(${plainArray(keys.map((key) => key.plantId))}::uuid[], ${plainArray(keys.map((key) => key.position))}::bigint[])
      AS k (plant_id, position)
    JOIN event e ON e.plant_id = k.plant_id AND e.position = k.position
  `.execute(db);
  return rows;
}

/** What people and machines are called. */
export async function selectActorNames(db: Db, ids: readonly string[]): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    SELECT id, name FROM person WHERE id = any(${plainArray(ids)}::uuid[])
    UNION ALL SELECT id, name FROM token WHERE id = any(${plainArray(ids)}::uuid[])
  `.execute(db);
  return rows;
}

/** Heads of streams of both kinds, by `streamName`; absent where there is no such stream. */
export async function selectStreamHeads(db: Db, keys: readonly StreamKey[]): Promise<Map<string, StreamHead>> {
  const { rows } = await sql<{ kind: StreamKey['kind']; id: string; first_position: number; next_position: number }>`
    SELECT s.kind, s.id, s.first_position, s.next_position
    FROM unnest(${plainArray(keys.map(({ kind }) => kind))}::text[], ${plainArray(keys.map(({ id }) => id))}::uuid[]) AS k (kind, id)
    JOIN stream s ON s.kind = k.kind AND s.id = k.id
  `.execute(db);
  return new Map(
    rows.map((row) => [streamName(row), { firstPosition: row.first_position, nextPosition: row.next_position }]),
  );
}
