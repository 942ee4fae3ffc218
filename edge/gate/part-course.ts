/** A part's way past the gate: when its command is due, what is decided then, and how it ends. */
import type { Belt } from './belt.ts';
import { decidePart, summarise, WITHOUT_GATE } from './decide-part.ts';
import type { Ejector } from './ejector.ts';
import type { GateEvents } from './gate-events.ts';
import type { Ending, GateSettings } from './gate-types.ts';
import type { JobRuns } from './job-runs.ts';
import type { TrackedPart } from './tracked-part.ts';

/** What the parts of one station have in common. */
export interface Station {
  readonly settings: GateSettings;
  readonly belt: Belt | undefined;
  readonly ejector: Ejector | undefined;
  readonly events: GateEvents;
  readonly runs: JobRuns;
  /** In the order of their triggers, the next at the gate first. */
  parts: TrackedPart[];
  isConnected: boolean;
  /** Until then what was told while the node stood still may still be on its way. */
  deafUntilMs: number;
  isEnabled: boolean;
  readonly tally: { confirmed: number; notConfirmed: number; unexpected: number; late: number };
  lastCommandAtMs: number | undefined;
  /** How much later than planned the last parts came to the gate. */
  readonly leadErrorsMs: number[];
  /** How long after the moment at which they were due the last commands were given. */
  readonly latenessMs: number[];
}

/** Of which times are kept. */
const LAST_PARTS = 101;

/**
 * When the gate has to be commanded for the part; undefined while the belt does not say. A moment that went by while the
 * belt's samples were waited for is none: the next one tells where the part is now.
 */
export function dueAtMs({ settings, belt }: Station, part: TrackedPart, nowMs: number): number | undefined {
  const { gate, trigger, cameras } = settings;
  if (!belt || !gate) {
    const isSettled = cameras.every((camera) => (part.looks.get(camera)?.kind ?? 'waiting') !== 'waiting');
    return isSettled ? part.triggeredAtMs : part.triggeredAtMs + trigger.deadlineMs;
  }
  const atGateMs = belt.timeAt(part.mm + gate.distanceMm);
  if (atGateMs === undefined) return undefined;
  const dueMs = atGateMs - gate.leadMs;
  return Math.max(dueMs, nowMs) <= belt.trustedUntilMs ? dueMs : undefined;
}

export function decide(station: Station, part: TrackedPart, dueMs: number, nowMs: number): void {
  const { settings, events, tally } = station;
  const finding = summarise(settings.cameras, part.looks);
  let decision = decidePart(finding, part.isLost, {
    mode: settings.gate?.mode ?? 'no-gate',
    isEnabled: station.isEnabled,
    isConnected: station.isConnected,
    reactions: settings.gate?.reactions ?? WITHOUT_GATE,
  });
  if (decision.isEjected && isPast(station, part, nowMs)) {
    decision = { ...decision, isEjected: false, obstacle: 'too-late' };
  }
  part.decision = decision;
  part.finding = finding;
  if (finding.verdict === 'LATE' || (finding.verdict === 'NONE' && decision.isEjected)) {
    tally.late++;
    const reaction = decision.isEjected ? 'reject' : decision.asksForStop ? 'stop' : 'pass';
    events.tell('GATE_LATE_VERDICT', nowMs, part, { reason: finding.reason, reaction });
  }
  if (decision.asksForStop) askForStop(station, part, decision.obstacle ?? decision.cause, nowMs);
  if (decision.isEjected) {
    station.ejector?.fire(part, nowMs);
    station.lastCommandAtMs = nowMs;
    remember(station.latenessMs, nowMs - dueMs);
  } else if (decision.obstacle === 'dry-run') {
    part.commandAtMs = nowMs;
  }
}

/** A command now would hit what follows the part. */
function isPast({ belt, settings: { gate } }: Station, part: TrackedPart, nowMs: number): boolean {
  if (!belt || !gate) return false;
  return belt.positionAt(nowMs + gate.leadMs) > part.mm + gate.distanceMm + gate.toleranceMm;
}

/** Ends a decided part when its time has come. */
export function follow(station: Station, part: TrackedPart, nowMs: number): void {
  const { settings, events, tally } = station;
  const { decision } = part;
  notePassing(station, part, nowMs);
  const endMs = endsAtMs(station, part);
  if (!decision || endMs === undefined || endMs > nowMs) return;
  if (part.ejectedAtMs !== undefined) {
    if (decision.isEjected) tally.confirmed++;
    end(station, part, 'rejected', nowMs);
  } else if (!decision.isEjected) {
    end(station, part, decision.ending, nowMs);
  } else {
    tally.notConfirmed++;
    const problem = part.writeProblem === undefined ? {} : { problem: part.writeProblem };
    events.tell('GATE_NOT_CONFIRMED', nowMs, part, { cause: decision.cause, ...problem });
    if (settings.gate?.reactions.notConfirmed === 'stop') askForStop(station, part, 'not-confirmed', nowMs);
    end(station, part, 'bypassed', nowMs);
  }
}

function notePassing({ settings: { gate }, belt, leadErrorsMs }: Station, part: TrackedPart, nowMs: number): void {
  if (!belt || !gate || part.passedAtMs !== undefined) return;
  if (!belt.hasPassed(part.mm + gate.distanceMm, nowMs)) return;
  part.passedAtMs = belt.timeAt(part.mm + gate.distanceMm) ?? nowMs;
  if (part.commandAtMs === undefined) return;
  remember(leadErrorsMs, part.passedAtMs - part.commandAtMs - gate.leadMs);
}

function remember(times: number[], ms: number): void {
  times.push(ms);
  if (times.length > LAST_PARTS) times.shift();
}

/** A part ends when neither its name nor an ejection of it can be told any more; undefined while the belt has not brought it past the gate. */
export function endsAtMs(station: Station, part: TrackedPart): number | undefined {
  const leftMs = goneAtMs(station, part);
  if (leftMs === undefined) return undefined;
  return Math.max(leftMs, part.triggeredAtMs + station.settings.trigger.settleMs, station.deafUntilMs);
}

function goneAtMs({ settings: { gate }, ejector }: Station, part: TrackedPart): number | undefined {
  if (!gate || !ejector) return part.triggeredAtMs;
  if (!part.decision?.isEjected) {
    return part.passedAtMs === undefined ? undefined : ejector.confirmedUntilMs(part.passedAtMs);
  }
  const pushedMs = (part.commandAtMs ?? 0) + gate.leadMs;
  const isDone = part.ejectedAtMs !== undefined && part.passedAtMs !== undefined;
  return isDone ? pushedMs : ejector.confirmedUntilMs(pushedMs);
}

export function end(station: Station, part: TrackedPart, ending: Ending, nowMs: number): void {
  station.parts = station.parts.filter((each) => each !== part);
  station.runs.ended(part.run, ending, 1, nowMs);
  station.events.ended(part, ending, nowMs);
}

/** Nobody knows any more where the parts are that wait for their command: they get the configured reaction instead of their verdict. */
export function loseTracking(station: Station, reason: string, nowMs: number): void {
  const { gate } = station.settings;
  const lost = station.parts.filter((part) => !part.decision && !part.isLost);
  if (lost.length === 0 || !gate) return;
  for (const part of lost) part.isLost = true;
  const partIds = lost.flatMap(({ partId }) => partId ?? []).slice(0, MOST_NAMES);
  station.events.tell('GATE_TRACKING_LOST', nowMs, undefined, { reason, count: lost.length, partIds });
  if (gate.reactions.trackingLost === 'stop') askForStop(station, undefined, 'tracking-lost', nowMs);
}

/** Of the parts that one event names. */
const MOST_NAMES = 100;

function askForStop({ ejector, events }: Station, part: TrackedPart | undefined, cause: string, nowMs: number): void {
  if (ejector?.askForStop()) events.tell('LINE_STOP_REQUESTED', nowMs, part, { cause });
}
