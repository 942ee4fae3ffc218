/** A belt that nobody controls gently: speeds, accelerations, stops, restarts and jogs backwards at random, in steps of a millisecond. */
import type { SeededRandom } from '../../support/seeded-random.ts';

export const MAX_SPEED_MM_PER_S = 2_500;
const MAX_ACCELERATION = 2_500;
const JOG_MM_PER_S = -80;

export class MovingBelt {
  mm = 0;
  /** Before the last millisecond. */
  mmBefore = 0;
  #mmPerS = 0;
  #target = 800;
  #acceleration = 1_000;
  #nextMs = 0;
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  step(nowMs: number): void {
    if (nowMs >= this.#nextMs) this.#plan(nowMs);
    const change = this.#target - this.#mmPerS;
    const most = this.#acceleration / 1_000;
    this.#mmPerS += Math.max(-most, Math.min(most, change));
    this.mmBefore = this.mm;
    this.mm += this.#mmPerS / 1_000;
  }

  /** When in the last millisecond the belt came to the position. */
  crossedMs(mm: number, nowMs: number): number {
    return nowMs - (this.mm - mm) / Math.max(this.mm - this.mmBefore, 1e-9);
  }

  #plan(nowMs: number): void {
    const random = this.#random;
    const kind = random.next();
    this.#acceleration = 300 + random.next() * (MAX_ACCELERATION - 300);
    if (kind < 0.15) {
      this.#target = 0;
      this.#nextMs = nowMs + 200 + random.next() * 3_000;
    } else if (kind < 0.2) {
      this.#target = JOG_MM_PER_S;
      this.#nextMs = nowMs + 300 + random.next() * 500;
    } else {
      this.#target = 150 + random.next() * (MAX_SPEED_MM_PER_S - 150);
      this.#nextMs = nowMs + 500 + random.next() * 8_000;
    }
  }
}
