/** A belt by its speed, where there is no encoder: each sample holds until the next, so that time at speed is the way gone. */
import { BELT_POINTS, type Belt, type BeltPoint, pointBefore, timeBetween } from './belt.ts';

export interface SpeedSettings {
  partPitchMm: number;
  maxSpeedMmPerS: number;
  maxReverseMmPerS: number;
}

/** A speed above the highest by less than this is the signal's own noise. */
const OVERSPEED = 1.1;

/**
 * A belt that is known by its speed: `partPitchMm` apart, parts per minute. A speed that the line cannot have is not used. What a
 * signal of another unit says within these limits is seen from the triggers when it is too low: parts seem to come nearer to each
 * other than they can. When it is too high, by less than the highest speed allows, nothing here can tell it from a line with gaps
 * between its parts: parts are thought at the gate before they are there. Only what stands at the gate sees that: confirmations
 * that fail (parts in a row are confirmed by chance) or a sensor behind the gate. So `maxSpeedMmPerS` belongs close to the line's true highest.
 */
export function createSpeedBelt({ partPitchMm, maxSpeedMmPerS, maxReverseMmPerS }: SpeedSettings): Belt {
  const points: BeltPoint[] = [];
  let mmPerMs = 0;
  let isHeard = false;

  return {
    sample(atMs, value) {
      const mmPerS = (value * partPitchMm) / 60;
      const reason = implausible(mmPerS);
      if (reason !== undefined) {
        isHeard = false;
        return `the speed signal says ${value} parts per minute: ${reason}; correct its unit or its mapping`;
      }
      const last = points.at(-1);
      // A change stamped before the last one is true all the same: silence would keep the old speed for ever.
      if (!last || atMs > last.atMs) points.push({ atMs, mm: positionAt(atMs) });
      if (points.length > BELT_POINTS) points.shift();
      mmPerMs = mmPerS / 1_000;
      isHeard = true;
      return undefined;
    },
    lose() {
      isHeard = false;
    },
    get isHeard() {
      return isHeard;
    },
    positionAt,
    timeAt(mm) {
      const last = points.at(-1);
      if (!last) return undefined;
      if (mm <= last.mm) return timeBetween(points, mm) ?? points[0]?.atMs;
      return mmPerMs > 0 ? last.atMs + (mm - last.mm) / mmPerMs : undefined;
    },
    hasPassed: (mm, nowMs) => points.length > 0 && positionAt(nowMs) >= mm,
    lagMs: (nowMs) => {
      const last = points.at(-1);
      return last && nowMs - last.atMs;
    },
    pitchProblem: (beforeMm, afterMm, pitchMm, toleranceMm) =>
      afterMm - beforeMm < pitchMm - toleranceMm
        ? 'parts came nearer to each other than they can: the speed of the belt is too low or of another unit'
        : undefined,
    exactUntilMs: Number.POSITIVE_INFINITY,
    trustedUntilMs: Number.POSITIVE_INFINITY,
  };

  function positionAt(atMs: number): number {
    const last = points.at(-1);
    if (!last) return 0;
    if (atMs >= last.atMs) return last.mm + mmPerMs * (atMs - last.atMs);
    const index = pointBefore(points, atMs);
    const [before, after] = [points[index] ?? last, points[index + 1]];
    if (!after || atMs <= before.atMs) return before.mm;
    return before.mm + ((after.mm - before.mm) * (atMs - before.atMs)) / (after.atMs - before.atMs);
  }

  /** Undefined for a speed that the belt can have. */
  function implausible(mmPerS: number): string | undefined {
    const speed = `${Math.round(mmPerS)} mm/s`;
    if (!Number.isFinite(mmPerS)) return 'that is no speed';
    if (mmPerS > maxSpeedMmPerS * OVERSPEED) return `${speed}, more than maxSpeedMmPerS (${maxSpeedMmPerS})`;
    if (mmPerS < -maxReverseMmPerS) return `${speed}, backwards faster than maxReverseMmPerS (${maxReverseMmPerS})`;
    return undefined;
  }
}
