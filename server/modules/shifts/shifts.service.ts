/** The shifts module's door for others. */
import type { Db } from '../../database/database.ts';
import { selectShiftsOfPlant } from './shifts.queries.ts';
import type { ShiftRow } from './shifts.table.ts';

/** Every shift that the plant has or had, by code: retired ones count for the time before (see `shiftIntervals`). */
export function plantShifts(db: Db, plantId: string): Promise<ShiftRow[]> {
  return selectShiftsOfPlant(db, plantId);
}
