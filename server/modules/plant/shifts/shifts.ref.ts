/** The shift by name, so that other modules can point to it. */
import { builder } from '../../../kit/builder.ts';
import type { ShiftRow } from '../parts/shifts.table.ts';

export const ShiftRef = builder.objectRef<ShiftRow>('Shift');
