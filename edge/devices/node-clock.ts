/**
 * The node's two clocks: the wall clock that images and results are stamped with, which people and time services set, and a steady one
 * that only goes on. A stamp of the wall clock from before it was set still finds its moment.
 */

export interface ClockPair {
  steadyMs: number;
  wallMs: number;
}

export interface NodeClock {
  steadyNow(): number;
  /** Compares the two clocks and answers by how much the wall clock was set since the last look; 0 when it was not. */
  look(): number;
  /** The moment of a wall clock's stamp; ambiguous when the wall clock never or twice showed it. */
  steadyAt(wallMs: number): { steadyMs: number; isAmbiguous: boolean };
  /** What the wall clock shows now, less what the steady one shows. */
  aheadMs(): number;
}

/** Less is the rounding of the wall clock to milliseconds. */
const ROUNDING_MS = 1;
/** A change up to this between two looks is the slow hand of a time service, not a setting. */
const LEAST_STEP_MS = 10;
const MAX_STRETCHES = 100;

/** Times between two settings of the wall clock. They overlap by the time between two looks: the setting was somewhere in it. */
interface Stretch {
  fromMs: number;
  toMs: number;
  aheadMs: number;
}

export function createNodeClock(read: () => ClockPair = readClocks): NodeClock {
  const first = read();
  let lookedMs = first.steadyMs;
  let newest: Stretch = {
    fromMs: Number.NEGATIVE_INFINITY,
    toMs: Number.POSITIVE_INFINITY,
    aheadMs: first.wallMs - first.steadyMs,
  };
  /** Oldest first, ends with `newest`. */
  let stretches = [newest];

  return {
    steadyNow: () => read().steadyMs,
    aheadMs: () => newest.aheadMs,
    look() {
      const { steadyMs, wallMs } = read();
      const stepMs = wallMs - steadyMs - newest.aheadMs;
      if (Math.abs(stepMs) > LEAST_STEP_MS) {
        newest.toMs = steadyMs;
        newest = { fromMs: lookedMs, toMs: Number.POSITIVE_INFINITY, aheadMs: wallMs - steadyMs };
        stretches = [...stretches.slice(1 - MAX_STRETCHES), newest];
      } else if (Math.abs(stepMs) > ROUNDING_MS) {
        newest.aheadMs += stepMs;
      }
      lookedMs = steadyMs;
      return Math.abs(stepMs) > LEAST_STEP_MS ? stepMs : 0;
    },
    steadyAt(wallMs) {
      const moments = stretches.flatMap(({ fromMs, toMs, aheadMs }) => {
        const steadyMs = wallMs - aheadMs;
        return steadyMs >= fromMs && steadyMs <= toMs ? [steadyMs] : [];
      });
      return { steadyMs: moments.at(-1) ?? newest.fromMs, isAmbiguous: moments.length !== 1 };
    },
  };
}

/** Both at one moment: a pause of the process between the two would look like a step. */
function readClocks(): ClockPair {
  let best: ClockPair & { widthMs: number } = { steadyMs: 0, wallMs: 0, widthMs: Number.POSITIVE_INFINITY };
  for (let tries = 0; tries < 5 && best.widthMs > ROUNDING_MS; tries++) {
    const before = performance.now();
    const wallMs = Date.now();
    const widthMs = performance.now() - before;
    if (widthMs < best.widthMs) best = { steadyMs: before + widthMs / 2, wallMs, widthMs };
  }
  return best;
}
