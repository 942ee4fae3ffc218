/** Runs one line: takes commands, lets acting states complete, advances the process and publishes what changed. */
import { type AddressSpace, StatusCodes } from 'node-opcua';
import { advanceLine, type LineSettings, type LineState, orderOf, PART_PITCH_MM } from './line-process.ts';
import { createMachineUnit } from './machine-unit.ts';
import { isActing, nextState, type PackMlEvent, type PackMlState } from './packml-state.ts';
import { seededRandom, seedFrom } from './seeded-random.ts';

/** ProductionMaintenanceModeEnum of the nodeset. */
const PRODUCE = 1;
const LAST_MODE = 3;
/** How often slow measurements (weather, light) reach the address space, in seconds. */
const MEASURE_EVERY_S = 1;

export interface LineController {
  readonly line: string;
  /** Sets the machine going: Starting, then Execute. */
  start(): void;
  advance(seconds: number): void;
  stop(): void;
  state(): LineState;
}

export function createLineController(
  addressSpace: AddressSpace,
  settings: LineSettings,
  stored: LineState,
  actingMs: number,
): LineController {
  const random = seededRandom(seedFrom(settings.seed, settings.line, Math.floor(stored.parts)));
  let line = stored;
  let state: PackMlState = 'Idle';
  let mode = PRODUCE;
  let sinceMeasuredS = MEASURE_EVERY_S;
  let acting: NodeJS.Timeout | undefined;

  const unit = createMachineUnit(addressSpace, settings.line, {
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

  function take(event: PackMlEvent): boolean {
    const next = nextState(state, event);
    if (next === undefined) return false;
    state = next;
    clearTimeout(acting);
    if (isActing(state)) acting = setTimeout(() => take('StateComplete'), actingMs);
    publish();
    return true;
  }

  function publish(): void {
    const isMeasuring = sinceMeasuredS >= MEASURE_EVERY_S;
    if (isMeasuring) sinceMeasuredS = 0;
    const { product, recipe, batch, job } = orderOf(line, settings);
    unit.publish(
      {
        state,
        mode,
        product,
        recipe,
        batch,
        job,
        speedSetpoint: line.speedSetpoint,
        speed: state === 'Execute' ? line.speedSetpoint : 0,
        partsProcessed: Math.floor(line.parts),
        partsDefective: line.partsDefective,
        encoderMm: Math.round(line.encoderMm * 10) / 10,
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

  publish();
  return {
    line: settings.line,
    start: () => void take('Start'),
    advance(seconds) {
      sinceMeasuredS += seconds;
      line = advanceLine(line, settings, seconds, state === 'Execute', random);
      publish();
    },
    stop: () => clearTimeout(acting),
    state: () => line,
  };
}
