/** The inspections module's door for reading: what others need of inspections, and what a caller may see of them. */
import type { Db } from '../../../database/database.ts';
import { captureTimeMs } from '../../../kit/capture-time.ts';
import type { Context } from '../../../kit/context.ts';
import { type Connection, type PageArgs, toConnection } from '../../../kit/page.ts';
import { parseTimePage, timeCursor } from '../../../kit/time-page.ts';
import type { StreamSource } from '../../../live/stream-source.ts';
import type { InspectionSelection } from './inspection-selection.ts';
import {
  countCaptured,
  type InspectionKey,
  type ReadInspection,
  selectByPosition,
  selectCaptureBounds,
  selectDefects,
  selectExportPage,
  selectInspectionPage,
  selectInspectionsByKey,
  selectNewest,
  selectNextPosition,
} from './inspections.queries.ts';
import type { InspectionDefectRow } from './inspections.table.ts';
import { createSharedDefects } from './shared-defects.ts';
import { type StatsRow, selectLastRejectMinute, selectMinuteStats } from './stats.queries.ts';

export type { ReadInspection } from './inspections.queries.ts';
export type { StatsRow } from './stats.queries.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Live readers look at the newest days first; what an outbox brings later is found by the second look. */
const LIVE_DAYS = 2;

/** Who reads: nothing but the plants of the caller counts. */
interface Reader {
  db: Db;
  rights: { plantIds: readonly string[] };
}

/** A page of what the caller may see, newest capture first. */
export async function listInspections(
  context: Reader & { config: { limits: { pageSize: number; maxPageSize: number } } },
  selection: Omit<InspectionSelection, 'plantIds'> & { plantId: string | null },
  args: PageArgs,
): Promise<Connection<ReadInspection>> {
  const time = parseTimePage(args, context.config.limits);
  const { plantId } = selection;
  const plantIds = context.rights.plantIds.filter((id) => plantId === null || id === plantId);
  const rows = plantIds.length === 0 ? [] : await selectInspectionPage(context.db, { ...selection, plantIds }, time);
  return toConnection(rows, time.page, (row) => timeCursor({ at: row.captured_at, id: row.id }));
}

/** The inspections with these keys (plant:id) that the caller may see; null for the others. One id has one place in the partitions. */
export async function findInspections(context: Reader, keys: readonly string[]): Promise<(ReadInspection | null)[]> {
  const wanted = keys.map((key): InspectionKey | null => {
    const [plantId = '', id = ''] = key.split(':');
    const capturedAtMs = captureTimeMs(id);
    if (capturedAtMs === undefined || !context.rights.plantIds.includes(plantId)) return null;
    return { plant_id: plantId, captured_at: new Date(capturedAtMs), id };
  });
  const known = wanted.filter((key) => key !== null);
  const rows = known.length === 0 ? [] : await selectInspectionsByKey(context.db, known);
  const byKey = new Map(rows.map((row) => [`${row.plant_id}:${row.id}`, row]));
  return keys.map((key) => byKey.get(key) ?? null);
}

/** Of the rows that live readers share. */
const streamDefects = createSharedDefects<ReadInspection>();

/** Its defects in the order reported: one statement for all inspections of an execution, or of a read of the line's stream. */
export async function loadDefects(context: Context, inspection: ReadInspection): Promise<InspectionDefectRow[]> {
  if (inspection.defect_count === 0) return [];
  const shared = streamDefects.find(inspection);
  if (shared) return shared;
  const loader = context.loader<ReadInspection, InspectionDefectRow[]>('inspection defects', async (inspections) => {
    const rows = Map.groupBy(
      await selectDefects(context.db, inspections),
      (row) => `${row.plant_id}:${row.inspection_id}`,
    );
    return inspections.map((each) => rows.get(`${each.plant_id}:${each.id}`) ?? []);
  });
  return loader.load(inspection);
}

/** Inspections of a line as a lossless stream. */
export function inspectionSource(db: Db, now: () => Date): StreamSource<ReadInspection> {
  return {
    async read(lineId, afterPosition, limit) {
      // Asked first, so that every row below it is there to be read.
      const nextPosition = await selectNextPosition(db, lineId);
      if (nextPosition === undefined || nextPosition <= afterPosition + 1) return [];
      const expected = Math.min(limit, nextPosition - 1 - afterPosition);

      const since = new Date(now().getTime() - LIVE_DAYS * DAY_MS);
      const recent = await selectByPosition(db, lineId, afterPosition, limit, since);
      // Positions are dense: as many rows as expected, the last where it should be, are all rows.
      const isWhole = recent.length >= expected && recent.at(-1)?.position === afterPosition + recent.length;
      const rows = isWhole ? recent : await selectByPosition(db, lineId, afterPosition, limit, null);
      streamDefects.remember(rows, (withDefects) => selectDefects(db, withDefects));
      return rows;
    },
  };
}

/** The line's newest captures, oldest first. */
export async function recentInspections(db: Db, lineId: string, limit: number, now: Date): Promise<ReadInspection[]> {
  const from = new Date(now.getTime() - LIVE_DAYS * DAY_MS);
  const to = new Date(now.getTime() + DAY_MS);
  const recent = await selectNewest(db, lineId, { from, to, verdict: null }, limit);
  if (recent.length < limit) {
    const older = await selectNewest(db, lineId, { from: null, to: from, verdict: null }, limit - recent.length);
    recent.push(...older);
  }
  return recent.reverse();
}

/** The line's newest reject, found through the rollup, so that rare rejects cost no long walk. */
export async function lastReject(db: Db, lineId: string): Promise<ReadInspection | null> {
  const minute = await selectLastRejectMinute(db, lineId);
  if (!minute) return null;
  const range = { from: minute, to: new Date(minute.getTime() + MINUTE_MS), verdict: 'reject' as const };
  const [newest] = await selectNewest(db, lineId, range, 1);
  return newest ?? null;
}

/** Counts of a line by minute for the minutes that begin in [from, to); empty minutes are absent. */
export function minuteStats(db: Db, lineId: string, from: Date, to: Date): Promise<StatsRow[]> {
  return selectMinuteStats(db, lineId, from, to);
}

/** How many parts were captured on the line in [from, to). */
export function countInspections(db: Db, lineId: string, from: Date, to: Date): Promise<number> {
  return countCaptured(db, lineId, from, to);
}

/** Whether anything was ever recorded in the plant, kept or not: positions are not given back. */
export async function hasInspections(db: Db, plantId: string): Promise<boolean> {
  const stream = await db
    .selectFrom('stream')
    .select('id')
    .where('plant_id', '=', plantId)
    .where('kind', '=', 'inspection')
    .where('next_position', '>', 1)
    .limit(1)
    .executeTakeFirst();
  return stream !== undefined;
}

/** A page of a plant's rows below the given positions of their lines, each with its defects, in the order of capture. */
export async function readExportPage(
  db: Db,
  selection: InspectionSelection,
  heads: Readonly<Record<string, number>>,
  after: { at: Date; id: string } | undefined,
  limit: number,
): Promise<(ReadInspection & { defects: InspectionDefectRow[] })[]> {
  const rows = await selectExportPage(db, selection, heads, after, limit);
  const withDefects = rows.filter((row) => row.defect_count > 0);
  const defects = withDefects.length === 0 ? [] : await selectDefects(db, withDefects);
  const byInspection = Map.groupBy(defects, (defect) => defect.inspection_id);
  return rows.map((row) => ({ ...row, defects: byInspection.get(row.id) ?? [] }));
}

/** First and last capture of the plant. */
export function capturedBetween(db: Db, plantId: string): Promise<{ from: Date; to: Date } | undefined> {
  return selectCaptureBounds(db, plantId);
}
