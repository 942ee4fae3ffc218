/**
 * What a decision about an image is worth, so that an hour of a person goes where it teaches most. The purpose gives the tier: two people
 * who disagree come before what operators say, that before second looks, those before images that nobody has seen. Within a tier an image
 * is worth
 *   redundancy × (0.45 uncertainty + 0.25 novelty + 0.2 rarity + 0.1 representation), each from 0 to 1.
 */
import type { ReviewReason } from '../annotations/annotations.table.ts';

export interface ImageFacts {
  verdict: 'pass' | 'reject' | 'uncertain' | null;
  score: number | null;
  /** Where the model begins to reject; null: not known. */
  threshold: number | null;
  /** How many of the plant's images share its condition, and how many there are. */
  cell: { count: number; total: number } | null;
  /** 1 minus the likeness to its nearest labelled image, or its uniqueness; null: not measured yet. */
  novelty: number | null;
  /** Another image of its group of near duplicates is labelled. */
  hasLabelledTwin: boolean;
  /** Probability with which it was kept: it stands for the inverse number of parts. */
  keepProbability: number | null;
}

/** Half of the usual distance between the scores of good parts and rejects on the calibrated scale of 0 to 1. */
const UNCERTAIN_WITHIN = 0.25;
/** A kept image that stands for so many parts or more represents as much as any can. */
const MOST_REPRESENTED = 1000;
const TWIN = 0.1;
/** Of what is not known yet. */
const UNKNOWN = 0.5;

/** Below 1, so that it never reaches the next tier. */
export function worthOf(facts: ImageFacts): { worth: number; reason: ReviewReason } {
  const parts = [
    { share: 0.45, value: uncertaintyOf(facts), reason: uncertainReason(facts) },
    { share: 0.25, value: clamp(facts.novelty ?? UNKNOWN), reason: { code: 'novel' } },
    { share: 0.2, value: rarityOf(facts.cell), reason: { code: 'rare', count: facts.cell?.count ?? 0 } },
    {
      share: 0.1,
      value: representationOf(facts.keepProbability),
      reason: { code: 'represents', parts: Math.round(1 / (facts.keepProbability ?? 1)) },
    },
  ];
  const sum = parts.reduce((total, { share, value }) => total + share * value, 0);
  const worth = Math.min(0.999, sum * (facts.hasLabelledTwin ? TWIN : 1));
  if (facts.hasLabelledTwin) return { worth, reason: { code: 'twin' } };
  const [first] = parts.toSorted((a, b) => b.share * b.value - a.share * a.value);
  return { worth, reason: first?.reason ?? { code: 'label' } };
}

/** 1 where the model cannot tell, falling to 0 at a distance from its threshold. */
function uncertaintyOf({ verdict, score, threshold }: ImageFacts): number {
  if (verdict === 'uncertain') return 1;
  if (score === null || threshold === null) return UNKNOWN;
  return clamp(1 - Math.abs(score - threshold) / UNCERTAIN_WITHIN);
}

function uncertainReason({ verdict, score }: ImageFacts): ReviewReason {
  if (verdict === null || score === null) return { code: 'unjudged' };
  return { code: verdict === 'uncertain' ? 'uncertain' : 'near_threshold', score: Math.round(score * 1000) / 1000 };
}

/** Self-information of the cell as a share of that of a condition seen once. */
function rarityOf(cell: ImageFacts['cell']): number {
  if (!cell || cell.total < 2) return UNKNOWN;
  return clamp(Math.log(cell.total / Math.max(1, cell.count)) / Math.log(cell.total));
}

function representationOf(keepProbability: number | null): number {
  if (keepProbability === null) return 0;
  return clamp(Math.log(1 / keepProbability) / Math.log(MOST_REPRESENTED));
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
