/** A node in virtual time: the gate's core, what reaches it late and in clumps, its restarts and its lost connections. */
import { GateSchema, TriggerSchema } from '../../../edge/config/gate-config.ts';
import { createGateCore, type GateCore } from '../../../edge/gate/gate-core.ts';
import type {
  GateAction,
  GateEvent,
  GateInput,
  GateSnapshot,
  RunCounts,
  SeenImage,
} from '../../../edge/gate/gate-types.ts';
import type { Json } from '../../../edge/pipeline/frame.ts';
import type { SeededRandom } from '../../support/seeded-random.ts';
import { GATE_MM, PITCH_MM } from './bottle-line.ts';

export const SETTINGS = {
  cameras: ['camera'],
  trigger: TriggerSchema.parse({
    signal: 'counter',
    kind: 'counter',
    partIdSignal: 'id',
    windowMs: 20,
    settleMs: 100,
    countsMs: 250,
  }),
  gate: GateSchema.parse({
    mode: 'active',
    distanceMm: GATE_MM,
    toleranceMm: 60,
    partPitchMm: PITCH_MM,
    maxSpeedMmPerS: 2_600,
    encoderSignal: 'encoder',
    encoderUpdateMs: 40,
    encoderGapMs: 60,
    leadMs: 15,
    pulseMs: 20,
    commandSignal: 'command',
    confirm: { signal: 'confirm', kind: 'counter', windowMs: 45 },
    enabledSignal: 'enabled',
  }),
};

interface Delivery {
  atMs: number;
  run(): void;
}

export class VirtualNode {
  readonly events: GateEvent[] = [];
  /** The newest of each run, as the server would have them. */
  readonly counts = new Map<string, RunCounts>();
  readonly ties = new Map<SeenImage, string | null>();
  /** Parts that were triggered while no node heard it, or were under way when it was killed. */
  readonly unfollowed = new Set<number>();
  mostUnknown = 0;
  restarts = 0;
  core: GateCore | undefined;
  isConnected = false;
  readonly #random: SeededRandom;
  readonly #command: (nowMs: number, forMs: number) => void;
  #snapshot: GateSnapshot | undefined;
  #queue: Delivery[] = [];
  /** Each signal's samples arrive in order. */
  readonly #lastArrival = new Map<string, number>();
  #ids = 0;
  #wakeMs = Number.POSITIVE_INFINITY;

  constructor(random: SeededRandom, command: (nowMs: number, forMs: number) => void) {
    this.#random = random;
    this.#command = command;
  }

  start(nowMs: number): void {
    const stamps = { id: () => `event-${++this.#ids}`, time: (atMs: number) => String(atMs) };
    this.core = createGateCore(SETTINGS, this.#snapshot, stamps, nowMs);
  }

  kill(): void {
    this.core = undefined;
    this.isConnected = false;
    this.#queue = [];
    this.#wakeMs = Number.POSITIVE_INFINITY;
    this.restarts++;
  }

  connect(nowMs: number, isUp: boolean): void {
    this.isConnected = isUp;
    this.feed({ kind: 'connection', isUp }, nowMs);
  }

  /** A sample on its way: mostly some milliseconds, now and then many. */
  send(kind: 'trigger' | 'part-id' | 'belt' | 'confirm' | 'enabled', value: Json, atMs: number, nowMs: number): void {
    if (!this.core || !this.isConnected) return;
    const delayMs = this.#random.next() < 0.02 ? 20 + this.#random.next() * 60 : 2 + this.#random.next() * 20;
    const arrivalMs = Math.max(nowMs + delayMs, this.#lastArrival.get(kind) ?? 0);
    this.#lastArrival.set(kind, arrivalMs);
    this.later(arrivalMs, (now) => {
      if (this.isConnected) this.feed({ kind, value, atMs }, now);
    });
  }

  later(atMs: number, run: (nowMs: number) => void): void {
    const entry = { atMs, run: () => run(Math.max(atMs, this.#nowMs)) };
    const index = this.#queue.findLastIndex((other) => other.atMs <= atMs);
    this.#queue.splice(index + 1, 0, entry);
  }

  #nowMs = 0;
  #steppedMs = 0;

  /** What is due in the millisecond that ends at `nowMs`. */
  step(nowMs: number): void {
    // After the process stood still all that waited is heard now, the timer's call first.
    if (nowMs - this.#steppedMs > 1) this.#nowMs = nowMs - 1;
    if (nowMs - this.#steppedMs > 1 && this.#wakeMs < nowMs) this.feed({ kind: 'tick' }, this.#nowMs);
    this.#steppedMs = nowMs;
    for (;;) {
      const next = this.#queue[0]?.atMs ?? Number.POSITIVE_INFINITY;
      if (Math.min(next, this.#wakeMs) > nowMs) break;
      if (next <= this.#wakeMs) {
        this.#nowMs = Math.max(this.#nowMs, next);
        this.#queue.shift()?.run();
      } else {
        this.#nowMs = Math.max(this.#nowMs, this.#wakeMs);
        this.feed({ kind: 'tick' }, this.#nowMs);
      }
    }
    this.#nowMs = nowMs;
    if (nowMs % SETTINGS.trigger.countsMs === 0) this.keepCounts(nowMs);
  }

  feed(input: GateInput, nowMs: number): void {
    if (!this.core) return;
    this.#act(this.core.handle(input, nowMs), nowMs);
    this.#wakeMs = this.core?.wake().atMs ?? Number.POSITIVE_INFINITY;
  }

  keepCounts(nowMs: number): void {
    const taken = this.core?.takeCounts();
    if (!taken) return;
    this.#act(taken.actions, nowMs);
    this.#snapshot = taken.snapshot;
    for (const run of taken.changed) {
      this.mostUnknown = Math.max(this.mostUnknown, Math.abs(run.unknown));
      this.counts.set(run.id, run);
    }
  }

  #act(actions: readonly GateAction[], nowMs: number): void {
    for (const action of actions) {
      if (action.kind === 'event') this.events.push(action.event);
      if (action.kind === 'tied') this.ties.set(action.image, action.image.partId);
      if (action.kind !== 'command' || !action.isOn) continue;
      if (this.isConnected) this.#command(nowMs, action.command.triggeredAtMs);
      else this.feed({ kind: 'write-failed', command: action.command, reason: 'not connected' }, nowMs);
    }
  }
}
