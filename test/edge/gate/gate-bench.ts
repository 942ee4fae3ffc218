/** A gate's core on a belt that the test moves: 1 mm a millisecond unless said otherwise, a part each 200 ms, the gate 1,000 ms later. */
import type { z } from 'zod';
import { GateSchema, TriggerSchema } from '../../../edge/config/gate-config.ts';
import { createGateCore, type GateCore } from '../../../edge/gate/gate-core.ts';
import type {
  GateAction,
  GateCommand,
  GateEvent,
  GateInput,
  GateSettings,
  GateSnapshot,
  Look,
  RunCounts,
  SeenImage,
} from '../../../edge/gate/gate-types.ts';
import type { TriggeredPart, Verdict } from '../../../edge/pipeline/frame.ts';

export interface BenchOptions {
  cameras?: string[];
  trigger?: Partial<z.input<typeof TriggerSchema>>;
  /** Null for a station without a gate. */
  gate?: Partial<z.input<typeof GateSchema>> | null;
  known?: GateSnapshot;
}

export const GATE = {
  mode: 'active' as const,
  distanceMm: 1_000,
  toleranceMm: 40,
  partPitchMm: 100,
  maxSpeedMmPerS: 1_200,
  encoderSignal: 'encoder',
  encoderUpdateMs: 20,
  encoderGapMs: 60,
  leadMs: 10,
  pulseMs: 30,
  commandSignal: 'command',
  confirm: { signal: 'confirm', kind: 'counter' as const, windowMs: 50 },
  lineStopSignal: 'stop',
};

export class GateBench {
  nowMs = 0;
  mm = 0;
  /** Millimetres in a millisecond. */
  speed = 1;
  /** What the encoder says is so far from the truth. */
  slipMm = 0;
  isEncoderHeard = true;
  /** Each verdict has an inspection of its own. */
  inspectionIds = false;
  /** The encoder's samples are so old when they come. */
  lagMs = 0;
  counter = 0;
  confirmed = 0;
  core: GateCore;
  events: GateEvent[] = [];
  writes: { target: string; value: boolean; atMs: number }[] = [];
  fired: GateCommand[] = [];
  triggered: TriggeredPart[] = [];
  tied: SeenImage[] = [];
  counts = new Map<string, RunCounts>();
  snapshot: GateSnapshot | undefined;
  readonly #options: BenchOptions;
  #ids = 0;

  constructor(options: BenchOptions = {}) {
    this.#options = options;
    this.core = this.#open(options.known);
    this.feed({ kind: 'connection', isUp: true });
    this.feed({ kind: 'trigger', value: 0, atMs: 0 });
    this.feed({ kind: 'confirm', value: 0, atMs: 0 });
    this.#tellEncoder();
  }

  get settings(): GateSettings {
    const { cameras = ['a'], trigger, gate } = this.#options;
    return {
      cameras,
      trigger: TriggerSchema.parse({
        signal: 'counter',
        kind: 'counter',
        windowMs: 40,
        settleMs: 30,
        silentAfterMm: 1_000_000,
        ...trigger,
      }),
      gate: gate === null ? undefined : GateSchema.parse({ ...GATE, ...gate }),
    };
  }

  #open(known: GateSnapshot | undefined): GateCore {
    const stamps = { id: (atMs: number) => `${atMs}-${++this.#ids}`, time: (atMs: number) => `t${Math.round(atMs)}` };
    return createGateCore(this.settings, known, stamps, this.nowMs);
  }

  /** A kill and a new start; the machine goes on. */
  restart(): void {
    this.core = this.#open(this.snapshot);
  }

  /** Lets the belt run; calls of the core come when it asked for them, the encoder's each 20 ms. */
  run(untilMs: number): this {
    while (this.nowMs < untilMs) {
      this.nowMs++;
      this.mm += this.speed;
      if (this.nowMs % 20 === 0 && this.speed !== 0) this.#tellEncoder();
      if (this.core.wake().atMs <= this.nowMs) this.feed({ kind: 'tick' });
    }
    return this;
  }

  feed(input: GateInput): void {
    this.#act(this.core.handle(input, this.nowMs));
  }

  /** A part at the trigger; answers when it was. */
  part(steps = 1): number {
    this.counter += steps;
    this.feed({ kind: 'trigger', value: this.counter, atMs: this.nowMs });
    return this.nowMs;
  }

  image(capturedAtMs = this.nowMs, camera = 'a', partId: string | null = null): SeenImage {
    return this.see({ capturedAtMs, camera, partId });
  }

  see(more: Partial<SeenImage>): SeenImage {
    const image: SeenImage = {
      camera: 'a',
      cameraId: 'camera-id',
      capturedAtMs: this.nowMs,
      uncertaintyMs: 0,
      trigger: null,
      arrivedAtMs: this.nowMs,
      latencyMs: 0,
      partId: null,
      look: { kind: 'waiting' },
      ...more,
    };
    this.feed({ kind: 'seen', image });
    return image;
  }

  look(image: SeenImage, said: Verdict | 'none'): void {
    const look: Look =
      said === 'none'
        ? { kind: 'none', reason: 'unreadable' }
        : { kind: 'verdict', verdict: said, inspectionId: this.inspectionIds ? `i-${++this.#ids}` : 'i' };
    image.look = look;
    this.feed({ kind: 'looked', image });
  }

  /** A part with its image and verdict. */
  judgedPart(verdict: Verdict): number {
    const atMs = this.part();
    this.look(this.image(), verdict);
    return atMs;
  }

  confirm(count = 1, atMs = this.nowMs): void {
    this.confirmed += count;
    this.feed({ kind: 'confirm', value: this.confirmed, atMs });
  }

  /** The last command did not reach the machine. */
  failWrite(reason: string): void {
    const command = this.fired.at(-1);
    if (command) this.feed({ kind: 'write-failed', command, reason });
  }

  kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }

  dataOf(kind: GateEvent['kind']): unknown[] {
    return this.events.filter((event) => event.kind === kind).map(({ data }) => data);
  }

  commands(): number[] {
    return this.writes.filter(({ target, value }) => target === 'command' && value).map(({ atMs }) => atMs);
  }

  /** Sums over all runs. */
  sums(): Omit<RunCounts, 'id' | 'jobCode' | 'revision' | 'from' | 'to'> {
    this.keep();
    const sums = { triggered: 0, accepted: 0, rejected: 0, bypassed: 0, unseen: 0, unknown: 0, inTransit: 0 };
    for (const run of this.counts.values()) {
      for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += run[key];
    }
    return sums;
  }

  keep(): void {
    const taken = this.core.takeCounts();
    if (!taken) return;
    for (const run of taken.changed) this.counts.set(run.id, run);
    this.snapshot = taken.snapshot;
    this.#act(taken.actions);
  }

  #tellEncoder(): void {
    const mm = this.mm - this.speed * this.lagMs;
    if (this.isEncoderHeard) this.feed({ kind: 'belt', value: mm + this.slipMm, atMs: this.nowMs - this.lagMs });
  }

  #act(actions: readonly GateAction[]): void {
    for (const action of actions) {
      if (action.kind === 'event') this.events.push(action.event);
      if (action.kind === 'tied') this.tied.push(action.image);
      if (action.kind === 'triggered') this.triggered.push(action.part);
      if (action.kind === 'command') this.writes.push({ target: 'command', value: action.isOn, atMs: this.nowMs });
      if (action.kind === 'command' && action.isOn) this.fired.push(action.command);
      if (action.kind === 'stop-line') this.writes.push({ target: 'line-stop', value: true, atMs: this.nowMs });
    }
  }
}

export const NOTHING = { accepted: 0, rejected: 0, bypassed: 0, unseen: 0, unknown: 0, inTransit: 0 };
