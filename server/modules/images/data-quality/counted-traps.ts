/** The traps that need no classifier, only counting: rare classes, near duplicates, labels without outlines. */

import type { AuditFigure, AuditInput, AuditIssues, TrapKind } from './audit-types.ts';
import { duplicateGroups } from './duplicate-groups.ts';

export interface Trap {
  figure: AuditFigure;
  /** Absent where the trap could not be judged. */
  issues?: AuditIssues;
}

/** Datalab's: a class with less than a tenth of the even share. */
const LEAST_EVEN_SHARE = 0.1;
/** Share of images that repeat others from which a set is called redundant. */
const LEAST_REDUNDANT = 0.01;
/** A class wants outlines when this many of its images have one. */
const LEAST_OUTLINED = 3;

export function notJudged(kind: TrapKind, code: string, params: AuditFigure['params'] = {}): Trap {
  return { figure: { kind, score: null, flagged: false, count: 0, code, params } };
}

export function makeIssues(kind: TrapKind, rows: number): AuditIssues {
  return { kind, scores: new Float32Array(rows).fill(1), flagged: new Uint8Array(rows), details: new Map() };
}

export function countFlagged({ flagged }: AuditIssues): number {
  return flagged.reduce((sum, each) => sum + each, 0);
}

export function classImbalance({ label }: AuditInput): Trap {
  const counts = new Map<string, number>();
  for (const each of label) counts.set(each, (counts.get(each) ?? 0) + 1);
  if (counts.size < 2) return notJudged('class_imbalance', 'one_class', { classes: counts.size });
  const issues = makeIssues('class_imbalance', label.length);
  const evenness = new Map(
    [...counts].map(([each, count]) => [each, Math.min(1, (count / label.length) * counts.size)]),
  );
  const [rarest = '', score = 1] = [...evenness].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1))[0] ?? [];
  label.forEach((each, row) => {
    const own = evenness.get(each) ?? 1;
    issues.scores[row] = own;
    issues.flagged[row] = own < LEAST_EVEN_SHARE ? 1 : 0;
  });
  const count = counts.get(rarest) ?? 0;
  const params = { label: rarest, count, share: count / label.length, classes: counts.size };
  const flagged = score < LEAST_EVEN_SHARE;
  const code = flagged ? 'rare_class' : 'balanced';
  return {
    figure: { kind: 'class_imbalance', score, flagged, count: countFlagged(issues), code, params },
    issues,
  };
}

export function nearDuplicates({ label, sha256, pairs, likeness }: AuditInput): Trap {
  const issues = makeIssues('near_duplicates', label.length);
  let conflicting = 0;
  for (let at = 0; at < likeness.length; at++) {
    const [a, b] = [pairs[2 * at] ?? 0, pairs[2 * at + 1] ?? 0];
    const different = 1 - (likeness[at] ?? 0);
    for (const [row, other] of [
      [a, b],
      [b, a],
    ] as const) {
      issues.flagged[row] = 1;
      if (different < (issues.scores[row] ?? 0) || !issues.details.has(row)) {
        issues.scores[row] = different;
        issues.details.set(row, { imageSha256: sha256[other] ?? '', likeness: likeness[at] ?? 0 });
      }
    }
    if (label[a] !== label[b]) conflicting += 1;
  }
  const roots = new Set(duplicateGroups(label.length, pairs));
  const redundant = label.length - roots.size;
  const share = redundant / Math.max(1, label.length);
  const flagged = share >= LEAST_REDUNDANT || conflicting > 0;
  const code = conflicting > 0 ? 'conflicting_duplicates' : redundant > 0 ? 'near_duplicates' : 'no_duplicates';
  const params = { pairs: likeness.length, redundant, share, conflicting };
  return {
    figure: { kind: 'near_duplicates', score: 1 - share, flagged, count: countFlagged(issues), code, params },
    issues,
  };
}

/** A defect without an outline where its class has them, a good part with one, and a label that the defect book does not know. */
export function emptyLabels({ label, regions, knownLabels }: AuditInput): Trap {
  const issues = makeIssues('empty_labels', label.length);
  const outlined = new Map<string, number>();
  label.forEach((each, row) => {
    if (each !== 'good' && (regions[row] ?? 0) > 0) outlined.set(each, (outlined.get(each) ?? 0) + 1);
  });
  const known = knownLabels && new Set(['good', ...knownLabels]);
  const counts = { withoutOutline: 0, goodWithOutline: 0, unknownClass: 0 };
  label.forEach((each, row) => {
    const reason =
      each.trim() === '' || (known && !known.has(each))
        ? 'unknownClass'
        : each === 'good' && (regions[row] ?? 0) > 0
          ? 'goodWithOutline'
          : each !== 'good' && (regions[row] ?? 0) === 0 && (outlined.get(each) ?? 0) >= LEAST_OUTLINED
            ? 'withoutOutline'
            : undefined;
    if (reason === undefined) return;
    counts[reason] += 1;
    issues.scores[row] = 0;
    issues.flagged[row] = 1;
    issues.details.set(row, { reason });
  });
  const count = countFlagged(issues);
  const code = count > 0 ? 'empty_labels' : outlined.size === 0 ? 'no_outlines' : 'complete_labels';
  return {
    figure: {
      kind: 'empty_labels',
      score: 1 - count / Math.max(1, label.length),
      flagged: count > 0,
      count,
      code,
      params: counts,
    },
    issues,
  };
}
