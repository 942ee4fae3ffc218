/** What an operator's screen shows of a line at one moment, put together from the modules that know the parts. */
import type { Context } from '../../../kit/context.ts';
import { loadOptionalPart, loadPart, loadPartsOf } from '../../plant/parts/plants.service.ts';
import type { EdgeNodeRow, LineRow } from '../../plant/parts/plants.table.ts';
import {
  countInspections,
  lastReject,
  minuteStats,
  type ReadInspection,
  recentInspections,
  type StatsRow,
} from '../inspections/inspections.service.ts';

/** What a picture is of. */
export interface WatchedLine {
  lineId: string;
}

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
/** Places of the strip on the screen. */
const RECENT = 40;

export function watchedLine(context: Context, { lineId }: WatchedLine): Promise<LineRow> {
  return loadPart(context, 'line', lineId);
}

/** Counts by minute over the last 60 minutes with the one that runs, oldest first; empty minutes are absent. */
export function lastHour(context: Context, { lineId }: WatchedLine): Promise<StatsRow[]> {
  const loader = context.loader<string, StatsRow[]>('last hour of a line', (lineIds) => {
    const to = new Date((Math.floor(context.now().getTime() / MINUTE_MS) + 1) * MINUTE_MS);
    const from = new Date(to.getTime() - HOUR_MINUTES * MINUTE_MS);
    return Promise.all(lineIds.map((id) => minuteStats(context.db, id, from, to)));
  });
  return loader.load(lineId);
}

/** The sum of the last hour; its bucket is the hour's begin. */
export async function hourTotal(context: Context, line: WatchedLine): Promise<StatsRow> {
  const minutes = await lastHour(context, line);
  const begin = (Math.floor(context.now().getTime() / MINUTE_MS) + 1 - HOUR_MINUTES) * MINUTE_MS;
  const total: StatsRow = { bucket: new Date(begin), pass: 0, reject: 0, uncertain: 0 };
  for (const { pass, reject, uncertain } of minutes) {
    total.pass += pass;
    total.reject += reject;
    total.uncertain += uncertain;
  }
  return total;
}

/** Parts captured over the last 60 s. */
export function ratePerMin(context: Context, { lineId }: WatchedLine): Promise<number> {
  const now = context.now();
  return countInspections(context.db, lineId, new Date(now.getTime() - MINUTE_MS), now);
}

/** Newest last. */
export function recentOfLine(context: Context, { lineId }: WatchedLine): Promise<ReadInspection[]> {
  return recentInspections(context.db, lineId, RECENT, context.now());
}

export function lastRejectOfLine(context: Context, { lineId }: WatchedLine): Promise<ReadInspection | null> {
  return lastReject(context.db, lineId);
}

/** The nodes that serve the line's stations, by code. */
export async function nodesOfLine(context: Context, { lineId }: WatchedLine): Promise<EdgeNodeRow[]> {
  const stations = await loadPartsOf(context, 'station', 'line_id', lineId);
  const ids = [...new Set(stations.map((station) => station.edge_node_id))];
  const nodes = await Promise.all(ids.map((id) => loadOptionalPart(context, 'edge_node', id)));
  return nodes.filter((node) => node !== null).sort((a, b) => (a.code < b.code ? -1 : 1));
}
