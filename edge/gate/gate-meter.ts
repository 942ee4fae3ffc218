/** Measures what goes into a gate's core and comes out of it, so that its settings can be told from what the line does. Bounded, however long it runs. */
import { createBeltMeter } from './belt-meter.ts';
import type { CameraStatistics, GateStatistics } from './gate-statistics.ts';
import type { EndedPart, GateAction, GateInput, GateSettings, Look, SeenImage, SignalInput } from './gate-types.ts';
import { createSpread, type Spread } from './spread.ts';

export interface GateMeter {
  /** What the core was given, and what it made of it. */
  take(input: GateInput, actions: readonly GateAction[], nowMs: number): void;
  /** A write was taken by the machine after so long. */
  wrote(tookMs: number): void;
  statistics(): Omit<GateStatistics, 'from' | 'to' | 'readMs' | 'granted'>;
}

/** Whose times are kept one by one, of parts and of each camera's images. */
const KEPT = 2_000;

interface CameraMeter {
  images: number;
  untied: number;
  partsWithout: number;
  lastAtMs: number | undefined;
  readonly askedMs: Spread;
  readonly verdictMs: Spread;
  readonly intervalMs: Spread;
  readonly takenMs: number[];
}

export function createGateMeter({ cameras, gate }: GateSettings, startMs: number): GateMeter {
  const belt = createBeltMeter();
  const meters = new Map(cameras.map((camera) => [camera, newCameraMeter()]));
  const [betweenPartsMs, marginMs] = [createSpread(), createSpread()];
  const [confirmedAfterMs, writeMs] = [createSpread(), createSpread()];
  const ages = new Map<string, Spread>();
  const parts = { triggered: 0, ended: 0, late: 0 };
  const triggersMs: number[] = [];
  let confirmations = 0;
  /** Signals whose first value of this connection has come: that may be of any age. */
  let heard = new Set<string>();
  /** Parts whose times can be compared with what comes now. */
  let whole = new WeakSet<object>();
  let lastTriggerMs: number | undefined;
  /** When each verdict stood. */
  const stoodMs = new WeakMap<Look, number>();
  const ofImages = new WeakSet<Look>();

  return {
    take(input, actions, nowMs) {
      if (input.kind === 'connection' || input.kind === 'clock-step') begin();
      else if (input.kind === 'seen') seen(input.image);
      else if (input.kind === 'looked') looked(input.image, nowMs);
      else if ('atMs' in input) sampled(input, nowMs);
      for (const action of actions) {
        if (action.kind === 'triggered') triggered(action.part);
        if (action.kind === 'tied' && !action.part) untied(action.image);
        if (action.kind === 'ended') ended(action.part);
      }
    },
    wrote: (tookMs) => writeMs.add(tookMs),
    statistics: () => ({
      mode: gate?.mode ?? 'no-gate',
      parts: { ...parts },
      triggersMs: [...triggersMs],
      betweenPartsMs: betweenPartsMs.summary(),
      marginMs: marginMs.summary(),
      pitchMm: belt.pitchMm.summary(),
      speedMmPerS: belt.speedMmPerS.summary(),
      updateMs: belt.updateMs.summary(),
      ageMs: Object.fromEntries(
        [...ages].flatMap(([role, age]) => {
          const summary = age.summary();
          return summary ? [[role, summary]] : [];
        }),
      ),
      confirmations,
      confirmedAfterMs: confirmedAfterMs.summary(),
      writeMs: writeMs.summary(),
      cameras: Object.fromEntries([...meters].map(([camera, meter]) => [camera, statisticsOf(meter)])),
    }),
  };

  function begin(): void {
    heard = new Set();
    whole = new WeakSet();
    lastTriggerMs = undefined;
    belt.reset();
  }

  function sampled({ kind, value, atMs, modulus }: SignalInput, nowMs: number): void {
    const isFirst = !heard.has(kind);
    heard.add(kind);
    if (gate && kind === 'belt' && typeof value === 'number') {
      const roundMm = (gate.encoderModulus ?? modulus ?? Number.POSITIVE_INFINITY) * gate.mmPerUnit;
      if (gate.encoderSignal === undefined) belt.speed((value * gate.partPitchMm) / 60);
      else belt.encoder(value * gate.mmPerUnit, roundMm, atMs);
    }
    if (isFirst) return;
    if (kind === 'confirm') confirmations++;
    const age = ages.get(kind) ?? createSpread();
    ages.set(kind, age);
    age.add(nowMs - atMs);
  }

  function triggered(part: { readonly triggeredAtMs: number }): void {
    const { triggeredAtMs } = part;
    parts.triggered++;
    whole.add(part);
    belt.triggered(triggeredAtMs);
    keep(triggersMs, triggeredAtMs - startMs);
    if (lastTriggerMs !== undefined) betweenPartsMs.add(triggeredAtMs - lastTriggerMs);
    lastTriggerMs = triggeredAtMs;
  }

  function seen({ camera, trigger: asked, arrivedAtMs, capturedAtMs, look }: SeenImage): void {
    const meter = meters.get(camera);
    if (!meter) return;
    meter.images++;
    ofImages.add(look);
    if (meter.lastAtMs !== undefined) meter.intervalMs.add(arrivedAtMs - meter.lastAtMs);
    meter.lastAtMs = arrivedAtMs;
    if (!asked) keep(meter.takenMs, capturedAtMs - startMs);
    else if (whole.has(asked)) meter.askedMs.add(arrivedAtMs - asked.triggeredAtMs);
  }

  function looked({ camera, look, arrivedAtMs }: SeenImage, nowMs: number): void {
    ofImages.add(look);
    if (look.kind !== 'verdict') return;
    stoodMs.set(look, nowMs);
    meters.get(camera)?.verdictMs.add(nowMs - arrivedAtMs);
  }

  function untied({ camera }: SeenImage): void {
    const meter = meters.get(camera);
    if (meter) meter.untied++;
  }

  function ended(part: EndedPart): void {
    if (!whole.has(part)) return;
    const { looks, finding, dueAtMs, commandAtMs, ejectedAtMs } = part;
    parts.ended++;
    if (finding?.verdict === 'LATE') parts.late++;
    for (const [camera, meter] of meters) {
      const look = looks.get(camera);
      if (!look || !ofImages.has(look)) meter.partsWithout++;
    }
    if (commandAtMs !== undefined && ejectedAtMs !== undefined) confirmedAfterMs.add(ejectedAtMs - commandAtMs);
    const stood = [...looks.values()].map((look) => stoodMs.get(look));
    const isComplete = stood.length === cameras.length && stood.every((atMs) => atMs !== undefined);
    if (gate && dueAtMs !== undefined && isComplete) marginMs.add(dueAtMs - Math.max(...stood));
  }
}

function newCameraMeter(): CameraMeter {
  return {
    images: 0,
    untied: 0,
    partsWithout: 0,
    lastAtMs: undefined,
    askedMs: createSpread(),
    verdictMs: createSpread(),
    intervalMs: createSpread(),
    takenMs: [],
  };
}

function statisticsOf(meter: CameraMeter): CameraStatistics {
  const { images, untied, partsWithout, askedMs, verdictMs, intervalMs, takenMs } = meter;
  return {
    images,
    untied,
    partsWithout,
    askedMs: askedMs.summary(),
    verdictMs: verdictMs.summary(),
    intervalMs: intervalMs.summary(),
    takenMs: [...takenMs],
  };
}

function keep(times: number[], ms: number): void {
  times.push(Math.round(ms * 10) / 10);
  if (times.length > KEPT) times.shift();
}
