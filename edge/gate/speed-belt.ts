/** A belt by its speed, where there is no encoder: each sample holds until the next, so that time at speed is the way gone. */
import { BELT_POINTS, type Belt, type BeltPoint, pointBefore, timeBetween } from './belt.ts';

export interface SpeedSettings {
  partPitchMm: number;
  maxSpeedMmPerS: number;
  maxReverseMmPerS: number;
}

/** Parts per minute, `partPitchMm` apart. */
export function createSpeedBelt({ partPitchMm }: SpeedSettings): Belt {
  const points: BeltPoint[] = [];
  let mmPerMs = 0;
  let isHeard = false;

  return {
    sample(atMs, value) {
      const last = points.at(-1);
      if (last && atMs <= last.atMs) return undefined;
      points.push({ atMs, mm: positionAt(atMs) });
      if (points.length > BELT_POINTS) points.shift();
      mmPerMs = (value * partPitchMm) / 60_000;
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
}
