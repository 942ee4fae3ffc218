/** Answers what is asked of the counts: says whose lines and what time are meant, and refuses what would be too much before it is done. */
import type { Context } from '../../../kit/context.ts';
import { InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { findPart, loadPart } from '../../plant/parts/plants.service.ts';
import type { PlantRow } from '../../plant/parts/plants.table.ts';
import type { ShiftRow } from '../../plant/parts/shifts.table.ts';
import { mostShiftDays, shiftIntervals } from '../../plant/shifts/shift-intervals.ts';
import { plantShifts } from '../../plant/shifts/shifts.service.ts';
import type { StatsRow } from '../inspections/inspections.service.ts';
import { findProduction } from '../production-runs/production-runs.service.ts';
import { shiftRanges } from './shift-ranges.ts';
import { selectBounds, selectCounts, selectLineIds } from './statistics.queries.ts';
import type { BucketName, StatsQuestion, StatsRange } from './stats-question.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const bucketMs: Record<BucketName, number> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };

type Told = 'stationId' | 'cameraId' | 'defectClass' | 'batchCode' | 'productCode' | 'jobId' | 'modelVersionId';

/** What a caller asks, ids as keys. */
export interface AskedStats extends Pick<StatsQuestion, Told | 'bucket' | 'groupBy'> {
  plantId: string | null;
  lineIds: readonly string[];
  shiftId: string | null;
  /** null: from the first, or to the last, that was counted. */
  from: Date | null;
  to: Date | null;
}

/**
 * Counts by bucket and group, oldest first. Throws `NotFoundError` for what the caller may not see and `InvalidInputError` for
 * what makes no sense or is more than `statsBuckets` rows.
 */
export async function askStats(context: Context, asked: AskedStats): Promise<StatsRow[]> {
  const { plant, lineIds } = await placeOf(context, asked);
  if (lineIds.length === 0) return [];
  const time = await timeOf(context, asked, lineIds);
  if (!time) return [];
  const { statsBuckets } = context.config.limits;
  refuseTooMany(asked, time, statsBuckets);

  const shifts = await shiftsFor(context, asked, plant);
  const ranges = shifts ? rangesOf(asked, plant, shifts, time) : [{ ...time, shiftId: null }];
  if (ranges.length === 0) return [];
  if (ranges.length * lineIds.length > statsBuckets) {
    const value = `${ranges.length} shifts on ${lineIds.length} lines`;
    throw new InvalidInputError('filter.from', value, `ask for at most ${statsBuckets}: a shorter time or fewer lines`);
  }
  const question: StatsQuestion = { ...asked, plantId: plant.id, timeZone: plant.time_zone, lineIds, ranges };
  const rows = await selectCounts(context.db, question, statsBuckets + 1);
  if (rows.length > statsBuckets)
    throw new InvalidInputError(
      'groupBy',
      asked.groupBy.join(', '),
      `ask for at most ${statsBuckets} rows: a shorter time, longer buckets or fewer groups`,
    );
  if (!shifts || !asked.groupBy.includes('shift')) return rows;
  const byId = new Map(shifts.map((shift) => [shift.id, shift]));
  return rows.map((row) => ({ ...row, shift: byId.get(row.shift_id ?? '') ?? null }));
}

/** The plant whose clocks count, and the lines; all of one plant. */
async function placeOf(context: Context, asked: AskedStats): Promise<{ plant: PlantRow; lineIds: readonly string[] }> {
  const { statsLines } = context.config.limits;
  if (asked.lineIds.length > statsLines)
    throw new InvalidInputError('filter.lineIds', `${asked.lineIds.length} lines`, `give at most ${statsLines}`);
  const lines = await Promise.all(
    [...new Set(asked.lineIds)].map(async (id) => {
      const line = await findPart(context, 'line', id);
      if (!line) throw new NotFoundError('filter.lineId', encodeGlobalId('Line', id));
      return line;
    }),
  );
  if (asked.jobId && lines.length === 0) {
    const [job] = await findProduction(context, 'job', [asked.jobId]);
    if (!job) throw new NotFoundError('filter.jobId', encodeGlobalId('Job', asked.jobId));
    const plant = await loadPart(context, 'plant', job.plant_id);
    refuseOtherPlant(asked, plant.id);
    return { plant, lineIds: [job.line_id] };
  }
  const plantId = asked.plantId ?? lines[0]?.plant_id;
  if (plantId === undefined)
    throw new InvalidInputError('filter', null, 'name a plant (plantId), lines (lineId, lineIds) or a job (jobId)');
  const plant = await findPart(context, 'plant', plantId);
  if (!plant) throw new NotFoundError('filter.plantId', encodeGlobalId('Plant', plantId));
  const stranger = lines.find((line) => line.plant_id !== plantId);
  if (stranger) {
    const value = encodeGlobalId('Line', stranger.id);
    throw new InvalidInputError('filter.lineIds', value, 'give lines of one plant: hours and days begin by its clocks');
  }
  return { plant, lineIds: lines.length > 0 ? lines.map(({ id }) => id) : await selectLineIds(context.db, plantId) };
}

function refuseOtherPlant({ plantId }: AskedStats, jobsPlantId: string): void {
  if (plantId !== null && plantId !== jobsPlantId)
    throw new NotFoundError('filter.plantId', encodeGlobalId('Plant', plantId));
}

/** Whole minutes; undefined when a bound was left out and nothing was ever counted. */
async function timeOf(
  { db }: Context,
  { from, to, jobId }: AskedStats,
  lineIds: readonly string[],
): Promise<{ from: Date; to: Date } | undefined> {
  const bounds = from && to ? undefined : await selectBounds(db, lineIds, jobId);
  if (!(from && to) && !bounds) return undefined;
  const time = {
    from: new Date(Math.floor(((from ?? bounds?.from)?.getTime() ?? 0) / MINUTE_MS) * MINUTE_MS),
    to: new Date(Math.ceil(((to ?? bounds?.to)?.getTime() ?? 0) / MINUTE_MS) * MINUTE_MS),
  };
  if (time.from < time.to && (!from || !to || from < to)) return time;
  if (!from || !to) return undefined;
  throw new InvalidInputError('filter.to', to.toISOString(), `give a time after filter.from (${from.toISOString()})`);
}

function refuseTooMany({ bucket, groupBy, shiftId }: AskedStats, { from, to }: { from: Date; to: Date }, most: number) {
  const lastedMs = to.getTime() - from.getTime();
  if (bucket !== null && lastedMs / bucketMs[bucket] > most)
    throw new InvalidInputError(
      'filter.from',
      from.toISOString(),
      `ask for at most ${most} buckets: a shorter range or longer buckets`,
    );
  if ((groupBy.includes('shift') || shiftId !== null) && lastedMs > mostShiftDays * DAY_MS)
    throw new InvalidInputError('filter.from', from.toISOString(), `ask for shifts of at most ${mostShiftDays} days`);
}

/** The plant's shifts where the question is about shifts; null where it is not. */
async function shiftsFor(context: Context, asked: AskedStats, plant: PlantRow): Promise<ShiftRow[] | null> {
  if (asked.shiftId === null && !asked.groupBy.includes('shift')) return null;
  const shifts = await plantShifts(context.db, plant.id);
  if (asked.shiftId !== null && !shifts.some(({ id }) => id === asked.shiftId))
    throw new NotFoundError('filter.shiftId', encodeGlobalId('Shift', asked.shiftId));
  return shifts;
}

function rangesOf(
  { shiftId }: AskedStats,
  plant: PlantRow,
  shifts: readonly ShiftRow[],
  { from, to }: { from: Date; to: Date },
): StatsRange[] {
  const ranges = shiftRanges(shiftIntervals(shifts, plant.time_zone, from, to), from, to);
  return shiftId === null ? ranges : ranges.filter((range) => range.shiftId === shiftId);
}
