/** What became of each reject at the gate, by the events of the node. Pure. */

export type GateMark = 'confirmed' | 'not-confirmed' | 'bypassed';

export const gateEventKinds = ['gate.rejected', 'gate.not-confirmed', 'gate.bypassed'] as const;

const marks: Readonly<Record<string, GateMark>> = {
  'gate.rejected': 'confirmed',
  'gate.not-confirmed': 'not-confirmed',
  'gate.bypassed': 'bypassed',
};

export interface GateEvent {
  kind: string;
  data: unknown;
  line: { id: string } | null;
}

export type GateMarks = ReadonlyMap<string, GateMark>;

/** The marks with those of newer events, by the part's id; the oldest are forgotten beyond `keep`. */
export function addGateMarks(known: GateMarks, events: readonly GateEvent[], lineId: string, keep: number): GateMarks {
  const next = new Map(known);
  for (const { kind, data, line } of events) {
    const partId = partIdOf(data);
    const mark = marks[kind];
    if (line?.id !== lineId || partId === undefined || mark === undefined) continue;
    next.delete(partId);
    next.set(partId, mark);
  }
  if (next.size === known.size && [...next].every(([partId, mark]) => known.get(partId) === mark)) return known;
  return new Map([...next].slice(-keep));
}

export function markOf(marks: GateMarks, part: { partId: string | null }): GateMark | undefined {
  return part.partId === null ? undefined : marks.get(part.partId);
}

function partIdOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('partId' in data)) return undefined;
  return typeof data.partId === 'string' ? data.partId : undefined;
}
