/** What it means that a counter shows another number than before: a pure rule. */

/** `isCatchUp`: they came while nobody listened, nobody knows when. */
export type CounterSteps =
  | { kind: 'none' }
  /** So many came; the counter may have rolled over meanwhile. */
  | { kind: 'steps'; count: number; isCatchUp: boolean }
  /** The counter goes on from another number. `count` is what it has counted since then for certain, 0 when that is not known. How many it counted before that is never known. */
  | { kind: 'restart'; count: number; isCatchUp: boolean; from: number; to: number; reason: string }
  /** Somebody took back what had been counted too much; nothing came, the count goes on from there. */
  | { kind: 'correction'; from: number; to: number };

export interface CounterLimits {
  /** The most that can come in a second. */
  readonly mostPerS: number;
  /** A counter that goes back by so many at most is corrected; by more, it began again. */
  readonly maxCorrection: number;
}

export interface CounterChange {
  from: number;
  to: number;
  /** Undefined when it is not known where the counter ends. */
  modulus: number | undefined;
  /** Since `from` was heard; undefined when that is not known. */
  elapsedMs: number | undefined;
  isCatchUp: boolean;
}

/** On top of what can come in the time: a sample may be told late, its time is that of the controller's cycle. */
const SLACK = 3;
const SLACK_MS = 200;
/** Times of samples are off by as much after a clock was set or a connection came back. */
const CLOCK_SLACK_MS = 1_000;
/** A machine that is heard tells of each change: silence that is longer means that nothing came, not that much may have. */
const LONGEST_SILENCE_MS = 5_000;

/**
 * Three readings are tried: so many came, with or without rolling over; it was corrected; it began again. Parts that can have come
 * in the time are steps. Where a correction is possible as well, the smaller change is taken if it is the step; if it is the
 * correction, nobody can say which it was: that is a restart of which no count is known. So is a correction of a counter that
 * may as well have begun again and have counted some.
 */
export function readCounter(change: CounterChange, limits: CounterLimits): CounterSteps {
  const { from, to, modulus, isCatchUp } = change;
  const [first, last] = [within(from, modulus), within(to, modulus)];
  if (first === last) return { kind: 'none' };
  const ahead = distance(last - first, modulus);
  const back = distance(first - last, modulus);
  const most = mostIn(change, limits.mostPerS);
  const mostAnew = mostSinceRestart(change, limits.mostPerS);
  const canBeSteps = most === undefined ? last > first : ahead <= most;
  const canBeCorrection = back <= limits.maxCorrection;
  const restart = (count: number, reason: string): CounterSteps => {
    return { kind: 'restart', count, isCatchUp, from, to, reason };
  };

  if (canBeSteps && canBeCorrection && back < ahead) {
    return restart(0, `whether it was corrected by ${back} or ${ahead} came is not known`);
  }
  if (canBeSteps) {
    const canGoRound = isCatchUp && most !== undefined && modulus !== undefined && ahead + modulus <= most;
    if (canGoRound) return restart(ahead, 'it may have gone round meanwhile: whether more came is not known');
    return { kind: 'steps', count: ahead, isCatchUp };
  }
  if (canBeCorrection) {
    if (last === 0 || last > first || last > mostAnew) return { kind: 'correction', from, to };
    return restart(0, `whether it was corrected by ${back} or began again and counted ${last} is not known`);
  }
  if (last > first) return restart(0, `it jumped, no more than ${Math.floor(most ?? 0)} can have come`);
  return restart(most !== undefined && last <= mostAnew ? last : 0, 'it began again');
}

/** Signed integers go on below zero when they have come to their end. */
function within(value: number, modulus: number | undefined): number {
  return modulus === undefined ? value : ((value % modulus) + modulus) % modulus;
}

/** Forward; infinite for a way that a counter without an end cannot go. */
function distance(change: number, modulus: number | undefined): number {
  if (modulus !== undefined) return within(change, modulus);
  return change < 0 ? Number.POSITIVE_INFINITY : change;
}

/** The most that can have come; undefined when the time is not known. */
function mostIn({ elapsedMs, isCatchUp }: CounterChange, mostPerS: number): number | undefined {
  if (elapsedMs === undefined || elapsedMs < -CLOCK_SLACK_MS) return undefined;
  const isClockSet = elapsedMs < 0;
  const awayMs = isCatchUp ? elapsedMs : Math.min(elapsedMs, LONGEST_SILENCE_MS);
  const slackMs = isCatchUp || isClockSet ? CLOCK_SLACK_MS : SLACK_MS;
  return (mostPerS * (Math.max(0, awayMs) + slackMs)) / 1_000 + SLACK;
}

/** Who listens hears of the 0 that a counter begins at; only what came with it in one sample can be new. Infinite when the time is not known. */
function mostSinceRestart(change: CounterChange, mostPerS: number): number {
  const elapsedMs = change.isCatchUp ? change.elapsedMs : 0;
  return mostIn({ ...change, elapsedMs }, mostPerS) ?? Number.POSITIVE_INFINITY;
}
