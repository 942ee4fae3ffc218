/** Which parts an event speaks of: by part id, counter value, moment of the trigger or inspection, or by a time that is no wider than the disturbance and the parts then under way. */
import type { Interval, LineTold, LineTruth, ToldEvent } from './line-record.ts';
import type { PartTruth } from './machine-messages.ts';
import { overlaps, type Stretches } from './stretches.ts';

export interface Names {
  /** Events that name the part by what it is called, or by its image. */
  direct(part: PartTruth): ToldEvent[];
  /** Events that name it by a time, or by their number, among those of a disturbance. */
  ranged(part: PartTruth): ToldEvent[];
}

/** What the time of an event without a part's name stands for. */
type Meaning =
  /** One part at the gate, told when it was decided or when its confirmation was due. */
  | 'at-gate'
  /** All that were between sensor and gate. */
  | 'in-transit'
  /** From `from` to `to`, and as many before as it counts. */
  | 'counted'
  /** Up to the event that ends it, or to the end of the disturbance. */
  | { until: string };

const MEANINGS: Record<string, Meaning> = {
  GATE_NOT_CONFIRMED: 'at-gate',
  GATE_UNEXPECTED_EJECTION: 'at-gate',
  GATE_LATE_VERDICT: 'at-gate',
  GATE_BYPASSED: 'at-gate',
  GATE_REJECTED: 'at-gate',
  GATE_TRACKING_LOST: 'in-transit',
  BELT_SLIPPED: 'in-transit',
  COUNTER_RESTARTED: 'in-transit',
  COUNTER_CORRECTED: 'in-transit',
  PARTS_UNSEEN: 'counted',
  MACHINE_DISCONNECTED: { until: 'MACHINE_CONNECTED' },
  SIGNAL_UNUSABLE: { until: 'SIGNAL_USABLE' },
  TRIGGER_SILENT: { until: 'SIGNAL_USABLE' },
  GATE_DISABLED: { until: 'GATE_ENABLED' },
};
const AT_GATE_MS = { before: 600, after: 150 };
const LONGEST_MS = 120_000;
const LONGEST_SPAN = 1_000;
/** Less than half of what lies between two triggers. */
const SAME_TRIGGER_MS = 100;

export function createNames(truth: LineTruth, told: LineTold, stretches: Stretches): Names {
  const byId = new Map<string, ToldEvent[]>();
  const byCounter = new Map<number, ToldEvent[]>();
  const byPicture = new Map<number, ToldEvent[]>();
  const byTrigger: { event: ToldEvent; triggeredAtMs: number }[] = [];
  const imageOf = new Map(told.inspections.map(({ id, imageSha256 }) => [id, imageSha256]));
  const events = told.events.toSorted((a, b) => a.atMs - b.atMs);
  const ordered = truth.parts.toSorted((a, b) => a.triggeredAtMs - b.triggeredAtMs);
  for (const event of events) {
    for (const id of [event.partId, ...listOf(event.data.partIds)]) if (typeof id === 'string') add(byId, id, event);
    for (const counter of [event.data.counter, ...countersOf(event)])
      if (typeof counter === 'number') add(byCounter, counter, event);
    const sha256 = event.inspectionId === undefined ? undefined : imageOf.get(event.inspectionId);
    const number = sha256 === undefined ? undefined : truth.pictures.get(sha256);
    if (number !== undefined) add(byPicture, number, event);
    const triggeredAtMs = timeOf(event.data.triggeredAt);
    if (triggeredAtMs !== undefined) byTrigger.push({ event, triggeredAtMs });
  }
  const ranges = events.flatMap((event) => {
    const range = rangeOf(event);
    return range && stretches.contains(range) ? [{ event, ...range }] : [];
  });

  return {
    direct: (part) => [
      ...(byId.get(part.partId) ?? []),
      ...(byPicture.get(part.number) ?? []),
      ...byTrigger
        .filter(({ triggeredAtMs }) => Math.abs(triggeredAtMs - part.triggeredAtMs) < SAME_TRIGGER_MS)
        .map(({ event }) => event),
      // A counter that wraps shows a value again.
      ...(byCounter.get(part.counter) ?? []).filter(({ atMs }) => Math.abs(atMs - part.atGateMs) < 10_000),
    ],
    ranged(part) {
      if (stretches.ofPart(part).length === 0) return [];
      return ranges.filter((range) => covers(range, part)).map(({ event }) => event);
    },
  };

  function covers({ event, ...range }: Interval & { event: ToldEvent }, part: PartTruth): boolean {
    const isAtGate = MEANINGS[event.kind] === 'at-gate';
    // What names a part by itself names no other.
    const isNamed =
      event.partId !== undefined || event.inspectionId !== undefined || event.data.triggeredAt !== undefined;
    if (isAtGate && isNamed) return false;
    const fromMs = isAtGate ? part.atGateMs : part.triggeredAtMs;
    return overlaps(range, { fromMs, toMs: part.atGateMs });
  }

  function rangeOf(event: ToldEvent): Interval | undefined {
    const meaning = MEANINGS[event.kind];
    if (meaning === undefined || namesAll(event)) return undefined;
    const { atMs } = event;
    if (meaning === 'at-gate') return { fromMs: atMs - AT_GATE_MS.before, toMs: atMs + AT_GATE_MS.after };
    if (meaning === 'in-transit')
      return { fromMs: timeOf(event.data.from) ?? atMs, toMs: timeOf(event.data.to) ?? atMs };
    if (meaning === 'counted') return counted(event);
    const end = events.find((later) => later.atMs > atMs && later.kind === meaning.until && fitsSignal(event, later));
    const reach = stretches.reaches.find(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs);
    const silentMs = event.kind === 'TRIGGER_SILENT' ? (reach?.stretch.fromMs ?? atMs) : atMs;
    return { fromMs: silentMs, toMs: Math.min(end?.atMs ?? Infinity, reach?.toMs ?? atMs, atMs + LONGEST_MS) };
  }

  function counted({ data, atMs }: ToldEvent): Interval {
    const fromMs = timeOf(data.from) ?? atMs;
    const toMs = timeOf(data.to) ?? atMs;
    const count = typeof data.count === 'number' ? data.count : 1;
    const before = ordered.filter(({ triggeredAtMs }) => triggeredAtMs <= toMs);
    const first = before.at(-Math.min(count, before.length));
    return { fromMs: Math.min(fromMs, first?.triggeredAtMs ?? fromMs), toMs };
  }
}

function fitsSignal(begin: ToldEvent, end: ToldEvent): boolean {
  return begin.data.signal === undefined || end.data.signal === undefined || begin.data.signal === end.data.signal;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Such an event stands for those that it names, and for no others. */
function namesAll(event: ToldEvent): boolean {
  const { count, partIds } = event.data;
  return typeof count === 'number' && listOf(partIds).length + countersOf(event).length >= count;
}

/** A list, or from and to of a span. */
function countersOf({ kind, data: { counters } }: ToldEvent): unknown[] {
  const [from, to, ...more] = listOf(counters);
  const isSpan =
    MEANINGS[kind] === 'counted' && typeof from === 'number' && typeof to === 'number' && more.length === 0;
  if (!isSpan || to < from || to - from > LONGEST_SPAN) return listOf(counters);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

function add<K>(map: Map<K, ToldEvent[]>, key: K, event: ToldEvent): void {
  const list = map.get(key);
  if (list) list.push(event);
  else map.set(key, [event]);
}
