/** Which parts and which moments a disturbance reaches: all that were between sensor and gate while it went on. */
import type { Interval, LineTruth, Stretch } from './line-record.ts';
import type { PartTruth } from './machine-messages.ts';

/** After a part has passed, what is told of it: confirmation, gathering of a second, the way of a sample. */
export const TOLD_AFTER_MS = 2_000;
/** How exactly begin and end of a disturbance are known. */
const EDGE_MS = 400;

export interface Reach extends Interval {
  stretch: Stretch;
  /** With the parts that were under way. */
  fromMs: number;
  toMs: number;
}

export interface Stretches {
  readonly reaches: readonly Reach[];
  /** Those that the part was under way in. */
  ofPart(part: PartTruth): Stretch[];
  ofMoment(atMs: number): Stretch[];
  /** Whether an event that speaks of this time speaks of no more than disturbances and the parts under way in them. */
  contains(interval: Interval): boolean;
}

export function createStretches({ parts, stretches }: LineTruth): Stretches {
  const reaches = stretches
    .toSorted((a, b) => a.fromMs - b.fromMs)
    .map((stretch) => {
      const touched = parts.filter((part) => isUnderWay(part, stretch));
      const fromMs = Math.min(stretch.fromMs, ...touched.map(({ triggeredAtMs }) => triggeredAtMs)) - EDGE_MS;
      const toMs = Math.max(stretch.toMs, ...touched.map(({ atGateMs }) => atGateMs)) + EDGE_MS;
      return { stretch, fromMs, toMs };
    });
  return {
    reaches,
    ofPart: (part) => stretches.filter((stretch) => isUnderWay(part, stretch)),
    ofMoment: (atMs) =>
      reaches
        .filter(({ stretch, toMs }) => atMs >= stretch.fromMs - EDGE_MS && atMs <= toMs + TOLD_AFTER_MS)
        .map(({ stretch }) => stretch),
    contains({ fromMs, toMs }) {
      let coveredMs = fromMs;
      for (const reach of reaches) {
        if (reach.fromMs <= coveredMs) coveredMs = Math.max(coveredMs, reach.toMs + TOLD_AFTER_MS);
      }
      return (
        coveredMs >= toMs && reaches.some((reach) => reach.fromMs <= fromMs && fromMs <= reach.toMs + TOLD_AFTER_MS)
      );
    },
  };
}

function isUnderWay({ triggeredAtMs, atGateMs }: PartTruth, { fromMs, toMs }: Interval): boolean {
  return triggeredAtMs <= toMs + EDGE_MS && atGateMs >= fromMs - EDGE_MS;
}

export function overlaps(a: Interval, b: Interval): boolean {
  return a.fromMs <= b.toMs && a.toMs >= b.fromMs;
}
