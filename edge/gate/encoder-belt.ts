/**
 * A belt by its encoder: piecewise linear between samples, at the last speed beyond them. Machines tell of changes only, so
 * silence means that the belt stands; what moved further than a belt can without a sample is a reset, a slip or a gap.
 */
import { BELT_POINTS, type Belt, type BeltPoint, pointBefore, timeBetween } from './belt.ts';

export interface EncoderSettings {
  mmPerUnit: number;
  toleranceMm: number;
  maxSpeedMmPerS: number;
  maxReverseMmPerS: number;
  /** The longest time between two samples of a moving belt. */
  updateMs: number;
  gapMs: number;
  /** The longest way of a sample to the node. */
  settleMs: number;
  leadMs: number;
  /** Where the encoder begins again, in its own units; without it where its integer type ends. */
  modulus: number | undefined;
}

/**
 * Where the encoder begins again at its end, the way is the one of all that end at its value, whole turns apart, that the belt can
 * have gone. Signed integers that turn negative at their end and encoders that begin again at 0 are the same.
 */
export function createEncoderBelt(settings: EncoderSettings): Belt {
  const { updateMs, gapMs, settleMs, leadMs, toleranceMm } = settings;
  const points: BeltPoint[] = [];
  /** What the encoder said at the newest point. */
  let lastValue = 0;
  let mmPerMs = 0;
  let isHeard = false;
  const newest = () => points.at(-1) ?? { atMs: Number.NEGATIVE_INFINITY, mm: 0 };

  return {
    sample(atMs, value, modulus) {
      if (!Number.isFinite(value)) {
        isHeard = false;
        return `the encoder says ${value}, which is no position: map a signal of a number`;
      }
      const last = points.at(-1);
      if (last && atMs <= last.atMs) {
        // Further than samples can overtake one another: what follows is stamped by another measure than the parts under way.
        const backMs = Math.round(last.atMs - atMs);
        return backMs > settleMs ? `the encoder's stamps went back by ${backMs} ms` : undefined;
      }
      const wasHeard = isHeard;
      isHeard = true;
      const from = lastValue;
      lastValue = value;
      if (!last) {
        points.push({ atMs, mm: 0 });
        return undefined;
      }
      const elapsedMs = atMs - last.atMs;
      const range = rangeIn(Math.min(elapsedMs, gapMs));
      const roundMm = (settings.modulus ?? modulus ?? Number.POSITIVE_INFINITY) * settings.mmPerUnit;
      const wayMm = turnedWay((value - from) * settings.mmPerUnit, roundMm, (range.most + range.least) / 2);
      let mm = last.mm + wayMm;
      let reason: string | undefined;
      if (!canMove(wayMm, elapsedMs)) {
        reason = `the encoder jumped by ${Math.round(wayMm)} mm in ${Math.round(elapsedMs)} ms`;
        mm = last.mm + mmPerMs * (wasHeard ? Math.min(elapsedMs, gapMs) : elapsedMs);
      } else if (!canMove(wayMm, Math.min(elapsedMs, gapMs))) {
        reason = `the belt moved ${Math.round(wayMm)} mm in ${Math.round(elapsedMs)} ms without a sample`;
      } else if (range.most - range.least >= roundMm) {
        reason = `the belt may have gone more than once round the ${Math.round(roundMm)} mm of its encoder in ${Math.round(elapsedMs)} ms without a sample`;
      }
      // Silence was standing still: the belt began to move within the last update.
      if (elapsedMs > 2 * updateMs && canMove(mm - last.mm, updateMs)) {
        points.push({ atMs: atMs - updateMs, mm: last.mm });
      }
      points.push({ atMs, mm });
      if (points.length > BELT_POINTS) points.splice(0, points.length - BELT_POINTS);
      mmPerMs = speedNow();
      return wasHeard ? reason : undefined;
    },
    lose() {
      isHeard = false;
    },
    get isHeard() {
      return isHeard;
    },
    positionAt,
    timeAt(mm) {
      const last = newest();
      if (mm <= last.mm) return timeBetween(points, mm) ?? points[0]?.atMs;
      return mmPerMs > 0 ? last.atMs + (mm - last.mm) / mmPerMs : undefined;
    },
    hasPassed: (mm, nowMs) => newest().mm >= mm || (!isHeard && points.length > 0 && positionAt(nowMs) >= mm),
    lagMs: (nowMs) => (points.length > 0 ? nowMs - newest().atMs : undefined),
    pitchProblem: (beforeMm, afterMm, pitchMm, tolerance) =>
      // Of two neighbours both positions are off by nearly the same.
      afterMm - beforeMm < pitchMm - tolerance
        ? 'parts came nearer to each other than they can: the encoder stands or slips'
        : undefined,
    get exactUntilMs() {
      return newest().atMs;
    },
    get trustedUntilMs() {
      return isHeard ? newest().atMs + updateMs + settleMs : Number.POSITIVE_INFINITY;
    },
  };

  function positionAt(atMs: number): number {
    const last = points.at(-1);
    if (!last) return 0;
    if (atMs > last.atMs) {
      const aheadMs = isHeard ? Math.min(atMs - last.atMs, updateMs + settleMs + leadMs) : atMs - last.atMs;
      return last.mm + mmPerMs * aheadMs;
    }
    const index = pointBefore(points, atMs);
    const [before, after] = [points[index] ?? last, points[index + 1]];
    if (!after || atMs <= before.atMs) return before.mm;
    return before.mm + ((after.mm - before.mm) * (atMs - before.atMs)) / (after.atMs - before.atMs);
  }

  function canMove(mm: number, elapsedMs: number): boolean {
    const { least, most } = rangeIn(elapsedMs);
    return mm <= most && mm >= least;
  }

  function rangeIn(elapsedMs: number): { least: number; most: number } {
    const seconds = elapsedMs / 1_000;
    const most = settings.maxSpeedMmPerS * seconds + toleranceMm;
    return { least: -settings.maxReverseMmPerS * seconds - toleranceMm, most };
  }

  /** Over about one update: shorter is noise of a fast encoder, longer lags behind a belt that brakes. */
  function speedNow(): number {
    const last = newest();
    const from = points.findLast(({ atMs }, index) => index < points.length - 1 && atMs <= last.atMs - updateMs * 0.8);
    const start = from && last.atMs - from.atMs <= 2 * updateMs ? from : points.at(-2);
    return start ? (last.mm - start.mm) / (last.atMs - start.atMs) : 0;
  }
}

/** Of the ways that are whole turns apart from this one, the nearest to what is expected. */
function turnedWay(mm: number, roundMm: number, expectedMm: number): number {
  return Number.isFinite(roundMm) ? mm - roundMm * Math.round((mm - expectedMm) / roundMm) : mm;
}
