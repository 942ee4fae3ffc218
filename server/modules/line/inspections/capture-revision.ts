/** What a later word on an image changes: pure, the state goes in and comes out. */

export interface ImageState {
  isKept: boolean;
  /** As it is stored, with the precision of a `real`. */
  keepProbability: number;
  lostAtMs: number | null;
}

export interface CaptureRevision {
  /** Of the image after a thinning; the draw and its thinnings multiply. */
  keepProbability: number | null;
  /** With a lower probability: the thinning took the image. Alone: it was lost by no draw. */
  isLost: boolean;
}

/**
 * The state after the revision; null when it changes nothing, as one that is repeated or that a later thinning has overtaken: a
 * probability only falls. 'never kept' when it speaks of an image that is not there to be thinned.
 */
export function reviseCapture<State extends ImageState>(
  before: State,
  { keepProbability, isLost }: CaptureRevision,
  nowMs: number,
): State | 'never kept' | null {
  const told = keepProbability === null ? before.keepProbability : Math.fround(keepProbability);
  const hasFallen = told < Math.fround(before.keepProbability);
  if (!before.isKept) return hasFallen ? 'never kept' : null;
  if (hasFallen) return { ...before, keepProbability: told, isKept: !isLost };
  return isLost && before.lostAtMs === null ? { ...before, lostAtMs: nowMs } : null;
}
