/** Runs one line: takes commands, lets acting states complete, advances process and belt, and publishes what changed with its exact time. */
import { type AddressSpace, type Namespace, StatusCodes } from 'node-opcua';
import { PART_PITCH_MM } from './belt.ts';
import { clockShiftMs, shiftClock } from './clock.ts';
import { advanceLine, countPart, type LineSettings, type LineState, orderOf, partIdOf } from './line-process.ts';
import { createLineSide, type Faults } from './line-side.ts';
import { createLineSideNodes } from './line-side-nodes.ts';
import { createMachineUnit, VENDOR_URI } from './machine-unit.ts';
import { isActing, nextState, type PackMlEvent, type PackMlState } from './packml-state.ts';
import { seededRandom, seedFrom } from './seeded-random.ts';

/** ProductionMaintenanceModeEnum of the nodeset. */
const PRODUCE = 1;
const LAST_MODE = 3;
/** How often process values, and of them the slow measurements (weather, light), reach the address space. */
const PROCESS_EVERY_MS = 200;
const MEASURE_EVERY_MS = 1_000;
const ENCODER_EVERY_MS = 25;
/** A computer that slept must not make a night's bottles at once. */
const LONGEST_PAUSE_MS = 2_000;
/** A command that its writer has left standing falls back by itself. */
const COMMAND_LASTS_MS = 500;

export interface LineController {
  readonly line: string;
  /** Sets the machine going: Starting, then Execute. */
  start(): void;
  /** Catches up with the time that has passed; answers in how many milliseconds something happens next, at the latest. */
  advance(): number;
  stop(): void;
  state(): LineState;
}

export interface LineTruth {
  partId: string;
  triggeredAtMs: number;
  atMm: number;
  isReported: boolean;
  isEjected: boolean;
}

export interface LineOutlets {
  /** Makes sure that what `state` gives survives a kill from here on. */
  keep(): void;
  /** A part has left the line; called once for each. */
  truth(part: LineTruth): void;
}

export function createLineController(
  addressSpace: AddressSpace,
  settings: LineSettings,
  stored: LineState,
  actingMs: number,
  outlets: LineOutlets,
): LineController {
  const random = seededRandom(seedFrom(settings.seed, settings.line, stored.parts));
  const faults: Faults = { gateJammed: false, gateSpurious: false, triggerLost: false, encoderSlip: false };
  const unreported = new Set<number>();
  let line = stored;
  let state: PackMlState = 'Idle';
  let mode = PRODUCE;
  let isGateEnabled = true;
  let isStopAsked = false;
  /** The line's own time: real at the start, then only what has passed. */
  let nowMs = Date.now();
  /** What the machine's clock, and the one that never steps, showed at `nowMs`. */
  let wallMs = nowMs;
  let steadyMs = performance.now();
  let nextEncoderMs = nowMs;
  let nextProcessMs = nowMs;
  let nextMeasureMs = nowMs;
  let commandFallsMs = Number.POSITIVE_INFINITY;
  let acting: NodeJS.Timeout | undefined;

  const {
    unit,
    process,
    publish: show,
  } = createMachineUnit(addressSpace, settings.line, {
    command: (command) => (take(command) ? StatusCodes.Good : StatusCodes.BadInvalidState),
    setSpeed(partsPerMinute) {
      line = { ...line, speedSetpoint: partsPerMinute };
      publish();
      return StatusCodes.Good;
    },
    setMode(requested) {
      if (!Number.isInteger(requested) || requested < PRODUCE || requested > LAST_MODE)
        return StatusCodes.BadOutOfRange;
      // TR88: a mode changes where the machine stands still.
      if (requested !== mode && !['Stopped', 'Idle', 'Aborted'].includes(state)) return StatusCodes.BadInvalidState;
      mode = requested;
      publish();
      return StatusCodes.Good;
    },
    setLighting(percent) {
      line = { ...line, lightingSetpoint: percent };
    },
  });
  const vendor = addressSpace.getNamespace(addressSpace.getNamespaceIndex(VENDOR_URI)) as Namespace;
  const idOf = (number: number) => partIdOf(settings, number);
  const firstShown = {
    count: line.parts,
    partId: line.parts === 0 ? '' : idOf(line.parts),
    confirmed: line.partsDropped,
    clockOffsetMs: clockShiftMs(),
  };
  const nodes = createLineSideNodes(vendor, unit, process, firstShown, {
    gateCommand(isOn) {
      const atMs = nowMs + performance.now() - steadyMs;
      commandFallsMs = isOn ? atMs + COMMAND_LASTS_MS : Number.POSITIVE_INFINITY;
      if (isOn && isGateEnabled) side.fire(atMs);
    },
    gateEnabled: (isOn) => {
      isGateEnabled = isOn;
    },
    lineStop: (isAsked) => {
      isStopAsked = isAsked;
    },
    fault: (name, isOn) => {
      faults[name] = isOn;
    },
    clockOffset: shiftClock,
  });
  const side = createLineSide(
    `${settings.seed}/${settings.line}`,
    { belt: { mm: line.encoderMm, parts: line.parts, onBelt: line.onBelt }, slipMm: line.slipMm, atMs: nowMs },
    random,
    faults,
    {
      triggered(part, isReported) {
        line = countPart(line, part.number, random);
        // Kept before it is said: a kill from here on leaves a gap, never two parts of one number.
        outlets.keep();
        if (!isReported) return void unreported.add(part.number);
        const at = clock(part.triggeredAtMs);
        nodes.triggered(part.number, idOf(part.number), at);
        show({ partsProcessed: line.parts, partsDefective: line.partsDefective }, at);
      },
      dropped(part, atMs) {
        line = { ...line, partsDropped: line.partsDropped + 1 };
        nodes.confirmed(line.partsDropped, idOf(part.number), clock(atMs));
      },
      left({ number, triggeredAtMs, atMm, isEjected }) {
        const isReported = !unreported.delete(number);
        outlets.truth({ partId: idOf(number), triggeredAtMs, atMm, isReported, isEjected });
      },
      spuriousDone() {
        faults.gateSpurious = false;
        nodes.fault('gateSpurious', false, clock(nowMs));
      },
    },
  );

  /** The machine's clock at an instant of the line. */
  function clock(atMs: number): Date {
    return new Date(wallMs - (nowMs - atMs));
  }

  function take(event: PackMlEvent): boolean {
    const next = nextState(state, event);
    if (next === undefined) return false;
    state = next;
    clearTimeout(acting);
    if (isActing(state)) acting = setTimeout(() => take('StateComplete'), actingMs);
    // Whoever sets the line going again has seen what stopped it.
    if (event === 'Unsuspend' || event === 'Start') {
      isStopAsked = false;
      nodes.lineStop(false, new Date());
    }
    publish();
    return true;
  }

  function publish(): void {
    const isMeasuring = nowMs >= nextMeasureMs;
    if (isMeasuring) nextMeasureMs = nowMs + MEASURE_EVERY_MS;
    const { product, recipe, batch, job } = orderOf(line, settings);
    show(
      {
        state,
        mode,
        product,
        recipe,
        batch,
        job,
        speedSetpoint: line.speedSetpoint,
        speed: state === 'Execute' ? line.speedSetpoint : 0,
        partsProcessed: line.parts,
        partsDefective: line.partsDefective,
        partPitchMm: PART_PITCH_MM,
        lightingSetpoint: line.lightingSetpoint,
        ...(isMeasuring && {
          temperature: Math.round(line.temperature * 100) / 100,
          humidity: Math.round(line.humidity * 10) / 10,
          lighting: Math.round(line.lighting * 10) / 10,
        }),
      },
      new Date(),
    );
  }

  function publishEncoder(): void {
    show({ encoderMm: Math.round(side.encoderMm * 10) / 10 }, clock(nowMs));
    nextEncoderMs = nowMs + ENCODER_EVERY_MS;
  }

  publish();
  publishEncoder();
  return {
    line: settings.line,
    start: () => void take('Start'),
    advance() {
      if (isStopAsked) take('Suspend');
      const isProducing = state === 'Execute';
      nowMs += Math.min(performance.now() - steadyMs, LONGEST_PAUSE_MS);
      steadyMs = performance.now();
      wallMs = Date.now();
      side.advance(nowMs, isProducing ? (line.speedSetpoint / 60) * PART_PITCH_MM : 0);
      if (nowMs >= nextEncoderMs) publishEncoder();
      if (nowMs >= commandFallsMs) {
        commandFallsMs = Number.POSITIVE_INFINITY;
        nodes.command(false, clock(nowMs));
      }
      if (nowMs >= nextProcessMs) {
        const seconds = (nowMs - nextProcessMs + PROCESS_EVERY_MS) / 1_000;
        nextProcessMs = nowMs + PROCESS_EVERY_MS;
        line = advanceLine(line, settings, seconds, isProducing, random);
        publish();
      }
      return Math.min(side.nextMs(), nextEncoderMs, nextProcessMs) - nowMs;
    },
    stop: () => clearTimeout(acting),
    state: () => ({ ...line, encoderMm: side.belt.mm, slipMm: side.slipMm, onBelt: [...side.belt.onBelt] }),
  };
}
