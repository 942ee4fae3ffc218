/** The alarms that nobody reports, because only the server sees enough: reject rates of lines and image statistics of cameras. */

import type { Db } from '../../../database/database.ts';
import { act } from '../../../kit/act.ts';
import type { Context, Services } from '../../../kit/context.ts';
import { cameraSetups } from '../camera-setups/camera-setups.service.ts';
import {
  type CameraMedianRow,
  selectCameraMedians,
  selectConditionChanges,
  selectLiveLines,
  selectSubgroups,
} from './evaluation.queries.ts';
import { distanceFromBands } from './image-bands.ts';
import { type Observation, observeConditions } from './observe-conditions.service.ts';
import { judgeRejectRate, type RejectRateJudgement } from './reject-rate.ts';

const MINUTE_MS = 60_000;
/** One subgroup of the chart of reject rates; fixed by the clock, so that each is judged by the same parts whoever looks. */
export const SUBGROUP_MS = 5 * MINUTE_MS;
const HISTORY_MS = 48 * 60 * MINUTE_MS;
/** Newest subgroups of the history: a day of production. */
const HISTORY_SUBGROUPS = 288;
/** Results of a window that are still under way when it ends. */
const LATENESS_MS = 15_000;
/** Fewer images have no median to speak of. */
export const LEAST_IMAGES = 10;

/** Judges what has been produced in the windows that have ended by now; the same windows give the same answer however often. */
export async function evaluateAlarms(services: Pick<Services, 'db' | 'hub' | 'now'>): Promise<void> {
  const { db, now } = services;
  const at = now();
  const from = new Date(at.getTime() - LATENESS_MS - 2 * SUBGROUP_MS);
  const lines = Map.groupBy(await selectLiveLines(db, from, at), (line) => line.plant_id);
  for (const [plantId, own] of lines) {
    const lineIds = own.map(({ id }) => id);
    const observations = [...(await rejectRates(db, lineIds, at)), ...(await imageStatistics(db, lineIds, at))];
    await act(services, (scope) => observeConditions(scope, plantId, observations));
  }
}

/** The chart of a line now; says why there is none. */
export function judgeLine(context: Context, lineId: string): Promise<RejectRateJudgement> {
  const loader = context.loader<string, RejectRateJudgement>('reject rate charts', async (lineIds) => {
    const judged = await judgeLines(context.db, lineIds, windowEnd(context.now(), SUBGROUP_MS));
    const none: RejectRateJudgement = { kind: 'unknown', reason: 'no parts in the last two days' };
    return lineIds.map((id) => judged.get(id)?.judgement ?? none);
  });
  return loader.load(lineId);
}

async function rejectRates(db: Db, lineIds: readonly string[], now: Date): Promise<Observation[]> {
  const to = windowEnd(now, SUBGROUP_MS);
  const judged = await judgeLines(db, lineIds, to);
  return [...judged].flatMap(([lineId, { judgement, endsAt }]): Observation[] => {
    // A line that stands, or hardly runs, says nothing new.
    if (endsAt.getTime() !== to.getTime() || judgement.kind === 'thin' || judgement.kind === 'between') return [];
    const source = { kind: 'line' as const, id: lineId };
    const known = { type: 'REJECT_RATE_OUT_OF_LIMITS' as const, source, at: to };
    // Without limits nothing is out of them: a line that makes another product, or stays so for two days, begins anew.
    if ('reason' in judgement) return [{ ...known, state: 'clear', data: {} }];
    const { chart, rate, newest } = judgement;
    const data = { rate, parts: newest.parts, rejects: newest.rejects, ...chart, to: to.toISOString() };
    return [{ ...known, state: judgement.kind === 'out' ? 'active' : 'clear', data }];
  });
}

interface JudgedLine {
  judgement: RejectRateJudgement;
  /** Of the newest subgroup with parts. */
  endsAt: Date;
}

async function judgeLines(db: Db, lineIds: readonly string[], to: Date): Promise<Map<string, JudgedLine>> {
  const from = new Date(to.getTime() - HISTORY_MS);
  const rows = await selectSubgroups(db, lineIds, { from, to, windowMs: SUBGROUP_MS });
  const changes = await selectConditionChanges(db, 'REJECT_RATE_OUT_OF_LIMITS', lineIds, from);
  const changesOf = Map.groupBy(changes, (change) => change.source_id);
  const judged = new Map<string, JudgedLine>();
  for (const [lineId, subgroups] of Map.groupBy(rows, (row) => row.line_id)) {
    const newest = subgroups.at(-1);
    if (!newest) continue;
    // A fault that lasts does not become usual: what it was alarmed for is no history.
    const faults = faultTimes(changesOf.get(lineId) ?? []);
    const history = subgroups.slice(0, -1).filter(({ begins }) => {
      const [begin, end] = [begins.getTime(), begins.getTime() + SUBGROUP_MS];
      return !faults.some((fault) => end >= fault.from && begin < fault.to);
    });
    const judgement = judgeRejectRate(history.slice(-HISTORY_SUBGROUPS), newest);
    judged.set(lineId, { judgement, endsAt: new Date(newest.begins.getTime() + SUBGROUP_MS) });
  }
  return judged;
}

/** From each raising to what ended it, or to no end. */
function faultTimes(changes: readonly { kind: string; at: Date }[]): { from: number; to: number }[] {
  const faults: { from: number; to: number }[] = [];
  for (const { kind, at } of changes) {
    const open = faults.at(-1);
    if (kind === 'alarm.raised') faults.push({ from: at.getTime(), to: Number.POSITIVE_INFINITY });
    else if (open?.to === Number.POSITIVE_INFINITY) open.to = at.getTime();
  }
  return faults;
}

async function imageStatistics(db: Db, lineIds: readonly string[], now: Date): Promise<Observation[]> {
  const to = windowEnd(now, MINUTE_MS);
  const medians = await selectCameraMedians(db, lineIds, new Date(to.getTime() - MINUTE_MS), to);
  const enough = medians.filter(({ images }) => images >= LEAST_IMAGES);
  // What most images of the minute were made with speaks for the camera.
  const byCamera = new Map(enough.toReversed().map((row) => [row.camera_id, row]));
  const setups = Map.groupBy(await cameraSetups(db, [...byCamera.keys()]), (setup) => setup.camera_id);
  return [...byCamera].flatMap(([cameraId, row]): Observation[] => {
    const own = setups.get(cameraId) ?? [];
    const setup =
      own.find((each) => each.recipe_code !== null && each.recipe_code === row.recipe_code) ??
      own.find((each) => each.recipe_code === null);
    if (!setup) return [];
    const { ratio, ...worst } = distanceFromBands(statisticsOf(row), setup.bands);
    const source = { kind: 'camera' as const, id: cameraId };
    const data = { ...worst, images: row.images, recipeCode: row.recipe_code };
    return [{ type: 'IMAGE_STATISTICS_OUT_OF_BAND', source, state: { ratio }, at: to, data }];
  });
}

function statisticsOf({ brightness, contrast, colour_cast: colourCast, sharpness }: CameraMedianRow) {
  return { brightness, contrast, colourCast, sharpness };
}

/** The newest window of the clock that has ended, with its late results. */
function windowEnd(now: Date, windowMs: number): Date {
  return new Date(Math.floor((now.getTime() - LATENESS_MS) / windowMs) * windowMs);
}
