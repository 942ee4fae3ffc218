/**
 * The machine's times as times of the node's steady clock: the quickest samples of the last seconds say how far apart the two
 * are. What remains is the shortest way of a sample to the node, the same for all signals of one machine.
 */
import { createLeastDistance, type LeastDistance } from './least-distance.ts';

export interface SourceClock {
  /** When it became true what arrived at `nowMs`. A sample that seems older than any that is under way counts as new: it is the value of a fresh subscription, or the machine's clock was set. */
  toSteady(sourceMs: number, nowMs: number, signal: string): number;
  /** Forgets how far apart the clocks are: the machine's clock was set, or the connection was lost. */
  reset(): void;
  /**
   * By how many milliseconds samples seem older for a while now than they did, more than one may be under way: the machine's clock
   * was set back, or the way got longer. Answered once; the clock goes by the new distance from then on.
   */
  takeStep(): number | undefined;
}

const LONGEST_WAY_MS = 1_000;
/** How far apart the clocks are is looked at anew after so long, and not known after so long a silence. */
const WINDOW_MS = 10_000;
const FORGET_MS = 60_000;
/** For one signal by itself, which may come seldom. */
const SIGNAL_WINDOW_MS = 60_000;
const SIGNAL_FORGET_MS = 600_000;
/** No sample comes in less. */
const SHORTEST_WAY_MS = 1;
/** So many in a row, over so long, are no chance. */
const STEP_SAMPLES = 4;
const STEP_MS = 100;
/** What had to wait while something stood still arrives within this time. */
const TOGETHER_MS = 5;

/** Samples in a row, each later than it may be, all by nearly the same. */
interface LateRow {
  /** Those that arrive together are one. */
  count: number;
  sinceMs: number;
  /** When the first of the newest ones arrived that came together. */
  togetherSinceMs: number;
  /** By how much the least late is later than the quickest of its signal. */
  leastMs: number;
  /** The least distance of the two clocks among them. */
  apartMs: number;
}

/**
 * `settleMs`: the longest a sample is under way. A clock that is set forward is followed at once. One that is set back is known by
 * samples in a row, of any signal, each that much older than the quickest of its own signal: a signal that the machine always
 * stamps late is no step, nor are values of long ago that come with a new subscription, each of another age.
 */
export function createSourceClock(settleMs: number): SourceClock {
  const lateMs = Math.max(1, settleMs - SHORTEST_WAY_MS);
  let quickest = createLeastDistance(WINDOW_MS, FORGET_MS);
  const quickestOf = new Map<string, LeastDistance>();
  let late: LateRow | undefined;
  let stepMs: number | undefined;

  return {
    toSteady(sourceMs, nowMs, signal) {
      const apartMs = nowMs - sourceMs;
      const olderMs = apartMs - quickestFor(signal).add(apartMs, nowMs);
      noteAge(olderMs, apartMs, nowMs);
      if (late && late.count >= STEP_SAMPLES && nowMs - late.sinceMs >= STEP_MS) followStep(late, nowMs);
      const underWayMs = apartMs - quickest.add(apartMs, nowMs);
      return underWayMs > LONGEST_WAY_MS ? nowMs : nowMs - underWayMs;
    },
    reset() {
      forget();
      stepMs = undefined;
    },
    takeStep() {
      const taken = stepMs;
      stepMs = undefined;
      return taken;
    },
  };

  function quickestFor(signal: string): LeastDistance {
    const known = quickestOf.get(signal) ?? createLeastDistance(SIGNAL_WINDOW_MS, SIGNAL_FORGET_MS);
    quickestOf.set(signal, known);
    return known;
  }

  function noteAge(olderMs: number, apartMs: number, nowMs: number): void {
    if (olderMs <= lateMs) {
      late = undefined;
    } else if (!late || Math.abs(olderMs - late.leastMs) > settleMs) {
      late = { count: 1, sinceMs: nowMs, togetherSinceMs: nowMs, leastMs: olderMs, apartMs };
    } else {
      late.leastMs = Math.min(late.leastMs, olderMs);
      late.apartMs = Math.min(late.apartMs, apartMs);
      if (nowMs - late.togetherSinceMs < TOGETHER_MS) return;
      late.count++;
      late.togetherSinceMs = nowMs;
    }
  }

  function followStep({ leastMs, apartMs }: LateRow, nowMs: number): void {
    stepMs = (stepMs ?? 0) + leastMs;
    forget();
    quickest.add(apartMs, nowMs);
  }

  function forget(): void {
    quickest = createLeastDistance(WINDOW_MS, FORGET_MS);
    quickestOf.clear();
    late = undefined;
  }
}
