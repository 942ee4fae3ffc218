/** How fast the belt goes, how far its parts are apart and how often the encoder tells: from what the machine says, whatever the configuration holds to be possible. */
import { createSpread, type Spread } from './spread.ts';

export interface BeltMeter {
  /** Where the encoder is, in millimetres; `roundMm` is where it begins again. */
  encoder(mm: number, roundMm: number, atMs: number): void;
  speed(mmPerS: number): void;
  triggered(atMs: number): void;
  /** Samples before and after do not belong together. */
  reset(): void;
  readonly pitchMm: Spread;
  readonly speedMmPerS: Spread;
  readonly updateMs: Spread;
}

/** Over less, the time stamps' own inexactness would be speed. */
const SPEED_MS = 500;
/** A share of the highest speed: slower, silence may be the belt's standing still. */
const MOVING = 0.1;
/** Triggers that wait for the encoder's next sample. */
const MOST_WAITING = 100;

interface Point {
  atMs: number;
  mm: number;
}

export function createBeltMeter(): BeltMeter {
  const [pitchMm, speedMmPerS, updateMs] = [createSpread(), createSpread(), createSpread()];
  let last: (Point & { value: number }) | undefined;
  let speedFrom: Point | undefined;
  let lastMmPerMs = 0;
  let highestMmPerMs = 0;
  let partMm: number | undefined;
  let waiting: number[] = [];

  return {
    encoder(value, roundMm, atMs) {
      const before = last;
      if (!before) {
        last = { atMs, mm: 0, value };
        return;
      }
      if (atMs <= before.atMs) return;
      const turned = value - before.value;
      const wayMm = Number.isFinite(roundMm) ? turned - roundMm * Math.round(turned / roundMm) : turned;
      last = { atMs, mm: before.mm + wayMm, value };
      noteUpdate(wayMm, atMs - before.atMs);
      noteSpeed(last);
      placeParts(before, last);
    },
    speed(mmPerS) {
      speedMmPerS.add(mmPerS);
    },
    triggered(atMs) {
      waiting.push(atMs);
      if (waiting.length > MOST_WAITING) waiting.shift();
    },
    reset() {
      [last, speedFrom, partMm, waiting, lastMmPerMs] = [undefined, undefined, undefined, [], 0];
    },
    pitchMm,
    speedMmPerS,
    updateMs,
  };

  function noteUpdate(wayMm: number, elapsedMs: number): void {
    const mmPerMs = wayMm / elapsedMs;
    highestMmPerMs = Math.max(highestMmPerMs, mmPerMs);
    const isMoving = Math.min(mmPerMs, lastMmPerMs) > MOVING * highestMmPerMs && mmPerMs > lastMmPerMs / 2;
    if (isMoving) updateMs.add(elapsedMs);
    lastMmPerMs = mmPerMs;
  }

  function noteSpeed(point: Point): void {
    speedFrom ??= point;
    const elapsedMs = point.atMs - speedFrom.atMs;
    if (elapsedMs < SPEED_MS) return;
    speedMmPerS.add((1_000 * (point.mm - speedFrom.mm)) / elapsedMs);
    speedFrom = point;
  }

  function placeParts(before: Point, after: Point): void {
    const ready = waiting.filter((atMs) => atMs <= after.atMs);
    waiting = waiting.filter((atMs) => atMs > after.atMs);
    for (const atMs of ready) {
      const share = (atMs - before.atMs) / (after.atMs - before.atMs);
      const mm = before.mm + share * (after.mm - before.mm);
      if (partMm !== undefined && mm > partMm) pitchMm.add(mm - partMm);
      partMm = mm;
    }
  }
}
