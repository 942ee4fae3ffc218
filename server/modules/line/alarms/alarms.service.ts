/** Reads alarms for the API: what the caller may see, in the order in which an operator has to look at it. */
import { READERS, requireRole } from '../../../kit/access.ts';
import type { Context } from '../../../kit/context.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { isUuid } from '../../../kit/ids.ts';
import { loadById, loadByParent } from '../../../kit/load-rows.ts';
import { type Connection, type CursorPart, type PageArgs, parsePage, toConnection } from '../../../kit/page.ts';
import { type AlarmType, definitionIn, type PlantDefinition } from './alarm-definitions.ts';
import { type AlarmStateName, hiddenStates, isUnacknowledged } from './alarm-state.ts';
import { selectSettings } from './alarms.queries.ts';
import type { AlarmChangeRow, AlarmRow } from './alarms.table.ts';
import {
  type AlarmCount,
  type AlarmKeyset,
  type AlarmSelection,
  countAlarms,
  selectAlarmChanges,
  selectAlarmPage,
  selectAlarms,
  selectOpenAlarms,
  selectOpenAlarmsOfLines,
} from './read-alarms.queries.ts';

/** Alarms that were raised at least once, of the plants that the caller may see: what needs a look first, priority 1 first, then the oldest. */
export async function listAlarms(
  context: Context,
  { plantId, ...selection }: Omit<AlarmSelection, 'plantIds'> & { plantId: string | null },
  args: PageArgs,
): Promise<Connection<AlarmRow>> {
  const page = parsePage(args, context.config.limits, 4);
  const visible = context.rights.plantIds.filter((id) => plantId === null || id === plantId);
  const keyset = { page, after: keyOf(page.after, 'after', args), before: keyOf(page.before, 'before', args) };
  const rows = await selectAlarmPage(context.db, { plantIds: visible, ...selection }, keyset);
  return toConnection(rows, page, (alarm) => [
    rankOf(alarm.state),
    alarm.priority,
    alarm.raised_at?.getTime() ?? 0,
    alarm.id,
  ]);
}

function keyOf(parts: readonly CursorPart[] | null, field: 'after' | 'before', args: PageArgs): AlarmKeyset | null {
  if (!parts) return null;
  const [rank, priority, time, id] = parts;
  const raisedAt = new Date(typeof time === 'number' ? time : Number.NaN);
  const isWhole = [rank, priority].every((part) => Number.isInteger(part) && Number(part) >= 0 && Number(part) <= 4);
  if (!isWhole || Number.isNaN(raisedAt.getTime()) || typeof id !== 'string' || !isUuid(id))
    throw new InvalidInputError(field, args[field], 'give a cursor as this field returned it');
  return { rank: Number(rank), priority: Number(priority), raisedAt, id };
}

/** As the list is ordered: open, hidden, normal. */
function rankOf(state: AlarmStateName): number {
  if (state === 'normal') return 2;
  return hiddenStates.some((hidden) => hidden === state) ? 1 : 0;
}

/** The alarms with these ids that the caller may see; null for the others. */
export async function findAlarms(context: Context, ids: readonly string[]): Promise<(AlarmRow | null)[]> {
  const rows = await Promise.all(
    ids.map((id) => loadById(context, 'alarm', id, (all) => selectAlarms(context.db, all))),
  );
  return rows.map((row) => (row && context.rights.rolesIn(row.plant_id).size > 0 ? row : null));
}

/** Open alarms of a line with those of its nodes, priority 1 first, then the oldest; at most `LEHR_LIMIT_ALARMS_SHOWN`. */
export function openAlarmsOfLine(context: Context, lineId: string): Promise<AlarmRow[]> {
  const select = (ids: readonly string[]) =>
    selectOpenAlarmsOfLines(context.db, ids, context.config.limits.alarmsShown);
  return loadByParent(context, 'open alarms by line', lineId, select, (alarm) => alarm.on_line);
}

/** What an alarm list is of. */
export interface WatchedPlant {
  plantId: string;
}

/** The highest open alarms of the plant. */
export function openAlarms(context: Context, { plantId }: WatchedPlant): Promise<AlarmRow[]> {
  return selectOpenAlarms(context.db, plantId, context.config.limits.alarmsShown);
}

/** Open alarms of one priority. */
export interface Tally {
  priority: number;
  open: number;
  unacknowledged: number;
}

export interface Tallies {
  /** One for each of the four priorities. */
  tallies: Tally[];
  open: number;
  hidden: number;
}

/** Counts of everything that is not normal. */
export function alarmTallies(context: Context, { plantId }: WatchedPlant): Promise<Tallies> {
  const loader = context.loader<string, Tallies>('alarm tallies', (ids) =>
    Promise.all(ids.map(async (id) => tallied(await countAlarms(context.db, id)))),
  );
  return loader.load(plantId);
}

function tallied(counts: readonly AlarmCount[]): Tallies {
  const sum = (which: (count: AlarmCount) => boolean) =>
    counts.filter(which).reduce((total, { count }) => total + count, 0);
  const isOpen = ({ state }: AlarmCount) => rankOf(state) === 0;
  const tallies = [1, 2, 3, 4].map((priority) => ({
    priority,
    open: sum((count) => count.priority === priority && isOpen(count)),
    unacknowledged: sum((count) => count.priority === priority && isUnacknowledged(count.state)),
  }));
  return { tallies, open: sum(isOpen), hidden: sum((count) => rankOf(count.state) === 1) };
}

/** Newest first, at most `LEHR_LIMIT_ALARM_CHANGES`. */
export function alarmHistory(context: Context, alarm: AlarmRow): Promise<AlarmChangeRow[]> {
  const select = (ids: readonly string[]) => selectAlarmChanges(context.db, ids, context.config.limits.alarmChanges);
  return loadByParent(context, 'alarm changes', alarm.id, select, (change) => change.alarm_id);
}

export async function loadDefinition(context: Context, plantId: string, type: AlarmType): Promise<PlantDefinition> {
  const settings = await loadByParent(
    context,
    'alarm settings',
    plantId,
    (ids) => selectSettings(context.db, ids),
    (setting) => setting.plant_id,
  );
  const setting = settings.find((each) => each.type === type);
  return { ...definitionIn(type, setting), type, setting: setting ?? null };
}

/** Throws as `requireRole` when the caller may not read the plant. */
export function watchPlant(context: Context, plantId: string, given: unknown): WatchedPlant {
  requireRole(context, plantId, READERS, { field: 'plantId', value: given });
  return { plantId };
}
