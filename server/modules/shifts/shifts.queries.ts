/** Every SQL statement of the shifts module that is not one of `kit/table-rows.ts`: rows in, rows out, no rules. */
import type { Db } from '../../database/database.ts';
import type { ShiftRow } from './shifts.table.ts';

/** Of one plant, retired ones too, by code. */
export function selectShiftsOfPlant(db: Db, plantId: string): Promise<ShiftRow[]> {
  return db.selectFrom('shift').selectAll().where('plant_id', '=', plantId).orderBy('code').execute();
}
