/** A station's gate in the running node: the core, fed by the machine's samples and the cameras' verdicts, with a timer and a hand on the machine. */
import type { GateConfig } from '../config/gate-config.ts';
import type { Machine, SignalSample } from '../devices/device.ts';
import type { PartTracker } from '../pipeline/part-tracker.ts';
import { readCountFile } from './count-file.ts';
import { createGateCore } from './gate-core.ts';
import { createGateHand } from './gate-hand.ts';
import { createGateKeeper, type GateOutbox } from './gate-keeper.ts';
import { createGateMeter } from './gate-meter.ts';
import type {
  GateAction,
  GateCommand,
  GateCoreState,
  GateInput,
  GateSettings,
  SignalInput,
  SignalRole,
} from './gate-types.ts';
import { createImageTracker } from './image-tracker.ts';
import { findConflict } from './node-conflicts.ts';
import { createPreciseTimer } from './precise-timer.ts';
import { createReportKeeper } from './report-keeper.ts';
import { createSourceClock } from './source-clock.ts';
import { steadyNow, wallAheadMs } from './steady-clock.ts';
import { counterModulus } from './step-reader.ts';

export interface StationGateOptions {
  settings: GateSettings;
  lineId: string;
  stationId: string;
  /** What the server calls each camera. */
  cameraIds: Readonly<Record<string, string>>;
  machine: Pick<
    Machine,
    'isConnected' | 'onSample' | 'onChange' | 'write' | 'nodeOf' | 'granted' | 'onClockStep' | 'clockOffset'
  >;
  /** The machine's signal that names the job, where it has one. */
  jobSignal: string | undefined;
  /** The machine's signal that tells its state, where it has one. */
  stateSignal: string | undefined;
  /** Which station of the node commands another gate at this node of the same machine; undefined when none does. */
  otherAt(commandNode: string | undefined): string | undefined;
  /** Where the counts are kept; the folder need not be there. */
  countFile: string;
  /** Where what was measured is written down; the folder need not be there. */
  reportFile: string;
  outbox: GateOutbox;
  /** A UUIDv7 of the moment. */
  newId(atMs: number): string;
  /** Tells people of a new trouble. */
  warn(message: string): void;
  /** Tells people of what is no trouble. */
  tell(message: string): void;
}

/** Times are wall time. */
export interface GateState extends Omit<GateCoreState, 'lastCommandAtMs'> {
  stationId: string;
  mode: GateConfig['mode'] | 'no-gate';
  lastCommandAt: Date | undefined;
}

export interface StationGate {
  /** What the camera's pipeline tells of its images. */
  tracker(camera: string): PartTracker;
  state(): GateState;
  /** Parts between trigger and gate are told as unseen at the next start. */
  stop(): Promise<void>;
}

/** Events that wait while the disk takes none. */
const MAX_WAITING_EVENTS = 1_000;
/** The machine tells of a step of its clock that its samples have shown already, so long after them at most. */
const SAME_STEP_MS = 30_000;
const NO_MODE = 'gate.mode is not written, so this is a dry run: give active, dry-run or off';
/** A command that nobody may read can be written all the same. */
const UNREADABLE = ['BadNotReadable', 'BadUserAccessDenied'];

/** Rejects when the counts of before cannot be read. */
export async function openStationGate(options: StationGateOptions): Promise<StationGate> {
  const { settings, machine, lineId, stationId, countFile, outbox, warn } = options;
  const { trigger, gate } = settings;
  const toWall = (atMs: number) => atMs + wallAheadMs();
  const stamps = {
    id: (atMs: number) => options.newId(toWall(atMs)),
    time: (atMs: number) => new Date(toWall(atMs)).toISOString(),
  };
  const known = await readCountFile(countFile);
  const keeper = createGateKeeper({
    lineId,
    stationId,
    file: countFile,
    outbox,
    waiting: known?.waiting,
    maxEvents: MAX_WAITING_EVENTS,
    warn,
  });
  const startMs = steadyNow();
  const core = createGateCore(settings, known, stamps, startMs);
  const meter = createGateMeter(settings, startMs);
  const reporter = createReportKeeper({
    file: options.reportFile,
    meter,
    machine,
    signals: [trigger.signal, gate?.encoderSignal ?? gate?.speedSignal, gate?.confirm.signal].filter(
      (signal) => signal !== undefined,
    ),
    timeOf: stamps.time,
    startMs,
    now: steadyNow,
    tell: options.tell,
    warn,
  });
  const sourceClock = createSourceClock(trigger.settleMs);
  const timer = createPreciseTimer(() => feed({ kind: 'tick' }));
  const tracker = createImageTracker(options.cameraIds, feed);
  const onFailed = (command: GateCommand, reason: string) => feed({ kind: 'write-failed', command, reason });
  const hand = gate && createGateHand({ gate, machine, onFailed, onWritten: meter.wrote, warn });
  let conflict: string | undefined;
  let wasConnected = false;
  let steppedAtMs = Number.NEGATIVE_INFINITY;

  const endings = [
    listen(trigger.signal, 'trigger'),
    listen(trigger.partIdSignal, 'part-id'),
    listen(gate?.encoderSignal ?? gate?.speedSignal, 'belt'),
    listen(gate?.confirm.signal, 'confirm'),
    listen(gate?.enabledSignal, 'enabled'),
    listen(gate?.lineStopSignal, 'line-stop'),
    listen(gate?.exit?.signal, 'exit'),
    listen(gate && options.stateSignal, 'state'),
    listen(options.jobSignal, 'job'),
    listen(gate?.commandSignal, 'command'),
    machine.onClockStep(takeStep),
  ];
  machine.onChange(followConnection);
  followConnection();
  const counting = setInterval(work, trigger.countsMs);

  return {
    tracker: tracker.of,
    state() {
      const { lastCommandAtMs, problem, ...state } = core.state();
      const lastCommandAt = lastCommandAtMs === undefined ? undefined : new Date(toWall(lastCommandAtMs));
      const mode = gate?.isModeWritten === false ? NO_MODE : undefined;
      const problems = [mode, hand?.problem, problem, keeper.problem].filter((text) => text !== undefined);
      return {
        ...state,
        stationId,
        mode: gate?.mode ?? 'no-gate',
        lastCommandAt,
        problem: problems.length === 0 ? undefined : problems.join('; '),
      };
    },
    async stop() {
      for (const end of endings) end?.();
      clearInterval(counting);
      timer.stop();
      tracker.stop();
      await hand?.stop();
      keepCounts();
      await Promise.all([keeper.close(), reporter.stop()]);
    },
  };

  function listen(signal: string | undefined, role: SignalRole): (() => void) | undefined {
    if (signal === undefined) return undefined;
    let told: string | undefined;
    return machine.onSample(signal, (sample) => {
      const status = statusOf(sample, role);
      if (status !== told) feed({ kind: 'quality', role, signal, status });
      told = status;
      if (status !== undefined || role === 'command') return;
      feed(inputOf(sample, signal, role));
    });
  }

  function inputOf({ sourceMs, value, type }: SignalSample, signal: string, kind: SignalInput['kind']): SignalInput {
    const nowMs = steadyNow();
    const atMs = sourceClock.toSteady(sourceMs, nowMs, signal);
    const olderMs = sourceClock.takeStep();
    if (olderMs !== undefined) {
      steppedAtMs = nowMs;
      feed({ kind: 'clock-step', stepMs: -olderMs });
    }
    return { kind, value, atMs, modulus: counterModulus(type) };
  }

  function takeStep(stepMs: number): void {
    const nowMs = steadyNow();
    if (stepMs < 0 && nowMs - steppedAtMs < SAME_STEP_MS) return;
    sourceClock.reset();
    feed({ kind: 'clock-step', stepMs });
  }

  function feed(input: GateInput): void {
    const nowMs = steadyNow();
    const actions = core.handle(input, nowMs);
    act(actions);
    meter.take(input, actions, nowMs);
    const { atMs, isCommand } = core.wake();
    timer.set(atMs, isCommand);
  }

  function act(actions: readonly GateAction[]): void {
    // The gate first: nothing else is in a hurry.
    for (const action of actions) {
      if (action.kind === 'command') hand?.command(action.isOn, action.command);
      if (action.kind === 'stop-line') hand?.stopLine();
    }
    tracker.hear(actions);
    for (const action of actions) if (action.kind === 'event') keeper.event(action.event);
  }

  function followConnection(): void {
    const { isConnected } = machine;
    checkNodes();
    if (isConnected === wasConnected) return;
    wasConnected = isConnected;
    if (!isConnected) sourceClock.reset();
    feed({ kind: 'connection', isUp: isConnected });
    if (isConnected) hand?.connected();
  }

  /** A node may be found long after the connection, and another after a download of the program. */
  function checkNodes(): void {
    if (!gate || !machine.isConnected) return;
    const other = options.otherAt(machine.nodeOf(gate.commandSignal));
    const text =
      other === undefined
        ? findConflict(settings, (signal) => machine.nodeOf(signal))
        : `gate.commandSignal (${gate.commandSignal}) is the command of ${other} too: give each gate its own node; until then this gate does not fire`;
    if (text === conflict) return;
    conflict = text;
    if (text !== undefined) warn(text);
    feed({ kind: 'conflict', text });
  }

  function work(): void {
    checkNodes();
    keepCounts();
    void reporter.work(steadyNow());
  }

  function keepCounts(): void {
    const taken = core.takeCounts();
    if (taken) {
      act(taken.actions);
      keeper.counts(taken.changed, taken.snapshot);
    }
    void keeper.work();
  }
}

/** Why the value is not to be used; undefined when it is. */
function statusOf({ quality, status }: SignalSample, role: SignalRole): string | undefined {
  if (quality === 'GOOD') return undefined;
  if (role === 'command' && status !== undefined && UNREADABLE.includes(status)) return undefined;
  return status ?? quality;
}
