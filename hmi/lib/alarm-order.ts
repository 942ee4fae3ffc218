/** Which alarm an operator looks at first, and what stands behind it. Pure. */

export type Priority = 1 | 2 | 3 | 4;

export interface RankedAlarm {
  id: string;
  /** 1 (highest) to 4. */
  priority: number;
  state: string;
  raisedAt: string | null;
}

export interface AlarmTally {
  priority: number;
  unacknowledged: number;
}

const waiting: ReadonlySet<string> = new Set(['UNACKNOWLEDGED', 'RETURNED_UNACKNOWLEDGED', 'LATCHED_UNACKNOWLEDGED']);

/** Nobody has said yet that they have seen it. */
export function isUnacknowledged({ state }: { state: string }): boolean {
  return waiting.has(state);
}

/** The highest priority first; in it what nobody has seen, then the oldest. */
export function byUrgency(a: RankedAlarm, b: RankedAlarm): number {
  if (a.priority !== b.priority) return a.priority - b.priority;
  const seen = Number(isUnacknowledged(b)) - Number(isUnacknowledged(a));
  return seen !== 0 ? seen : timeOf(a) - timeOf(b);
}

export function mostUrgent<Alarm extends RankedAlarm>(alarms: readonly Alarm[]): Alarm | undefined {
  return alarms.toSorted(byUrgency)[0];
}

/** The highest priority that waits to be acknowledged beside the alarm that is shown: a seen alarm on the banner must not hide a new one. */
export function waitingBeside(tallies: readonly AlarmTally[], shown: RankedAlarm | undefined): number | undefined {
  const own = shown && isUnacknowledged(shown) ? shown.priority : undefined;
  const found = [1, 2, 3, 4].find((priority) => {
    const count = tallies
      .filter((tally) => tally.priority === priority)
      .reduce((sum, { unacknowledged }) => sum + unacknowledged, 0);
    return count > (priority === own ? 1 : 0);
  });
  return found;
}

function timeOf({ raisedAt }: RankedAlarm): number {
  return raisedAt === null ? 0 : Date.parse(raisedAt);
}
