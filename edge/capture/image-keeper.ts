/** Decides which images are kept: one random draw each, whose probability goes with the result whether the image stays or not. */
import { fitsCell } from '#schema/quota-cell.ts';
import type { InspectionResult } from '../pipeline/frame.ts';
import { type ByteBudget, createByteBudget } from './byte-budget.ts';
import type { CapturePolicy } from './capture-policy.ts';
import { type CaptureReason, keepProbability } from './keep-probability.ts';

/** In the shape of the API's CaptureInput. */
export interface Capture {
  isKept: boolean;
  keepProbability: number;
  reason: CaptureReason;
}

export interface ImageKeeper {
  /** From the plan; null keeps everything. */
  setPolicy(policy: CapturePolicy | null): void;
  /** Asked again for the same result, it gives the same answer. */
  decide(result: InspectionResult, imageBytes: number): Capture;
}

export interface KeeperSurroundings {
  /** Uniform in [0, 1). */
  random: () => number;
  /** Milliseconds that only grow. */
  now: () => number;
  /** How much of the outbox' room for images is left, 0 to 1: while the server is away, less is kept before it has to be thinned. */
  roomLeft: () => number;
}

export function createImageKeeper({ random, now, roomLeft }: KeeperSurroundings): ImageKeeper {
  let policy: CapturePolicy | null = null;
  let budget: ByteBudget | undefined;
  /** Quota → images that are still missing, by what the server said and what was kept since. */
  let missing = new Map<string, number>();
  /** A result that the disk did not take comes again, and is drawn once all the same. */
  const drawn = new WeakMap<InspectionResult, Capture>();

  return {
    setPolicy(next) {
      if (next?.bytesPerDay !== policy?.bytesPerDay)
        budget = next?.bytesPerDay ? createByteBudget(next.bytesPerDay, now) : undefined;
      missing = new Map(next?.quotas.map(({ id, remaining }) => [id, remaining]));
      policy = next;
    },
    decide(result, imageBytes) {
      const known = drawn.get(result);
      if (known) return known;
      const open = (policy?.quotas ?? []).filter(
        ({ id, cell }) => (missing.get(id) ?? 0) > 0 && fitsCell(result, cell),
      );
      const quotaProbability = Math.max(0, ...open.map(({ probability }) => probability));
      const budgetLeft = Math.min(budget?.left() ?? 1, roomLeft());
      const chance = keepProbability(policy, { verdict: result.verdict, quotaProbability, budgetLeft });
      const isKept = random() < chance.probability;
      if (isKept) {
        budget?.spend(imageBytes);
        for (const { id } of open) missing.set(id, (missing.get(id) ?? 0) - 1);
      }
      const capture = { isKept, keepProbability: chance.probability, reason: chance.reason };
      drawn.set(result, capture);
      return capture;
    },
  };
}
