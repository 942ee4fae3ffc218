/** Where the belt is, was and will be. Positions only ever mean the distance between two of them. */

export interface Belt {
  /**
   * Takes a sample; answers why positions before and after it do not belong together, undefined when they do. One that cannot be
   * is not used: the belt is not heard until the next that can. `modulus` is that of the value's type, where it has one.
   */
  sample(atMs: number, value: number, modulus?: number): string | undefined;
  /** No samples are to be expected: from now on the belt is thought to go on as it did. */
  lose(): void;
  /** False before the first sample and from `lose` to the next. */
  readonly isHeard: boolean;
  positionAt(atMs: number): number;
  /** When the belt was or will be there, by its present speed; undefined when it does not move that way. */
  timeAt(positionMm: number): number | undefined;
  /** Whether the belt has been there for certain; by its last speed when it is not heard. */
  hasPassed(positionMm: number, nowMs: number): boolean;
  /** How old the newest sample is; undefined before the first. Asked when one arrives it is the sample's way; later it may be the silence of a belt that stands. */
  lagMs(nowMs: number): number | undefined;
  /** Why two parts that follow each other cannot have been where the belt says at their triggers; undefined when they can. */
  pitchProblem(beforeMm: number, afterMm: number, pitchMm: number, toleranceMm: number): string | undefined;
  /** Positions up to this moment will not change any more. */
  readonly exactUntilMs: number;
  /** What is said of the time after this moment needs another sample first: the belt may stand. */
  readonly trustedUntilMs: number;
}

/** A belt that is known by a signal has these two: a position at an instant, and the instant of a position. */
export interface BeltPoint {
  atMs: number;
  mm: number;
}

/** Long enough for every part between trigger and gate that still needs its position. */
export const BELT_POINTS = 256;

/** Index of the newest point not after the instant; 0 when all are after it. */
export function pointBefore(points: readonly BeltPoint[], atMs: number): number {
  for (let index = points.length - 1; index > 0; index--) if ((points[index]?.atMs ?? 0) <= atMs) return index;
  return 0;
}

/** The newest moment at which the belt came to the position, going forward; undefined when it is not between the points. */
export function timeBetween(points: readonly BeltPoint[], mm: number): number | undefined {
  for (let index = points.length - 1; index > 0; index--) {
    const [before, after] = [points[index - 1], points[index]];
    if (!before || !after || before.mm >= mm || after.mm < mm) continue;
    return before.atMs + ((after.atMs - before.atMs) * (mm - before.mm)) / (after.mm - before.mm);
  }
  return undefined;
}
