/** Every SQL statement of the shifts module that is not one of `kit/table-rows.ts`: rows in, rows out, no rules. */
import { sql } from 'kysely';
import type { Db, Trx } from '../../../database/database.ts';
import type { ShiftRow } from '../parts/shifts.table.ts';

/** Of one plant, retired ones too, by code. */
export function selectShiftsOfPlant(db: Db, plantId: string): Promise<ShiftRow[]> {
  return db.selectFrom('shift').selectAll().where('plant_id', '=', plantId).orderBy('code').execute();
}

/** One writer of a plant's shifts at a time, until the transaction ends. The plant's row is no place for it: all who add parts share that. */
export async function lockShiftsOf(trx: Trx, plantId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`shifts of ${plantId}`}, 0))`.execute(trx);
}

export async function selectTimeZone(db: Db, plantId: string): Promise<string> {
  const row = await db.selectFrom('plant').select('time_zone').where('id', '=', plantId).executeTakeFirstOrThrow();
  return row.time_zone;
}
