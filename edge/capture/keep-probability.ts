/** How likely an image is kept, and why. Pure: budget and quotas come in as they are before the image. */
import type { Verdict } from '../pipeline/frame.ts';
import type { CapturePolicy } from './capture-policy.ts';

export type CaptureReason = 'REJECT' | 'UNCERTAIN' | 'QUOTA' | 'AUDIT' | 'ALL';

export interface KeepChance {
  probability: number;
  reason: CaptureReason;
}

/** The server takes no zero: a part that could never be kept cannot be weighted. */
const LEAST = 1e-6;
/** Probabilities shrink in a straight line once less than this share of the budget is left: rejects last. */
const SHRINK_BELOW: Record<Verdict, number> = { PASS: 0.5, UNCERTAIN: 0.5, REJECT: 0.25 };

/**
 * The strongest of audit, verdict and quota, shrunk to what is left of the budget; never below the audit fraction, so that every part
 * keeps a chance. `budgetLeft` is 0 (nothing) to 1 (all of it); `quotaProbability` is that of the best open cell, 0 without one.
 * Without a policy everything is kept.
 */
export function keepProbability(
  policy: CapturePolicy | null,
  part: { verdict: Verdict; quotaProbability: number; budgetLeft: number },
): KeepChance {
  if (policy === null) return { probability: 1, reason: 'ALL' };
  const { verdict, quotaProbability, budgetLeft } = part;
  const audit: KeepChance = { probability: Math.max(LEAST, policy.auditFraction), reason: 'AUDIT' };
  const wishes: KeepChance[] = [
    { probability: verdict === 'REJECT' ? policy.rejectProbability : 0, reason: 'REJECT' },
    { probability: verdict === 'UNCERTAIN' ? policy.uncertainProbability : 0, reason: 'UNCERTAIN' },
    { probability: quotaProbability, reason: 'QUOTA' },
  ];
  const strongest = wishes.reduce((best, next) => (next.probability > best.probability ? next : best));
  const probability = strongest.probability * Math.min(1, Math.max(0, budgetLeft) / SHRINK_BELOW[verdict]);
  return probability > audit.probability ? { ...strongest, probability: Math.min(1, probability) } : audit;
}
