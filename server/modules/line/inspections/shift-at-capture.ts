/**
 * The shift that ran when an image was captured, by the plant's calendar as it stands when the result is recorded. Result and version of
 * the calendar are stored together and never found anew: what was recorded stays when the calendar changes.
 */
import type { Db } from '../../../database/database.ts';
import type { PlantCalendar } from '../../plant/shifts/plant-calendar.ts';
import { loadPlantCalendar } from '../../plant/shifts/shifts.service.ts';
import type { IngestScope } from './ingest.queries.ts';
import { ingestCache, PLACE_TRUST_MS } from './ingest-cache.ts';

/** As it was a few seconds ago at the most. */
export async function calendarOf(db: Db, { plantId, receivedAt }: IngestScope): Promise<PlantCalendar> {
  const { calendars } = ingestCache(db);
  const nowMs = receivedAt.getTime();
  const known = calendars.get(plantId);
  if (known && nowMs - known.readAtMs < PLACE_TRUST_MS) return known.calendar;
  const read = await loadPlantCalendar(db, plantId);
  // the same calendar has looked up its days already
  const calendar = known?.calendar.version === read.version ? known.calendar : read;
  calendars.set(plantId, { calendar, readAtMs: nowMs });
  return calendar;
}

export function shiftValues(calendar: PlantCalendar, capturedAtMs: number) {
  return { shift: calendar.shiftAt(capturedAtMs), shiftCalendar: calendar.version };
}
