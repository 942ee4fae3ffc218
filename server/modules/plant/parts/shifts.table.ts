/** The plant's shifts; times and dates are those of the plant's own clock and calendar. */
import type { Selectable } from 'kysely';
import type { Defaulted } from '../../../database/column-types.ts';

export interface ShiftTable {
  id: string;
  plant_id: string;
  code: string;
  name: string;
  /** "06:00" */
  starts_at: string;
  /** By the wall clock: the shift from 22:00 with 480 ends at 06:00 also in the night when clocks change. */
  duration_min: number;
  /** RFC 5545, 3.3.10: the days on which it begins. */
  recurrence: string;
  /** First and last day on which it may begin, "2026-01-31"; null: without end. */
  valid_from: string;
  valid_to: string | null;
  /** Days on which it does not begin although the recurrence says so. */
  except_dates: string[];
  /** Days on which it begins although the recurrence does not say so. */
  extra_dates: string[];
  created_at: Date;
  /** What it was before stays in the statistics. */
  retired_at: Defaulted<Date | null>;
}

export interface ShiftsTables {
  shift: ShiftTable;
}

export type ShiftRow = Selectable<ShiftTable>;
