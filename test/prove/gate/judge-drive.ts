/** Compares what the gate told with what was: event by event for each bottle, and number by number. */
import type { GateEvent } from '../../../edge/gate/gate-types.ts';
import type { Bottle } from './bottle-line.ts';
import type { Drive } from './drive-line.ts';

export interface Verdicts {
  /** Defective, still on the belt, and nobody told. */
  defectiveSilent: string[];
  /** Good, pushed out by the node, without an event of a late verdict or of lost tracking. */
  goodRejected: string[];
  counted: Record<string, number>;
  sums: Record<'triggered' | 'accepted' | 'rejected' | 'bypassed' | 'unseen' | 'unknown' | 'inTransit', number>;
}

export function judgeDrive({ bottles, line, node, disconnects }: Drive): Verdicts {
  const told = new Map<string, Set<string>>();
  const unseenTold = { count: 0 };
  const lostTold = { count: 0 };
  for (const event of node.events) noteEvent(event);
  const has = (bottle: Bottle | undefined, kind: string) =>
    bottle !== undefined && told.get(bottle.id)?.has(kind) === true;
  const byTrigger = new Map(bottles.map((bottle) => [bottle.triggeredAtMs, bottle]));

  const left = bottles.filter(({ isDefective, ejectedAtMs }) => isDefective && ejectedAtMs === undefined);
  const silent = left.filter(({ id }) => !told.has(id));
  const pushed = bottles.filter(({ isDefective, ejectedAtMs, ejectedFor }) => {
    return !isDefective && ejectedAtMs !== undefined && ejectedFor !== undefined;
  });
  // Tracking may be lost before the machine has told the part's name; its rejection then says why.
  const wasLost = (bottle: Bottle | undefined) =>
    has(bottle, 'GATE_TRACKING_LOST') || has(bottle, 'GATE_REJECTED tracking-lost');
  const isExplained = (bottle: Bottle) => has(bottle, 'GATE_LATE_VERDICT') || wasLost(bottle);
  const wrongly = pushed.filter((bottle) => {
    const meant = byTrigger.get(bottle.ejectedFor ?? Number.NaN);
    // A command for a part that nobody knows the place of may hit another.
    return !isExplained(bottle) && !(meant !== bottle && wasLost(meant));
  });

  const sums = { triggered: 0, accepted: 0, rejected: 0, bypassed: 0, unseen: 0, unknown: 0, inTransit: 0 };
  for (const run of node.counts.values()) {
    for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += run[key];
  }
  const kinds: Record<string, number> = {};
  for (const { kind } of node.events) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return {
    // A part that was told of without its name is in a gap event: there are as many of those as of such parts, see the sums.
    defectiveSilent: silent.filter(({ number }) => !isUntracked(number)).map(({ id }) => id),
    goodRejected: wrongly.map(({ id }) => id),
    sums,
    counted: {
      parts: bottles.length,
      defective: bottles.filter(({ isDefective }) => isDefective).length,
      ejected: bottles.filter(({ ejectedAtMs }) => ejectedAtMs !== undefined).length,
      defectiveLeft: left.length,
      goodEjected: pushed.length,
      jams: line.jams,
      spurious: line.spurious,
      slips: line.slips,
      disconnects,
      restarts: node.restarts,
      unseenTold: unseenTold.count,
      lostTold: lostTold.count,
      rejectedAsLost: [...told.values()].filter((kinds) => kinds.has('GATE_REJECTED tracking-lost')).length,
      ...kinds,
    },
  };

  function noteEvent({ kind, partId, data }: GateEvent): void {
    const { partIds = [], count = 1, cause } = (data ?? {}) as { partIds?: string[]; count?: number; cause?: string };
    if (kind === 'PARTS_UNSEEN') unseenTold.count += count;
    if (kind === 'GATE_TRACKING_LOST') lostTold.count += count;
    for (const id of [...partIds, ...(partId === undefined ? [] : [partId])]) {
      told.set(id, (told.get(id) ?? new Set()).add(kind).add(`${kind} ${cause}`));
    }
  }

  /** No core ever followed it to its end: its trigger was not told, or its node was killed. */
  function isUntracked(number: number): boolean {
    return node.unfollowed.has(number);
  }
}
