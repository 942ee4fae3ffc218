/** Builds the hour and day rollups a step at a time; whatever the step and whoever records meanwhile, statistics stay exact. */
import type { Db } from '../../../database/database.ts';
import {
  lockLineStream,
  rebuildDays,
  rebuildHours,
  selectCountedHours,
  selectHour,
  selectLinesBehind,
  takeLateHours,
  updateRolledUntil,
} from './rollup.queries.ts';

/** Results are seldom later than this; rolling up an hour sooner would do its work twice. */
const SETTLE_MS = 120_000;
/** Lines asked for at once. */
const LINES = 100;
const NIL = '00000000-0000-0000-0000-000000000000';

export interface RollUpTurn {
  /** Hours of one line in one transaction: so long its writers wait. */
  hoursPerStep: number;
  /** Steps until the turn is over. */
  steps: number;
  now: Date;
  signal?: AbortSignal;
}

/** Rolls up what has ended and what has changed since. Gives the steps that did something: fewer than allowed when all is done. */
export async function rollUp(db: Db, { hoursPerStep, steps, now, signal }: RollUpTurn): Promise<number> {
  const until = new Date(now.getTime() - SETTLE_MS);
  let done = 0;
  let afterLineId = NIL;
  while (done < steps) {
    const lineIds = await selectLinesBehind(db, until, afterLineId, LINES);
    for (const lineId of lineIds) {
      while (done < steps && !signal?.aborted && (await rollUpLine(db, lineId, until, hoursPerStep))) done += 1;
      if (signal?.aborted) return done;
    }
    const last = lineIds.at(-1);
    if (last === undefined || lineIds.length < LINES) return done;
    afterLineId = last;
  }
  return done;
}

/** One transaction: changed hours first, then the next ones that have ended. False when there was nothing to do. */
export async function rollUpLine(db: Db, lineId: string, until: Date, hours: number): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const line = await lockLineStream(trx, lineId);
    if (!line) return false;
    const { timeZone, rolledUntil } = line;
    const late = await takeLateHours(trx, lineId, timeZone, hours);
    if (late.length > 0 && rolledUntil) {
      for (const { hour, next } of late) {
        await rebuildHours(trx, lineId, timeZone, hour, next);
        await rebuildDays(trx, lineId, timeZone, { from: hour, before: next, rolledUntil });
      }
      return true;
    }

    const end = await selectHour(trx, until, timeZone);
    if (rolledUntil && rolledUntil >= end) return false;
    const counted = await selectCountedHours(trx, lineId, timeZone, { from: rolledUntil, before: end }, hours);
    const [first] = counted;
    // Nothing was made: the empty hours are done, too, unless the line has never made anything.
    const reached = counted.length < hours ? end : (counted.at(-1)?.next ?? end);
    if (first) await rebuildHours(trx, lineId, timeZone, first.hour, reached);
    else if (!rolledUntil) return false;
    const from = rolledUntil ?? first?.hour ?? end;
    await rebuildDays(trx, lineId, timeZone, { from, before: reached, rolledUntil: reached });
    await updateRolledUntil(trx, lineId, reached);
    return true;
  });
}
