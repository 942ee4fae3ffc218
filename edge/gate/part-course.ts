/** A part's way past the gate: when its command is due, what is decided then, and how it ends. */
import { decidePart, summarise, WITHOUT_GATE } from './decide-part.ts';
import type { Ending } from './gate-types.ts';
import type { Station } from './station.ts';
import type { TrackedPart } from './tracked-part.ts';

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

/** `isGone`: a command would hit what follows the part, whatever the belt's speed says. */
export function decide(station: Station, part: TrackedPart, dueMs: number, nowMs: number, isGone = false): void {
  const { settings, events, tally, ejector } = station;
  const finding = summarise(settings.cameras, part.looks);
  let decision = decidePart(finding, part.isLost, {
    mode: settings.gate?.mode ?? 'no-gate',
    isEnabled: station.isEnabled,
    isConnected: station.isConnected,
    isInConflict: station.isInConflict,
    reactions: settings.gate?.reactions ?? WITHOUT_GATE,
  });
  if (decision.isEjected && (isGone || isPast(station, part, nowMs))) {
    decision = { ...decision, isEjected: false, obstacle: 'too-late' };
  } else if (decision.isEjected && ejector && nowMs < ejector.readyAtMs) {
    decision = { ...decision, isEjected: false, obstacle: 'ejector-not-reset' };
  }
  part.decision = decision;
  part.finding = finding;
  part.dueAtMs = dueMs;
  if (finding.verdict === 'LATE' || (finding.verdict === 'NONE' && decision.isEjected)) {
    tally.late++;
    const reaction = decision.isEjected ? 'reject' : decision.asksForStop ? 'stop' : 'pass';
    events.tell('GATE_LATE_VERDICT', nowMs, part, { reason: finding.reason, reaction });
  }
  if (decision.asksForStop) askForStop(station, part, decision.obstacle ?? decision.cause, nowMs);
  if (decision.isEjected) {
    ejector?.fire(part, leavesAtMs(station, part), nowMs);
    station.lastCommandAtMs = nowMs;
    remember(station.latenessMs, nowMs - dueMs);
  } else if (decision.obstacle === 'dry-run') {
    part.commandAtMs = nowMs;
  }
}

/** Whether the newest sample of the belt has the part behind the gate, and nothing of the time before can still be under way. */
export function isCertainlyPast(station: Station, part: TrackedPart, nowMs: number): boolean {
  const { belt, settings, deafUntilMs } = station;
  if (!belt?.isHeard || !settings.gate) return false;
  const { distanceMm, toleranceMm } = settings.gate;
  if (!belt.hasPassed(part.mm + distanceMm + toleranceMm, nowMs)) return false;
  part.pastSinceMs ??= nowMs;
  // The process stood still: samples stand in the queue, the next may say when the part was there. Not for longer than they take.
  return nowMs >= Math.min(deafUntilMs, part.pastSinceMs + settings.trigger.settleMs);
}

/** When the part has left the gate, by the belt's speed now. */
function leavesAtMs({ belt, settings: { gate } }: Station, part: TrackedPart): number | undefined {
  return gate && belt?.timeAt(part.mm + gate.distanceMm + gate.toleranceMm);
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
  station.emit({ kind: 'ended', part });
}

/** Nobody knows any more where the parts are that wait for their command, or some of them: they get the configured reaction instead of their verdict. */
export function loseTracking(station: Station, reason: string, nowMs: number, parts = station.parts): void {
  const { gate } = station.settings;
  const lost = parts.filter((part) => !part.decision && !part.isLost);
  if (lost.length === 0 || !gate) return;
  for (const part of lost) part.isLost = true;
  const [first] = lost;
  const only = lost.length === 1 ? first : undefined;
  const names = { count: lost.length, ...station.events.namesOf(lost) };
  station.events.tell('GATE_TRACKING_LOST', nowMs, only, { reason, ...names });
  if (gate.reactions.trackingLost === 'stop') askForStop(station, undefined, 'tracking-lost', nowMs);
}

function askForStop({ ejector, events }: Station, part: TrackedPart | undefined, cause: string, nowMs: number): void {
  if (ejector?.askForStop()) events.tell('LINE_STOP_REQUESTED', nowMs, part, { cause });
}
