/** A belt with parts, a sensor at its beginning and a valve further on: the valve pushes what stands before it, whatever anybody meant. Pure: every time is an argument. */
import type { SeededRandom } from '../../support/seeded-random.ts';
import type { PartTruth } from './machine-messages.ts';

export const PITCH_MM = 120;
export const GATE_MM = 600;
export const MAX_SPEED_MM_PER_S = 480;
const USUAL_MM_PER_S = 400;
const SPEED_SPREAD = 0.08;
const MM_PER_S2 = 60;
const SPEED_PLAN_MS = 4_000;
const EXTRA_GAP_MM = 50;
const DEFECTIVE_SHARE = 0.12;
/** From the command to the push. */
const VALVE_MS = { least: 12, spread: 6 };
/** From the push to the drop sensor. */
const DROP_MS = { least: 6, spread: 14 };
const PARTS_PER_JOB = 45;
const PARTS_PER_BATCH = 28;

interface BeltPart extends Omit<PartTruth, 'atGateMs' | 'counter'> {
  mm: number;
  atGateMs: number | null;
}

export interface BeltTold {
  /** The sensor sees a part. */
  triggered(part: { number: number; partId: string; isDefective: boolean }, atMs: number): void;
  /** The drop sensor sees one that was pushed out. */
  dropped(atMs: number): void;
  /** Nothing can happen to it any more. */
  left(part: Omit<PartTruth, 'counter'>): void;
  codes(jobCode: string, batchCode: string, atMs: number): void;
}

export interface BeltConditions {
  isFeeding: boolean;
  isJammed: boolean;
  isValveOpen: boolean;
}

export class BeltPhysics {
  mm = 0;
  mmPerS = USUAL_MM_PER_S;
  readonly #random: SeededRandom;
  readonly #line: string;
  readonly #isLevelValve: boolean;
  readonly #told: BeltTold;
  #nowMs: number;
  #parts: BeltPart[] = [];
  #number = 0;
  #nextMm = PITCH_MM;
  #targetMmPerS = USUAL_MM_PER_S;
  #planMs = 0;
  #pushes: number[] = [];
  #drops: number[] = [];
  #isCommanded = false;
  #openFromMs = Number.POSITIVE_INFINITY;
  #openUntilMs = Number.NEGATIVE_INFINITY;

  constructor(line: string, isLevelValve: boolean, random: SeededRandom, nowMs: number, told: BeltTold) {
    this.#line = line;
    this.#isLevelValve = isLevelValve;
    this.#random = random;
    this.#nowMs = nowMs;
    this.#told = told;
    told.codes(this.#jobCode(1), this.#batchCode(1), nowMs);
  }

  /** The part that stands nearest to the camera, if any does. */
  atCamera(nowMs: number): { number: number; isDefective: boolean } | undefined {
    return this.#nearest(this.#mmAt(nowMs));
  }

  command(isOn: boolean, nowMs: number): void {
    if (isOn === this.#isCommanded) return;
    this.#isCommanded = isOn;
    const actsMs = nowMs + VALVE_MS.least + this.#random.next() * VALVE_MS.spread;
    if (this.#isLevelValve) {
      if (isOn) {
        this.#openFromMs = actsMs;
        this.#openUntilMs = Number.POSITIVE_INFINITY;
      } else this.#openUntilMs = actsMs;
    }
    if (isOn) this.#pushes.push(actsMs);
  }

  step(nowMs: number, conditions: BeltConditions): void {
    const seconds = (nowMs - this.#nowMs) / 1_000;
    if (seconds <= 0) return;
    if (!conditions.isFeeding && this.#parts.length === 0) {
      // Nobody lets an empty line run.
      this.mmPerS = 0;
      this.#nowMs = nowMs;
      return;
    }
    if (this.mmPerS === 0) this.mmPerS = USUAL_MM_PER_S;
    this.#steer(nowMs, seconds);
    const fromMm = this.mm;
    const fromMs = this.#nowMs;
    this.mm += this.mmPerS * seconds;
    this.#nowMs = nowMs;
    const crossedMs = (mm: number) => fromMs + ((mm - fromMm) / this.mmPerS) * 1_000;
    while (conditions.isFeeding && this.mm >= this.#nextMm) this.#trigger(crossedMs(this.#nextMm));
    // Parts that were to come while nothing is fed do not come all at once later.
    if (!conditions.isFeeding) this.#nextMm = Math.max(this.#nextMm, this.mm + PITCH_MM);
    for (const part of this.#parts) {
      if (part.atGateMs !== null || this.mm < part.mm + GATE_MM) continue;
      part.atGateMs = crossedMs(part.mm + GATE_MM);
      const isOpen =
        conditions.isValveOpen || (part.atGateMs >= this.#openFromMs && part.atGateMs <= this.#openUntilMs);
      if (isOpen && !conditions.isJammed) this.#eject(part, part.atGateMs, 'open-valve');
    }
    while ((this.#pushes[0] ?? Number.POSITIVE_INFINITY) <= nowMs) this.#push(conditions.isJammed);
    this.#drops.sort((a, b) => a - b);
    while ((this.#drops[0] ?? Number.POSITIVE_INFINITY) <= nowMs) this.#told.dropped(this.#drops.shift() ?? nowMs);
    while (this.#parts[0] && this.mm > this.#parts[0].mm + GATE_MM + PITCH_MM) this.#leave(this.#parts.shift());
  }

  #steer(nowMs: number, seconds: number): void {
    if (nowMs >= this.#planMs) {
      this.#planMs = nowMs + SPEED_PLAN_MS * (0.5 + this.#random.next());
      this.#targetMmPerS = USUAL_MM_PER_S * (1 + (2 * this.#random.next() - 1) * SPEED_SPREAD);
    }
    const most = MM_PER_S2 * seconds;
    this.mmPerS += Math.max(-most, Math.min(most, this.#targetMmPerS - this.mmPerS));
  }

  #trigger(atMs: number): void {
    const number = ++this.#number;
    const part: BeltPart = {
      number,
      partId: `${this.#line}-${number}`,
      jobCode: this.#jobCode(number),
      batchCode: this.#batchCode(number),
      isDefective: this.#random.next() < DEFECTIVE_SHARE,
      mm: this.#nextMm,
      triggeredAtMs: atMs,
      atGateMs: null,
      ejectedAtMs: null,
      pushedBy: null,
    };
    this.#parts.push(part);
    const gap = this.#random.next();
    this.#nextMm += PITCH_MM + (gap < 0.4 ? 0 : gap * EXTRA_GAP_MM);
    this.#told.triggered(part, atMs);
    const isOther = this.#jobCode(number + 1) !== part.jobCode || this.#batchCode(number + 1) !== part.batchCode;
    // Half way to the next part.
    const changeMs = atMs + ((PITCH_MM / 2) * 1_000) / this.mmPerS;
    if (isOther) this.#told.codes(this.#jobCode(number + 1), this.#batchCode(number + 1), changeMs);
  }

  #push(isJammed: boolean): void {
    const atMs = this.#pushes.shift();
    if (atMs === undefined || isJammed) return;
    const hit = this.#nearest(this.#mmAt(atMs) - GATE_MM);
    if (hit) this.#eject(hit, atMs, 'command');
  }

  #eject(part: BeltPart, atMs: number, pushedBy: 'command' | 'open-valve'): void {
    if (part.ejectedAtMs !== null) return;
    part.ejectedAtMs = atMs;
    part.pushedBy = pushedBy;
    this.#drops.push(atMs + DROP_MS.least + this.#random.next() * DROP_MS.spread);
  }

  #nearest(mm: number): BeltPart | undefined {
    const away = (part: BeltPart) => Math.abs(part.mm - mm);
    return this.#parts
      .filter((part) => part.ejectedAtMs === null && away(part) <= PITCH_MM / 2)
      .toSorted((a, b) => away(a) - away(b))[0];
  }

  #mmAt(atMs: number): number {
    return this.mm + ((atMs - this.#nowMs) / 1_000) * this.mmPerS;
  }

  #leave(part: BeltPart | undefined): void {
    if (!part) return;
    const { mm: _mm, atGateMs, ...truth } = part;
    this.#told.left({ ...truth, atGateMs: atGateMs ?? this.#nowMs });
  }

  #jobCode(number: number): string {
    return String(7_000 + Math.floor((number - 1) / PARTS_PER_JOB));
  }

  #batchCode(number: number): string {
    return String(100 + Math.floor((number - 1) / PARTS_PER_BATCH));
  }
}
