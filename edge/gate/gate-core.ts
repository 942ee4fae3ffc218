/**
 * The station's parts from trigger to gate. No I/O, no clock: every input comes with its time, everything to be done comes out
 * as an action. Each part ends exactly once, is fired at once at most, and is fired at only when the belt says that it is there.
 */
import { createConfirmInput } from './confirm-input.ts';
import { createBelt } from './create-belt.ts';
import { createEjector } from './ejector.ts';
import { createEncoderLag } from './encoder-lag.ts';
import { createExitWatch } from './exit-watch.ts';
import { createGateEvents } from './gate-events.ts';
import { createGateProblems } from './gate-problems.ts';
import type {
  GateAction,
  GateCoreState,
  GateInput,
  GateSettings,
  GateSnapshot,
  RunCounts,
  SeenImage,
  SignalInput,
  SignalRole,
  Stamps,
} from './gate-types.ts';
import { createImageTies } from './image-ties.ts';
import { createJobRuns } from './job-runs.ts';
import { nameOf } from './name-of.ts';
import { decide, dueAtMs, endsAtMs, follow, isCertainlyPast, loseTracking } from './part-course.ts';
import { createSignalWatch } from './signal-watch.ts';
import type { Station } from './station.ts';
import type { TrackedPart } from './tracked-part.ts';
import { createTriggerInput } from './trigger-input.ts';
import { createTriggerWatch } from './trigger-watch.ts';

export interface GateCore {
  handle(input: GateInput, nowMs: number): GateAction[];
  /** When `tick` has to come if nothing else does, infinite when there is nothing to wait for; and whether the gate may be fired then. */
  wake(): { atMs: number; isCommand: boolean };
  /** What changed since the last call, and what has to be known after a restart; undefined when nothing changed. */
  takeCounts(): { changed: RunCounts[]; snapshot: GateSnapshot; actions: GateAction[] } | undefined;
  state(): GateCoreState;
}

/** Parts that do not come, in a row: then the trigger counts as silent where nothing else is configured. */
const SILENT_PITCHES = 20;

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
  const problems = createGateProblems();
  const runs = createJobRuns(known?.runs ?? [], stamps, startMs);
  const belt = gate && createBelt(gate, trigger.settleMs);
  const ejector = gate && createEjector(gate, trigger.settleMs, emit);
  const hasPartIds = trigger.kind === 'id' || trigger.partIdSignal !== undefined;
  const ties = createImageTies({ ...trigger, hasPartIds, isReject, limit: trigger.maxInTransit }, events, emit);
  const signals = createSignalWatch(signalsOf(settings), events, problems);
  /** Why confirmations were not heard before the connection that is now. */
  let silence = known ? 'node restarted' : 'connection lost';
  let handledMs = startMs;
  let next = { atMs: Number.POSITIVE_INFINITY, isCommand: false };
  const station: Station = {
    settings,
    belt,
    ejector,
    exit: undefined,
    signals,
    problems,
    events,
    runs,
    emit,
    parts: [],
    isConnected: false,
    deafUntilMs: startMs,
    isEnabled: true,
    isInConflict: false,
    tally: { confirmed: 0, notConfirmed: 0, unexpected: 0, late: 0 },
    lastCommandAtMs: undefined,
    leadErrorsMs: [],
    latenessMs: [],
  };
  const silentAfterMm = trigger.silentAfterMm ?? SILENT_PITCHES * (gate?.partPitchMm ?? 0);
  const watch = belt && createTriggerWatch({ signal: trigger.signal, silentAfterMm, belt, events, problems });
  const lag = gate?.encoderSignal === undefined ? undefined : createEncoderLag(gate, trigger.settleMs, problems);
  const triggers = createTriggerInput(station, ties, watch, known, emit, startMs);
  const confirmations = gate && ejector && createConfirmInput(station, gate, ejector);
  station.exit = gate && belt && createExitWatch(station, gate, belt);
  let keptTrigger = triggers.last;

  for (const { run, parts } of runs.interrupted) {
    if (parts === 0) continue;
    runs.ended(run, 'unseen', parts, startMs);
    const moments = { from: known?.inTransitFrom ?? run.from, fromMs: startMs, toMs: startMs };
    events.unseen({ count: parts, reason: triggers.silence, jobCode: run.jobCode, ...moments }, startMs);
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
      const [oldest] = station.parts;
      const inTransitFrom = oldest && stamps.time(oldest.triggeredAtMs);
      return { changed, snapshot: { trigger: triggers.last, runs: open, inTransitFrom }, actions: drain() };
    },
    state: () => ({
      isEnabled: station.isEnabled,
      isTracking:
        station.isConnected &&
        (belt?.isHeard ?? true) &&
        station.exit?.isSlipping !== true &&
        !station.parts.some(({ isLost }) => isLost),
      inTransit: station.parts.length,
      ...station.tally,
      lastCommandAtMs: station.lastCommandAtMs,
      leadErrorsMs: station.leadErrorsMs,
      latenessMs: station.latenessMs,
      problem: problems.text,
    }),
  };

  function take(input: GateInput, nowMs: number): void {
    switch (input.kind) {
      case 'quality':
        takeQuality(input, nowMs);
        break;
      case 'connection':
        takeConnection(input.isUp, nowMs);
        break;
      case 'clock-step':
        takeClockStep(input.stepMs, nowMs);
        break;
      case 'conflict':
        station.isInConflict = input.text !== undefined;
        problems.set('conflict', input.text);
        break;
      case 'seen':
        ties.seen(input.image, station.parts, nowMs);
        break;
      case 'looked':
        ties.looked(input.image, nowMs);
        break;
      case 'write-failed':
        noteFailure(input);
        break;
      case 'tick':
        break;
      default:
        takeSignal(input, nowMs);
    }
  }

  function takeSignal(input: SignalInput, nowMs: number): void {
    if (input.kind === 'trigger') triggers.take(input, nowMs);
    if (input.kind === 'part-id') triggers.takeName(input, nowMs);
    if (input.kind === 'belt') takeBelt(input, nowMs);
    if (input.kind === 'confirm') confirmations?.take(input, silence, nowMs);
    if (input.kind === 'exit') station.exit?.take(input, nowMs);
    if (input.kind === 'enabled') takeEnabled(input, nowMs);
    if (input.kind === 'line-stop' && isSwitch(input, nowMs)) ejector?.heardStop(input.value === true);
    if (input.kind === 'state') watch?.takeState(input.value);
    if (input.kind === 'job') takeJob(input, nowMs);
  }

  function noteFailure({ command: { triggeredAtMs, atMs }, reason }: GateInput & { kind: 'write-failed' }): void {
    const part = station.parts.find((each) => each.triggeredAtMs === triggeredAtMs && each.commandAtMs === atMs);
    if (part) part.writeProblem = reason;
  }

  function takeBelt({ value, atMs, modulus }: SignalInput, nowMs: number): void {
    if (!belt) return;
    const wasHeard = belt.isHeard;
    let reason: string | undefined;
    if (typeof value === 'number') {
      reason = belt.sample(atMs, value, modulus);
      lag?.sampled(belt.lagMs(nowMs) ?? 0);
      if (belt.isHeard) signals.fit('belt', nowMs);
      else if (reason !== undefined) signals.unfit('belt', reason, value, nowMs);
    } else {
      signals.unfit('belt', 'the value is no number: map a signal that is one', value, nowMs);
      reason = loseBelt('the machine does not know where the belt is');
    }
    if (reason === undefined) return;
    station.exit?.doubt();
    if (wasHeard) loseTracking(station, reason, nowMs);
  }

  function loseBelt(reason: string): string {
    belt?.lose();
    lag?.begin();
    return reason;
  }

  /** What is not good is not used; what it says when it is good again is caught up. */
  function takeQuality({ role, signal, status }: GateInput & { kind: 'quality' }, nowMs: number): void {
    signals.status(role, signal, status, nowMs);
    if (status === undefined) return;
    if (role === 'trigger') triggers.pause(`${signal} was ${status}`, nowMs);
    if (role === 'confirm') {
      silence = `${signal} was ${status}`;
      confirmations?.pause();
    }
    if (role === 'exit') station.exit?.pause();
    if (role === 'state') watch?.takeState(null);
    if (role !== 'belt' || !belt?.isHeard) return;
    station.exit?.doubt();
    loseTracking(station, loseBelt('the machine does not know where the belt is'), nowMs);
  }

  function takeJob({ value, atMs }: SignalInput, nowMs: number): void {
    const name = nameOf(value);
    if (name === undefined) {
      signals.unfit('job', 'the value is neither text nor number: map a signal that is one', value, nowMs);
      return;
    }
    signals.fit('job', nowMs);
    runs.begin(name, atMs, station.parts, nowMs);
  }

  function takeEnabled(input: SignalInput, nowMs: number): void {
    if (!isSwitch(input, nowMs) || input.value === station.isEnabled) return;
    station.isEnabled = input.value === true;
    events.tell(station.isEnabled ? 'GATE_ENABLED' : 'GATE_DISABLED', input.atMs);
  }

  function isSwitch({ kind, value }: SignalInput, nowMs: number): boolean {
    if (typeof value === 'boolean') signals.fit(kind, nowMs);
    else signals.unfit(kind, 'the value is neither true nor false: map a signal of type Boolean', value, nowMs);
    return typeof value === 'boolean';
  }

  function takeConnection(isUp: boolean, nowMs: number): void {
    if (isUp === station.isConnected) return;
    station.isConnected = isUp;
    if (isUp) return;
    silence = 'connection lost';
    triggers.pause(silence, nowMs);
    confirmations?.pause();
    station.exit?.pause();
    loseTracking(station, loseBelt(silence), nowMs);
  }

  /** Triggers of before the step were put at wrong times: where their parts are, nobody knows. The belt goes on with its next sample. */
  function takeClockStep(stepMs: number, nowMs: number): void {
    station.exit?.doubt();
    lag?.begin();
    loseTracking(station, `the machine's clock was set by ${Math.round(stepMs)} ms`, nowMs);
  }

  function advance(nowMs: number): void {
    ejector?.advance(nowMs);
    station.parts.forEach(fix);
    for (const part of [...station.parts]) {
      const dueMs = part.decision ? undefined : dueAtMs(station, part, nowMs);
      if (dueMs !== undefined && dueMs <= nowMs) decide(station, part, dueMs, nowMs);
      else if (!part.decision && isCertainlyPast(station, part, nowMs)) miss(part);
      if (part.decision) follow(station, part, nowMs);
    }
    station.exit?.advance(station.isConnected && belt?.isHeard === true && triggers.silence === '', nowMs);
    watch?.advance(station.isConnected, nowMs);
    ties.advance(nowMs);
    events.flush(nowMs);

    /** The belt's samples were too old to say when it had to be decided. */
    function miss(part: TrackedPart): void {
      loseTracking(station, 'the part is past the gate, and the belt told of it too late', nowMs, [part]);
      decide(station, part, nowMs, nowMs, true);
    }

    /** The belt's sample after the trigger is there: where the part was at its trigger is known for good. */
    function fix(part: TrackedPart, index: number): void {
      if (!belt || !gate || part.isExact || part.triggeredAtMs > belt.exactUntilMs) return;
      part.isExact = true;
      part.mm = belt.positionAt(part.triggeredAtMs);
      const before = station.parts[index - 1];
      if (!before?.isExact) return;
      const reason = belt.pitchProblem(before.mm, part.mm, gate.partPitchMm, gate.toleranceMm);
      if (reason !== undefined) loseTracking(station, reason, nowMs);
    }
  }

  function nextWake(): { atMs: number; isCommand: boolean } {
    const earliest = (times: (number | undefined)[]) => Math.min(...times.map((ms) => ms ?? Number.POSITIVE_INFINITY));
    const commandMs = earliest(
      station.parts.map((part) => (part.decision ? undefined : dueAtMs(station, part, handledMs))),
    );
    const endMs = earliest(station.parts.map((part) => (part.decision ? endsAtMs(station, part) : undefined)));
    const restMs = earliest([endMs, ties.wakeAtMs, events.wakeAtMs, ejector?.wakeAtMs, watch?.wakeAtMs]);
    return { atMs: Math.min(commandMs, restMs), isCommand: commandMs <= restMs };
  }

  function isReject({ look }: SeenImage): boolean {
    if (look.kind !== 'verdict') return false;
    return look.verdict === 'REJECT' || (look.verdict === 'UNCERTAIN' && gate?.reactions.uncertain === 'reject');
  }

  function drain(): GateAction[] {
    const drained = actions;
    actions = [];
    return drained;
  }
}

/** By what name the configuration has each. */
function signalsOf({ trigger, gate }: GateSettings): Partial<Record<SignalRole, string | undefined>> {
  return {
    trigger: trigger.signal,
    'part-id': trigger.partIdSignal,
    belt: gate?.encoderSignal ?? gate?.speedSignal,
    confirm: gate?.confirm.signal,
    enabled: gate?.enabledSignal,
    'line-stop': gate?.lineStopSignal,
    exit: gate?.exit?.signal,
    command: gate?.commandSignal,
  };
}
