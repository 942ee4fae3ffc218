/**
 * A line with a trigger sensor, an encoder, a gate and a drop sensor, as physics has it: what the gate pushes is what stands in
 * front of it at that moment, whatever anybody meant. It knows nothing of the node.
 */
import type { SeededRandom } from '../../support/seeded-random.ts';
import { MovingBelt } from './moving-belt.ts';

export const PITCH_MM = 150;
export const GATE_MM = 1_200;

export interface Bottle {
  readonly number: number;
  readonly id: string;
  readonly mm: number;
  readonly isDefective: boolean;
  triggeredAtMs: number;
  ejectedAtMs: number | undefined;
  /** Trigger time of the bottle that the command was for; undefined for a gate that fired by itself. */
  ejectedFor: number | undefined;
  /** The gate was jammed when it should have pushed this one. */
  wasJammed: boolean;
}

export interface LineFaults {
  /** Chances: of a command to do nothing, and per second of a push by itself and of a slip of the encoder. */
  jam: number;
  spuriousPerS: number;
  slipPerS: number;
}

export interface LineTold {
  triggered(bottle: Bottle, atMs: number): void;
  encoder(value: number, atMs: number): void;
  confirmed(count: number, atMs: number): void;
}

const DEFECTIVE_SHARE = 0.1;
const QUANTUM_MM = 0.5;

export class BottleLine {
  readonly belt: MovingBelt;
  counter = 0;
  ejections = 0;
  encoderValue = 0;
  encoderAtMs = 0;
  confirmAtMs = 0;
  slips = 0;
  jams = 0;
  spurious = 0;
  commandedTwice = 0;
  /** Those that the trigger has seen, newest last, as long as the gate can reach them. */
  readonly near: Bottle[] = [];
  readonly #random: SeededRandom;
  readonly #faults: LineFaults;
  readonly #told: LineTold;
  readonly #updateMs: number;
  readonly #commanded = new Set<number>();
  #nextMm = 0;
  #slipMm = 0;
  #pushes: { atMs: number; forMs: number | undefined }[] = [];
  #drops: number[] = [];

  constructor(random: SeededRandom, faults: LineFaults, updateMs: number, told: LineTold) {
    this.#random = random;
    this.#faults = faults;
    this.#told = told;
    this.#updateMs = updateMs;
    this.belt = new MovingBelt(random);
    this.#placeNext();
  }

  /** The valve takes its time, not always the same. */
  command(atMs: number, forMs: number): void {
    if (this.#commanded.has(forMs)) this.commandedTwice++;
    this.#commanded.add(forMs);
    this.#pushes.push({ atMs: atMs + 12 + this.#random.next() * 6, forMs });
  }

  step(nowMs: number, isFeeding: boolean): void {
    this.belt.step(nowMs);
    if (isFeeding && this.belt.mm >= this.#nextMm) this.#trigger(nowMs);
    if (nowMs % this.#updateMs === 0) this.#tellEncoder(nowMs);
    if (nowMs % 1_000 === 0) this.#fail(nowMs);
    while ((this.#pushes[0]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs) this.#push();
    while ((this.#drops[0] ?? Number.POSITIVE_INFINITY) <= nowMs) {
      this.confirmAtMs = Math.round(this.#drops.shift() ?? nowMs);
      this.ejections++;
      this.#told.confirmed(this.ejections, this.confirmAtMs);
    }
    while (this.near[0] && this.belt.mm > this.near[0].mm + GATE_MM + 3 * PITCH_MM) this.near.shift();
  }

  #trigger(nowMs: number): void {
    const atMs = this.belt.crossedMs(this.#nextMm, nowMs);
    this.counter++;
    const bottle: Bottle = {
      number: this.counter,
      id: `B-${this.counter}`,
      mm: this.#nextMm,
      isDefective: this.#random.next() < DEFECTIVE_SHARE,
      triggeredAtMs: Math.round(atMs),
      ejectedAtMs: undefined,
      ejectedFor: undefined,
      wasJammed: false,
    };
    this.near.push(bottle);
    this.#placeNext();
    this.#told.triggered(bottle, bottle.triggeredAtMs);
  }

  /** Bottles never stand nearer than the pitch; often exactly so. */
  #placeNext(): void {
    this.#nextMm += PITCH_MM + (this.#random.next() < 0.5 ? 0 : this.#random.next() * 200);
  }

  #tellEncoder(nowMs: number): void {
    const exact = this.belt.mm + this.#slipMm + (this.#random.next() - 0.5) * 0.6;
    const value = Math.round(exact / QUANTUM_MM) * QUANTUM_MM;
    if (value === this.encoderValue) return;
    this.encoderValue = value;
    this.encoderAtMs = nowMs;
    this.#told.encoder(value, nowMs);
  }

  #fail(nowMs: number): void {
    const { slipPerS, spuriousPerS } = this.#faults;
    if (this.#random.next() < slipPerS) {
      this.slips++;
      this.#slipMm = this.#random.next() < 0.3 ? -this.belt.mm : this.#slipMm + 300 + this.#random.next() * 2_000;
    }
    if (this.#random.next() < spuriousPerS) this.#pushes.unshift({ atMs: nowMs, forMs: undefined });
  }

  #push(): void {
    const push = this.#pushes.shift();
    if (!push) return;
    const away = (bottle: Bottle) => Math.abs(bottle.mm + GATE_MM - this.belt.mm);
    const hit = this.near
      .filter((bottle) => bottle.ejectedAtMs === undefined && away(bottle) <= PITCH_MM / 2)
      .toSorted((a, b) => away(a) - away(b))[0];
    if (!hit) return;
    if (push.forMs !== undefined && this.#random.next() < this.#faults.jam) {
      this.jams++;
      hit.wasJammed = true;
      return;
    }
    if (push.forMs === undefined) this.spurious++;
    hit.ejectedAtMs = push.atMs;
    hit.ejectedFor = push.forMs;
    this.#drops.push(push.atMs + 5 + this.#random.next() * 25);
    this.#drops.sort((a, b) => a - b);
  }
}
