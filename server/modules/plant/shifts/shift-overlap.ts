/** Whether shifts of a plant would run at the same time: then a part would belong to two. Pure; `find-overlaps.ts` bounds its time. */
import { findOverlap, type ShiftInterval, type ShiftPattern, shiftIntervals } from './shift-intervals.ts';

const dayMs = 86_400_000;
/** A year and a month: every day of the week in every week of the year, and both changes of the clock. */
export const overlapDays = 400;

export interface ShiftOverlap {
  shiftId: string;
  otherId: string;
  at: Date;
}

export interface OverlapQuestion {
  /** Each is compared with `others`, and with those of `asked` that stand before it. */
  asked: readonly ShiftPattern[];
  others: readonly ShiftPattern[];
  timeZone: string;
  now: Date;
}

/** For each shift that is asked about: its first overlap, in the time from now and from its first day on; undefined where there is none. */
export function findShiftOverlaps({ asked, others, timeZone, now }: OverlapQuestion): (ShiftOverlap | undefined)[] {
  const known = new Map<string, ShiftInterval[]>();
  /** Each shift is put to the clock once for each time that is looked at. */
  const runsOf = (shift: ShiftPattern, startMs: number): ShiftInterval[] => {
    const key = JSON.stringify([shift.id, startMs]);
    const runs =
      known.get(key) ?? shiftIntervals([shift], timeZone, new Date(startMs), new Date(startMs + overlapDays * dayMs));
    known.set(key, runs);
    return runs;
  };
  return asked.map((shift, index) => {
    const rivals = [...others, ...asked.slice(0, index)].filter(({ id }) => id !== shift.id);
    const begins = new Date(`${shift.valid_from}T00:00:00Z`).getTime() - dayMs;
    for (const startMs of new Set([begins, Math.max(begins, now.getTime() - dayMs)])) {
      const own = runsOf(shift, startMs);
      const overlaps = rivals.flatMap((rival) => firstCommon(own, runsOf(rival, startMs)) ?? []);
      const [first, second] = findOverlap(own) ?? [];
      if (first && second) overlaps.push({ shiftId: shift.id, otherId: shift.id, at: second.from });
      const [earliest] = overlaps.sort((a, b) => a.at.getTime() - b.at.getTime());
      if (earliest) return earliest;
    }
    return undefined;
  });
}

/** The first moment that two shifts share; both lists in the order of time. */
function firstCommon(own: readonly ShiftInterval[], other: readonly ShiftInterval[]): ShiftOverlap | undefined {
  for (let mine = 0, theirs = 0; ; ) {
    const [run, rival] = [own[mine], other[theirs]];
    if (!run || !rival) return undefined;
    if (run.from < rival.to && rival.from < run.to) {
      const at = new Date(Math.max(run.from.getTime(), rival.from.getTime()));
      return { shiftId: run.shiftId, otherId: rival.shiftId, at };
    }
    if (run.to < rival.to) mine++;
    else theirs++;
  }
}
