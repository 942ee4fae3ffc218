/**
 * What holds of an image, from what people say of it. Each person has one standing annotation; nobody is his own second reviewer. Where any
 * of what was said takes two people, two must agree: on the label and, where both drew regions, on the place.
 */
import type { Region } from '../../../../schema/region.ts';
import type { DecisionRule } from './annotations.table.ts';

/** Intersection over union from which two people mean the same place; PASCAL VOC's bound for a found object. */
export const AGREEING_IOU = 0.5;

export interface Said {
  id: string;
  personId: string;
  label: string;
  regions: readonly Region[];
  madeAt: Date;
}

export type Outcome =
  | { state: 'unlabelled' | 'pending' | 'conflict' }
  | { state: 'labelled'; label: string; rule: DecisionRule; annotationId: string; votes: readonly string[] };

export interface AgreementRules {
  /** How many people it takes to say so. */
  reviewersFor(label: string): 1 | 2;
  /** Intersection over union of the regions of two annotations, 0 to 1. */
  iou(a: readonly Region[], b: readonly Region[]): number;
}

/** The newest annotation of each person, oldest first; what was said until `since` does not count. */
export function standing(said: readonly Said[], since: Date | null = null): Said[] {
  const newest = new Map<string, Said>();
  for (const each of [...said].sort(byTime)) {
    if (since === null || each.madeAt > since) newest.set(each.personId, each);
  }
  return [...newest.values()].sort(byTime);
}

/** Whether two people say the same: the label and, where both drew, the place. */
export function agrees(a: Said, b: Said, rules: Pick<AgreementRules, 'iou'>): boolean {
  if (a.label !== b.label) return false;
  if (a.regions.length === 0 || b.regions.length === 0) return true;
  return rules.iou(a.regions, b.regions) >= AGREEING_IOU;
}

/**
 * What follows from what people have said, whatever the order in which rows come. One reviewer: the newest holds. Two: the two agree, or a
 * third is asked and the larger side holds; as long as no side is larger it stays a conflict.
 */
export function decideLabel(said: readonly Said[], rules: AgreementRules, since: Date | null = null): Outcome {
  const views = standing(said, since);
  const last = views.at(-1);
  if (!last) return { state: 'unlabelled' };
  if (!views.some(({ label }) => rules.reviewersFor(label) === 2))
    return { state: 'labelled', label: last.label, rule: 'one', annotationId: last.id, votes: [last.id] };
  if (views.length === 1) return { state: 'pending' };

  const sides = views.map((view) => views.filter((other) => other === view || agrees(view, other, rules)));
  const most = Math.max(...sides.map((side) => side.length));
  const largest = sides.filter((side) => side.length === most);
  // later views come later: of equal sides with one label the one around the newest holds
  const side = largest.at(-1);
  // two sides of one size have nobody in common where they mean different things, or different places
  const isOneSide = side !== undefined && largest.every((each) => each.some((view) => side.includes(view)));
  if (most < 2 || !isOneSide) return { state: 'conflict' };
  const holding = side.findLast(({ regions }) => regions.length > 0) ?? side.at(-1) ?? last;
  return {
    state: 'labelled',
    label: holding.label,
    rule: views.length === 2 ? 'two' : 'third',
    annotationId: holding.id,
    votes: side.map(({ id }) => id),
  };
}

function byTime(a: Said, b: Said): number {
  return a.madeAt.getTime() - b.madeAt.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
