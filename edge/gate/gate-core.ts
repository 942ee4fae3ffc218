/**
 * The station's parts from trigger to gate. No I/O, no clock: every input comes with its time, everything to be done comes out
 * as an action. Each part ends exactly once, is fired at once at most, and is fired at only when the belt says that it is there.
 */
import type { Json } from '../pipeline/frame.ts';
import { createBelt } from './create-belt.ts';
import { createEjector } from './ejector.ts';
import { createGateEvents } from './gate-events.ts';
import type {
  GateAction,
  GateCoreState,
  GateInput,
  GateSettings,
  GateSnapshot,
  RunCounts,
  Stamps,
} from './gate-types.ts';
import { createImageTies } from './image-ties.ts';
import { createJobRuns } from './job-runs.ts';
import { decide, dueAtMs, end, endsAtMs, follow, loseTracking, type Station } from './part-course.ts';
import { createStepReader } from './step-reader.ts';
import { newPart, type TrackedPart } from './tracked-part.ts';

export interface GateCore {
  handle(input: GateInput, nowMs: number): GateAction[];
  /** When `tick` has to come if nothing else does, infinite when there is nothing to wait for; and whether the gate may be fired then. */
  wake(): { atMs: number; isCommand: boolean };
  /** What changed since the last call, and what has to be known after a restart; undefined when nothing changed. */
  takeCounts(): { changed: RunCounts[]; snapshot: GateSnapshot; actions: GateAction[] } | undefined;
  state(): GateCoreState;
}

/** A call that comes so much later than it was asked for: the process stood still, and others stand behind it in the queue. */
const STOOD_STILL_MS = 5;

/** `known` is what an earlier core left: its parts in transit and those that the counter tells of since end as unseen. */
export function createGateCore(
  settings: GateSettings,
  known: GateSnapshot | undefined,
  stamps: Stamps,
  startMs: number,
): GateCore {
  const { trigger, gate } = settings;
  let actions: GateAction[] = [];
  const emit = (action: GateAction) => void actions.push(action);
  const events = createGateEvents(stamps, emit);
  const runs = createJobRuns(known?.runs ?? [], stamps, startMs);
  const belt = gate && createBelt(gate, trigger.settleMs);
  const ejector = gate && createEjector(gate, trigger.settleMs, emit);
  const hasPartIds = trigger.kind === 'id' || trigger.partIdSignal !== undefined;
  const ties = createImageTies({ ...trigger, hasPartIds, limit: trigger.maxInTransit }, emit);
  const triggers = createStepReader(trigger.kind, known?.trigger ?? null);
  const confirmations = createStepReader(gate?.confirm.kind ?? 'edge', null);
  let keptTrigger = triggers.last;
  /** Why nobody listened before the connection that is now. */
  let silence = known ? 'node restarted' : 'connection lost';
  let handledMs = startMs;
  let next = { atMs: Number.POSITIVE_INFINITY, isCommand: false };
  const station: Station = {
    settings,
    belt,
    ejector,
    events,
    runs,
    parts: [],
    isConnected: false,
    deafUntilMs: startMs,
    isEnabled: true,
    tally: { confirmed: 0, notConfirmed: 0, unexpected: 0, late: 0 },
    lastCommandAtMs: undefined,
    leadErrorsMs: [],
    latenessMs: [],
  };

  for (const { run, parts } of runs.interrupted) {
    if (parts === 0) continue;
    runs.ended(run, 'unseen', parts, startMs);
    events.unseen(parts, silence, startMs, run.jobCode);
  }

  return {
    handle(input, nowMs) {
      if (nowMs > next.atMs + STOOD_STILL_MS) station.deafUntilMs = nowMs + trigger.settleMs;
      handledMs = nowMs;
      take(input, nowMs);
      advance(nowMs);
      next = nextWake();
      return drain();
    },
    wake: () => next,
    takeCounts() {
      const { changed, open } = runs.take((run) => station.parts.filter((part) => part.run === run).length);
      if (changed.length === 0 && triggers.last === keptTrigger) return undefined;
      keptTrigger = triggers.last;
      // What the counts hold is told with them, so that a kill cannot come between.
      events.flush(Number.POSITIVE_INFINITY);
      return { changed, snapshot: { trigger: triggers.last, runs: open }, actions: drain() };
    },
    state: () => ({
      isEnabled: station.isEnabled,
      isTracking: station.isConnected && (belt?.isHeard ?? true) && !station.parts.some(({ isLost }) => isLost),
      inTransit: station.parts.length,
      ...station.tally,
      lastCommandAtMs: station.lastCommandAtMs,
      leadErrorsMs: station.leadErrorsMs,
      latenessMs: station.latenessMs,
    }),
  };

  function take(input: GateInput, nowMs: number): void {
    if (input.kind === 'trigger') takeTrigger(input.value, input.atMs, nowMs);
    if (input.kind === 'part-id') takeName(input.value, input.atMs);
    if (input.kind === 'belt') takeBelt(input.value, input.atMs, nowMs);
    if (input.kind === 'confirm') takeConfirmation(input.value, input.atMs);
    if (input.kind === 'enabled') takeEnabled(input.value, input.atMs);
    if (input.kind === 'line-stop') ejector?.heardStop(input.value === true);
    if (input.kind === 'job') runs.begin(nameOf(input.value), nowMs);
    if (input.kind === 'connection') takeConnection(input.isUp, nowMs);
    if (input.kind === 'seen') ties.seen(input.image, station.parts, nowMs);
    if (input.kind === 'looked') ties.looked(input.image);
    if (input.kind === 'write-failed') {
      const { triggeredAtMs, atMs } = input.command;
      const part = station.parts.find((each) => each.triggeredAtMs === triggeredAtMs && each.commandAtMs === atMs);
      if (part) part.writeProblem = input.reason;
    }
  }

  function takeTrigger(value: Json, atMs: number, nowMs: number): void {
    const { count, isCatchUp, isRestart } = triggers.read(value);
    const missed = isCatchUp ? count : count - 1;
    if (missed > 0) {
      const reason = isCatchUp ? silence : 'missed by the node';
      unseen(missed, isRestart ? `${reason}, the counter began again` : reason, nowMs);
    }
    if (count === 0 || isCatchUp) return;
    const oldest = station.parts[0];
    if (oldest && station.parts.length >= trigger.maxInTransit) {
      loseTracking(station, `more than ${trigger.maxInTransit} parts between trigger and gate`, nowMs);
      end(station, oldest, oldest.decision?.ending ?? 'bypassed', nowMs);
    }
    const part = newPart(atMs, belt?.positionAt(atMs) ?? 0, runs.current);
    if (trigger.kind === 'id') part.partId = nameOf(value);
    runs.triggered(part.run, 1, nowMs);
    station.parts.push(part);
    emit({ kind: 'triggered', part });
    ties.triggered(part);
    if (belt && !belt.isHeard) loseTracking(station, 'the position of the belt is not known', nowMs);
  }

  function takeName(value: Json, atMs: number): void {
    const name = nameOf(value);
    if (name !== null) ties.named(name, atMs, station.parts);
  }

  function takeBelt(value: Json, atMs: number, nowMs: number): void {
    if (!belt) return;
    const wasHeard = belt.isHeard;
    if (typeof value !== 'number') belt.lose();
    const reason = typeof value === 'number' ? belt.sample(atMs, value) : 'the machine does not know where the belt is';
    if (wasHeard && reason !== undefined) loseTracking(station, reason, nowMs);
  }

  function takeConfirmation(value: Json, atMs: number): void {
    const { count, isCatchUp, isRestart } = confirmations.read(value);
    if (count === 0 || !ejector || (isCatchUp && isRestart)) return;
    const unasked = ejector.confirm(count, isCatchUp ? undefined : atMs, station.parts);
    if (unasked === 0) return;
    station.tally.unexpected += unasked;
    const part = isCatchUp ? undefined : partAtGate(ejector.pushedAtMs(atMs));
    if (part) part.ejectedAtMs = atMs;
    const during = isCatchUp ? { during: silence } : {};
    events.tell('GATE_UNEXPECTED_EJECTION', atMs, part, { count: unasked, ...during });
  }

  function takeEnabled(value: Json, atMs: number): void {
    if (typeof value !== 'boolean' || value === station.isEnabled) return;
    station.isEnabled = value;
    events.tell(value ? 'GATE_ENABLED' : 'GATE_DISABLED', atMs);
  }

  function takeConnection(isUp: boolean, nowMs: number): void {
    if (isUp === station.isConnected) return;
    station.isConnected = isUp;
    if (isUp) return;
    silence = 'connection lost';
    triggers.pause();
    confirmations.pause();
    belt?.lose();
    loseTracking(station, silence, nowMs);
  }

  function advance(nowMs: number): void {
    ejector?.advance(nowMs);
    station.parts.forEach(fix);
    for (const part of [...station.parts]) {
      const dueMs = part.decision ? undefined : dueAtMs(station, part, nowMs);
      if (dueMs !== undefined && dueMs <= nowMs) decide(station, part, dueMs, nowMs);
      if (part.decision) follow(station, part, nowMs);
    }
    ties.advance(nowMs);
    events.flush(nowMs);

    /** The belt's sample after the trigger is there: where the part was at its trigger is known for good. */
    function fix(part: TrackedPart, index: number): void {
      if (!belt || !gate || part.isExact || part.triggeredAtMs > belt.exactUntilMs) return;
      part.isExact = true;
      part.mm = belt.positionAt(part.triggeredAtMs);
      const before = station.parts[index - 1];
      // Of two neighbours both positions are off by nearly the same.
      const leastMm = gate.partPitchMm - gate.toleranceMm;
      if (gate.encoderSignal !== undefined && before?.isExact && part.mm - before.mm < leastMm) {
        loseTracking(station, 'parts came nearer to each other than they can: the encoder stands or slips', nowMs);
      }
    }
  }

  /** The part that was in front of the gate, as far as that is known. */
  function partAtGate(atMs: number): TrackedPart | undefined {
    if (!belt || !gate) return undefined;
    const mm = belt.positionAt(atMs) - gate.distanceMm;
    const away = (part: TrackedPart) => Math.abs(part.mm - mm);
    return station.parts
      .filter((part) => part.ejectedAtMs === undefined && away(part) <= gate.partPitchMm / 2)
      .toSorted((a, b) => away(a) - away(b))[0];
  }

  function unseen(count: number, reason: string, atMs: number): void {
    runs.triggered(runs.current, count, atMs);
    runs.ended(runs.current, 'unseen', count, atMs);
    events.unseen(count, reason, atMs, runs.current.jobCode);
  }

  function nextWake(): { atMs: number; isCommand: boolean } {
    const earliest = (times: (number | undefined)[]) => Math.min(...times.map((ms) => ms ?? Number.POSITIVE_INFINITY));
    const commandMs = earliest(
      station.parts.map((part) => (part.decision ? undefined : dueAtMs(station, part, handledMs))),
    );
    const endMs = earliest(station.parts.map((part) => (part.decision ? endsAtMs(station, part) : undefined)));
    const restMs = earliest([endMs, ties.wakeAtMs, events.wakeAtMs, ejector?.wakeAtMs]);
    return { atMs: Math.min(commandMs, restMs), isCommand: commandMs <= restMs };
  }

  function drain(): GateAction[] {
    const drained = actions;
    actions = [];
    return drained;
  }
}

function nameOf(value: Json): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
