/** The shifts of a plant: set up without overlap, asked for by others as rows, and the one that runs now. */
import type { Db, Trx } from '../../../database/database.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError } from '../../../kit/errors.ts';
import { newId } from '../../../kit/ids.ts';
import { loadByParent } from '../../../kit/load-rows.ts';
import { selectRowsIn } from '../../../kit/table-rows.ts';
import { reinstatePart, updatePart } from '../parts/change-parts.service.ts';
import { insertPart, parentOf } from '../parts/create-parts.service.ts';
import { checkCode, checkName } from '../parts/plant-model-rules.ts';
import type { ShiftRow } from '../parts/shifts.table.ts';
import { given } from '../parts/update-parts.service.ts';
import { checkShift } from './check-shift.ts';
import { compareShifts } from './find-overlaps.ts';
import { type PlantCalendar, plantCalendar } from './plant-calendar.ts';
import { shiftIntervals } from './shift-intervals.ts';
import { lockShiftsOf, selectShiftsOfPlant, selectTimeZone } from './shifts.queries.ts';

type Maybe<T> = T | null | undefined;

/** Every shift that the plant has or had, by code: retired ones count for the time before (see `shiftIntervals`). */
export function plantShifts(db: Db, plantId: string): Promise<ShiftRow[]> {
  return selectShiftsOfPlant(db, plantId);
}

/** The plant's calendar as it stands. */
export async function loadPlantCalendar(db: Db, plantId: string): Promise<PlantCalendar> {
  const [shifts, timeZone] = [await selectShiftsOfPlant(db, plantId), await selectTimeZone(db, plantId)];
  return plantCalendar(shifts, timeZone);
}

export interface CreateShift {
  plantId: string;
  code: string;
  name: string;
  startsAt: string;
  durationMin: number;
  recurrence: string;
  validFrom: string;
  validTo?: Maybe<string>;
  exceptDates?: Maybe<readonly string[]>;
  extraDates?: Maybe<readonly string[]>;
}

export async function createShift(context: Context, input: CreateShift): Promise<ShiftRow> {
  const plant = await parentOf(context, 'plant', input.plantId, 'input.plantId');
  const row: ShiftRow = checkShift({
    id: newId(),
    plant_id: plant.id,
    code: checkCode(input.code),
    name: checkName(input.name),
    starts_at: input.startsAt,
    duration_min: input.durationMin,
    recurrence: input.recurrence,
    valid_from: input.validFrom,
    valid_to: input.validTo ?? null,
    except_dates: [...(input.exceptDates ?? [])],
    extra_dates: [...(input.extraDates ?? [])],
    created_at: context.now(),
    retired_at: null,
  });
  return insertPart(context, 'shift', row, plant.id, input.code, (trx) => refuseOverlap(context, trx, row));
}

export type UpdateShift = { id: string } & {
  [Field in keyof Omit<CreateShift, 'plantId' | 'code'>]?: Maybe<CreateShift[Field]>;
};

/** Counts for the past, too: to keep what was, end the shift by `validTo` and make another one. */
export function updateShift(context: Context, input: UpdateShift): Promise<ShiftRow> {
  const days = (field: 'exceptDates' | 'extraDates') => {
    const list = input[field];
    return list === undefined ? undefined : [...new Set(list ?? [])].sort();
  };
  const name = given('name', input.name);
  const wanted = {
    name: name === undefined ? undefined : checkName(name),
    starts_at: given('startsAt', input.startsAt),
    duration_min: given('durationMin', input.durationMin),
    recurrence: given('recurrence', input.recurrence),
    valid_from: given('validFrom', input.validFrom),
    valid_to: input.validTo,
    except_dates: days('exceptDates'),
    extra_dates: days('extraDates'),
  };
  return updatePart(context, 'shift', input.id, wanted, (trx, _before, after) => {
    checkShift(after);
    return refuseOverlap(context, trx, after);
  });
}

export const reinstateShift: typeof reinstatePart<'shift'> = (context, table, id) =>
  reinstatePart(context, table, id, (trx, _before, after) => refuseOverlap(context, trx, after));

/** The remedy for a calendar that cannot be compared in time. */
export function tooLongToCompare(limitMs: number): string {
  return `the shifts of the plant cannot be compared within ${limitMs} ms (LEHR_LIMIT_SHIFT_CHECK_MS): give fewer shifts, or the same first day`;
}

/** Holds the plant's shifts, so that two made at once cannot overlap. Throws `ConflictError`. */
async function refuseOverlap(context: Context, trx: Trx, shift: ShiftRow): Promise<void> {
  await lockShiftsOf(trx, shift.plant_id);
  const all = await selectShiftsOfPlant(trx, shift.plant_id);
  const others = all.filter((other) => other.id !== shift.id && other.retired_at === null);
  const most = context.config.limits.shifts;
  if (others.length >= most)
    throw new ConflictError(
      'input.plantId',
      `${others.length + 1} shifts`,
      `retire one first: a plant has at most ${most}`,
    );
  const timeZone = await selectTimeZone(trx, shift.plant_id);
  const { shiftCheckMs } = context.config.limits;
  const found = await compareShifts({ asked: [shift], others, timeZone, now: context.now() }, shiftCheckMs);
  if (found === 'too-long')
    throw new ConflictError('input.recurrence', shift.recurrence, tooLongToCompare(shiftCheckMs));
  const [overlap] = found;
  if (!overlap) return;
  const other = others.find(({ id }) => id === overlap.otherId)?.code ?? shift.code;
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(overlap.at);
  throw new ConflictError(
    'input.startsAt',
    shift.starts_at,
    `it would run at the same time as the shift ${other} on ${day}: change its start, duration or days`,
  );
}

/** The shift in use that runs now, or null between shifts. */
export async function currentShift(context: Context, plant: { id: string; time_zone: string }) {
  const shifts = await loadShifts(context, plant.id);
  const now = context.now();
  const [run] = shiftIntervals(shifts, plant.time_zone, now, new Date(now.getTime() + 1));
  return shifts.find(({ id }) => id === run?.shiftId) ?? null;
}

export interface ShiftRun {
  shift: ShiftRow;
  from: Date;
  to: Date;
}

/** When the plant's shifts run in the next days, as its calendar says now. */
export async function nextShiftRuns(context: Context, plant: { id: string; time_zone: string }, days: number) {
  const shifts = await loadShifts(context, plant.id);
  const byId = new Map(shifts.map((shift) => [shift.id, shift]));
  const now = context.now();
  return shiftIntervals(shifts, plant.time_zone, now, new Date(now.getTime() + days * 86_400_000)).flatMap(
    ({ shiftId, from, to }): ShiftRun[] => {
      const shift = byId.get(shiftId);
      return shift ? [{ shift, from, to }] : [];
    },
  );
}

/** Of a plant, by code; those in use, unless all are asked for. */
export async function loadShifts(context: Context, plantId: string, includeRetired = false): Promise<ShiftRow[]> {
  const select = (ids: readonly string[]) => selectRowsIn(context.db, 'shift', 'plant_id', ids, ['code']);
  const rows = await loadByParent(context, 'shift by plant', plantId, select, (row) => row.plant_id);
  return includeRetired ? rows : rows.filter((row) => row.retired_at === null);
}
