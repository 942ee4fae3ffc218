/** What a line does between trigger and gate, in the order of its instants: belt, ejector, drop sensor, and what a test breaks of them. */
import { type Belt, type BeltPart, ejectPart, GATE_DISTANCE_MM, moveBelt, nextTriggerMs } from './belt.ts';
import { normal, type Random } from './seeded-random.ts';

/** From the command to the push, and from the push to the drop sensor: mean and spread in milliseconds. */
const ACTUATION_MS = { mean: 12, sigma: 1 };
const DROP_MS = { mean: 60, sigma: 5 };
/** Standstill to full speed, and back. */
const RAMP_S = 0.25;
/** The belt's speed is steady for this long. */
const STEP_MS = 5;
/** What the encoder loses of the belt's way while it slips. */
const SLIP_SHARE = 0.3;

export interface Faults {
  /** The ejector does not move. */
  gateJammed: boolean;
  /** The next part at the gate is ejected though nobody asked; falls back by itself. */
  gateSpurious: boolean;
  /** Parts pass the sensor unreported; the counter tells of them with the next one that is. */
  triggerLost: boolean;
  /** The encoder counts only a part of the way. */
  encoderSlip: boolean;
}

export interface LineSideListener {
  /** The sensor has seen a part. Called before anything later happens. */
  triggered(part: BeltPart, isReported: boolean): void;
  /** The drop sensor has seen an ejected part. */
  dropped(part: BeltPart, atMs: number): void;
  /** A part is beyond the gate, or in the reject bin. */
  left(part: BeltPart): void;
  /** The spurious ejection has happened. */
  spuriousDone(): void;
}

export interface LineSide {
  readonly belt: Belt;
  /** What the encoder shows. */
  readonly encoderMm: number;
  readonly slipMm: number;
  readonly mmPerS: number;
  /** Moves everything on to `toMs`, speeding up or slowing down towards `targetMmPerS`. */
  advance(toMs: number, targetMmPerS: number): void;
  /** The rising edge of the command. */
  fire(atMs: number): void;
  /** When something happens next if nothing changes. */
  nextMs(): number;
}

export function createLineSide(
  place: string,
  start: { belt: Belt; slipMm: number; atMs: number },
  random: Random,
  faults: Readonly<Faults>,
  listener: LineSideListener,
): LineSide {
  let { belt, slipMm, atMs } = start;
  let mmPerS = 0;
  /** The highest speed asked for: sets how fast the belt slows down. */
  let topMmPerS = 0;
  let pending: { atMs: number; run(): void }[] = [];

  function schedule(at: number, run: () => void): void {
    pending = [...pending, { atMs: at, run }].sort((a, b) => a.atMs - b.atMs);
  }

  function delayOf({ mean, sigma }: typeof DROP_MS): number {
    return Math.max(1, mean + sigma * normal(random));
  }

  function move(toMs: number, targetMmPerS: number): void {
    topMmPerS = Math.max(targetMmPerS, mmPerS, targetMmPerS > 0 ? 0 : topMmPerS);
    while (atMs < toMs) {
      const stepMs = Math.min(STEP_MS, toMs - atMs);
      const most = (topMmPerS / RAMP_S) * (stepMs / 1_000);
      mmPerS += Math.max(-most, Math.min(most, targetMmPerS - mmPerS));
      const moved = moveBelt(belt, place, mmPerS, atMs, atMs + stepMs);
      if (faults.encoderSlip) slipMm += SLIP_SHARE * (moved.belt.mm - belt.mm);
      belt = moved.belt;
      atMs += stepMs;
      for (const part of moved.triggered) listener.triggered(part, !faults.triggerLost);
      for (const part of moved.left) listener.left(part);
      if (faults.gateSpurious && belt.onBelt.some(isAtGate)) {
        eject();
        listener.spuriousDone();
      }
    }
  }

  function isAtGate(part: BeltPart): boolean {
    return !part.isEjected && Math.abs(belt.mm - part.atMm - GATE_DISTANCE_MM) < 20;
  }

  function eject(): void {
    const push = ejectPart(belt);
    belt = push.belt;
    const { ejected } = push;
    if (!ejected) return;
    const droppedAtMs = atMs + delayOf(DROP_MS);
    schedule(droppedAtMs, () => listener.dropped(ejected, droppedAtMs));
  }

  return {
    get belt() {
      return belt;
    },
    get encoderMm() {
      return belt.mm - slipMm;
    },
    get slipMm() {
      return slipMm;
    },
    get mmPerS() {
      return mmPerS;
    },
    advance(toMs, targetMmPerS) {
      for (let next = pending[0]; next && next.atMs <= toMs; next = pending[0]) {
        pending = pending.slice(1);
        move(next.atMs, targetMmPerS);
        next.run();
      }
      move(toMs, targetMmPerS);
    },
    fire(commandedAtMs) {
      if (!faults.gateJammed) schedule(Math.max(atMs, commandedAtMs) + delayOf(ACTUATION_MS), eject);
    },
    nextMs: () => Math.min(pending[0]?.atMs ?? Number.POSITIVE_INFINITY, nextTriggerMs(belt, place, mmPerS, atMs)),
  };
}
