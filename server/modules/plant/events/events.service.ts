/** Reads the event log of a plant: what happened, in one order, for MES, HMI and audit. `act` in the kit writes it. */
import type { Db } from '../../../database/database.ts';
import type { Context } from '../../../kit/context.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { type Connection, type PageArgs, parsePage, toConnection } from '../../../kit/page.ts';
import type { ReadHeads, StreamSource } from '../../../live/stream-source.ts';
import {
  type EventSelection,
  selectActorNames,
  selectEventPage,
  selectEventsAfter,
  selectEventsByKey,
  selectStreamHeads,
} from './events.queries.ts';
import type { EventRow } from './events.table.ts';

/** A page of the plant's log, newest first by position. The caller must be allowed to read the plant. */
export async function listEvents(
  context: Context,
  selection: EventSelection,
  args: PageArgs,
): Promise<Connection<EventRow>> {
  const page = parsePage(args, context.config.limits, 1);
  const key = (field: 'after' | 'before') => {
    const [position] = page[field] ?? [null];
    if (position === null || Number.isSafeInteger(position)) return position as number | null;
    throw new InvalidInputError(field, args[field], 'give a cursor as this field returned it');
  };
  const rows = await selectEventPage(context.db, selection, { page, after: key('after'), before: key('before') });
  return toConnection(rows, page, (row) => [row.position]);
}

/** The events with these keys (plant:position) that the caller may see; null for the others. */
export async function findEvents(context: Context, keys: readonly string[]): Promise<(EventRow | null)[]> {
  const wanted = keys.map((key) => {
    const [plantId = '', position = ''] = key.split(':');
    return context.rights.plantIds.includes(plantId) && /^[0-9]{1,16}$/.test(position)
      ? { plantId, position: Number(position) }
      : null;
  });
  const known = wanted.filter((key) => key !== null);
  const rows = known.length === 0 ? [] : await selectEventsByKey(context.db, known);
  const byKey = new Map(rows.map((row) => [`${row.plant_id}:${row.position}`, row]));
  return wanted.map((key) => (key ? (byKey.get(`${key.plantId}:${key.position}`) ?? null) : null));
}

/** What the one who caused the event is called: a person, a machine's token, or the server itself. */
export async function actorName(context: Context, event: Pick<EventRow, 'actor_id'>): Promise<string> {
  if (event.actor_id === null) return 'Lehr';
  const loader = context.loader<string, string>('actor names', async (ids) => {
    const names = new Map((await selectActorNames(context.db, ids)).map(({ id, name }) => [id, name]));
    return ids.map((id) => names.get(id) ?? 'unknown');
  });
  return loader.load(event.actor_id);
}

/** The events of a plant as a lossless stream. */
export function eventSource(db: Db): StreamSource<EventRow> {
  return { read: (plantId, afterPosition, limit) => selectEventsAfter(db, plantId, afterPosition, limit) };
}

/** Heads of streams of every kind, for the hub. */
export function streamHeads(db: Db): ReadHeads {
  return (keys) => selectStreamHeads(db, keys);
}
