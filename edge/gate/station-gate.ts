/** A station's gate in the running node: the core, fed by the machine's samples and the cameras' verdicts, with a timer and a hand on the machine. */
import type { GateConfig } from '../config/gate-config.ts';
import type { Machine, SignalSample } from '../devices/device.ts';
import type { Json, TriggeredPart } from '../pipeline/frame.ts';
import type { PartTracker, SeenPart } from '../pipeline/part-tracker.ts';
import { readCountFile } from './count-file.ts';
import { createGateCore } from './gate-core.ts';
import { createGateKeeper, type GateOutbox } from './gate-keeper.ts';
import type { GateAction, GateCoreState, GateInput, GateSettings, SeenImage } from './gate-types.ts';
import { createPreciseTimer } from './precise-timer.ts';
import { createSourceClock } from './source-clock.ts';
import { steadyNow, wallAheadMs } from './steady-clock.ts';

export interface StationGateOptions {
  settings: GateSettings;
  lineId: string;
  stationId: string;
  machine: Pick<Machine, 'isConnected' | 'onSample' | 'onChange' | 'write'>;
  /** The machine's signal that names the job, where it has one. */
  jobSignal: string | undefined;
  /** Where the counts are kept; the folder need not be there. */
  countFile: string;
  outbox: GateOutbox;
  /** A UUIDv7 of the moment. */
  newId(atMs: number): string;
  /** Tells people of a new trouble. */
  warn(message: string): void;
}

/** Times are wall time. */
export interface GateState extends Omit<GateCoreState, 'lastCommandAtMs'> {
  stationId: string;
  mode: GateConfig['mode'] | 'no-gate';
  lastCommandAt: Date | undefined;
  problem: string | undefined;
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

/** Rejects when the counts of before cannot be read. */
export async function openStationGate(options: StationGateOptions): Promise<StationGate> {
  const { settings, machine, lineId, stationId, countFile, outbox, warn } = options;
  const { trigger, gate } = settings;
  const toWall = (atMs: number) => atMs + wallAheadMs();
  const stamps = {
    id: (atMs: number) => options.newId(toWall(atMs)),
    time: (atMs: number) => new Date(toWall(atMs)).toISOString(),
  };
  const keeper = createGateKeeper({ lineId, stationId, file: countFile, outbox, maxEvents: MAX_WAITING_EVENTS, warn });
  const core = createGateCore(settings, await readCountFile(countFile), stamps, steadyNow());
  const sourceClock = createSourceClock();
  const timer = createPreciseTimer(() => feed({ kind: 'tick' }));
  const ties = new Map<SeenImage, () => void>();
  const triggerListeners = new Set<(part: TriggeredPart) => void>();
  /** A pulse whose end the machine has not taken yet. */
  let isCommandOn = false;
  let writeProblem: string | undefined;

  const endings = [
    listen(trigger.signal, 'trigger'),
    listen(trigger.partIdSignal, 'part-id'),
    listen(gate?.encoderSignal ?? gate?.speedSignal, 'belt'),
    listen(gate?.confirm.signal, 'confirm'),
    listen(gate?.enabledSignal, 'enabled'),
    listen(gate?.lineStopSignal, 'line-stop'),
    listen(options.jobSignal, 'job'),
  ];
  machine.onChange(followConnection);
  followConnection();
  const counting = setInterval(keepCounts, trigger.countsMs);

  return {
    tracker: trackerOf,
    state() {
      const { lastCommandAtMs, ...state } = core.state();
      const lastCommandAt = lastCommandAtMs === undefined ? undefined : new Date(toWall(lastCommandAtMs));
      const problem = writeProblem ?? keeper.problem;
      return { ...state, stationId, mode: gate?.mode ?? 'no-gate', lastCommandAt, problem };
    },
    async stop() {
      for (const end of endings) end?.();
      clearInterval(counting);
      timer.stop();
      for (const untie of ties.values()) untie();
      if (isCommandOn && gate) await machine.write(gate.commandSignal, false, gate.writeMs).catch(() => {});
      keepCounts();
      await keeper.work();
    },
  };

  function listen(
    signal: string | undefined,
    kind: Exclude<GateInput['kind'], UnheardInput>,
  ): (() => void) | undefined {
    if (signal === undefined) return undefined;
    return machine.onSample(signal, (sample) => {
      const value = usableValue(sample, kind);
      if (value === undefined) return;
      const nowMs = steadyNow();
      feed({ kind, value, atMs: sourceClock.toSteady(sample.sourceMs, nowMs) });
    });
  }

  function feed(input: GateInput): void {
    act(core.handle(input, steadyNow()));
    const { atMs, isCommand } = core.wake();
    timer.set(atMs, isCommand);
  }

  function act(actions: readonly GateAction[]): void {
    // The gate first: nothing else is in a hurry.
    for (const action of actions) if (action.kind === 'write') write(action);
    const triggered = actions.findLast(({ kind }) => kind === 'triggered');
    if (triggered?.kind === 'triggered') for (const listener of triggerListeners) listener(triggered.part);
    for (const action of actions) {
      if (action.kind === 'event') keeper.event(action.event);
      if (action.kind === 'tied') ties.get(action.image)?.();
    }
  }

  function write({ target, value, command }: Extract<GateAction, { kind: 'write' }>): void {
    const signal = target === 'command' ? gate?.commandSignal : gate?.lineStopSignal;
    if (!gate || signal === undefined) return;
    if (target === 'command' && value) isCommandOn = true;
    machine.write(signal, value, gate.writeMs).then(
      () => {
        writeProblem = undefined;
        if (target === 'command' && !value) isCommandOn = false;
      },
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        const problem = `${signal} cannot be written: ${reason}`;
        if (problem !== writeProblem) warn(problem);
        writeProblem = problem;
        if (value && command) feed({ kind: 'write-failed', command, reason });
      },
    );
  }

  function followConnection(): void {
    feed({ kind: 'connection', isUp: machine.isConnected });
    // A pulse that the connection was lost in would never end.
    if (machine.isConnected && isCommandOn)
      write({ kind: 'write', target: 'command', value: false, command: undefined });
  }

  function keepCounts(): void {
    const taken = core.takeCounts();
    if (taken) {
      act(taken.actions);
      keeper.counts(taken.changed, taken.snapshot);
    }
    void keeper.work();
  }

  function trackerOf(camera: string): PartTracker {
    const images = new WeakMap<SeenPart, SeenImage>();
    const look = (part: SeenPart, said: SeenImage['look']) => {
      const image = images.get(part);
      if (image?.look.kind !== 'waiting') return;
      image.look = said;
      feed({ kind: 'looked', image });
    };
    return {
      onTriggered(listener) {
        triggerListeners.add(listener);
        return () => void triggerListeners.delete(listener);
      },
      seen({ partId, capturedAtMs }) {
        const image: SeenImage = {
          camera,
          partId,
          capturedAtMs: capturedAtMs - wallAheadMs(),
          look: { kind: 'waiting' },
        };
        const { promise: tied, resolve } = Promise.withResolvers<void>();
        ties.set(image, () => {
          ties.delete(image);
          resolve();
        });
        const part: SeenPart = {
          get partId() {
            return image.partId;
          },
          tied,
        };
        images.set(part, image);
        feed({ kind: 'seen', image });
        return part;
      },
      decided: (part, { verdict, inspectionId }) => look(part, { kind: 'verdict', verdict, inspectionId }),
      undecided: (part, reason) => look(part, { kind: 'none', reason }),
    };
  }
}

type UnheardInput = 'connection' | 'seen' | 'looked' | 'write-failed' | 'tick';

/** Only good values count; a belt whose position is not good is not known. */
function usableValue({ quality, value }: SignalSample, kind: GateInput['kind']): Json | undefined {
  if (quality === 'GOOD') return value;
  return kind === 'belt' ? null : undefined;
}
