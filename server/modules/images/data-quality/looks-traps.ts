/** The traps that are seen in how images look: their embeddings, neighbours, and what a cross-validated classifier makes of them. */
import type { AuditInput } from './audit-types.ts';
import { clusterRows } from './clusters.ts';
import { countFlagged, makeIssues, notJudged, type Trap } from './counted-traps.ts';
import { type LabelErrors, LEAST_SKILL } from './label-errors.ts';
import { type Neighbours, unitRows } from './nearest.ts';
import { orderDependence } from './order-dependence.ts';
import { outlierScores } from './outliers.ts';
import { type Cells, categoryCells, numberCells } from './property-shares.ts';
import { worstGroups } from './worst-group.ts';

/** Embedded rows of the input: `rows[i]` is the place in the input of the i-th vector. */
export interface Looks {
  rows: readonly number[];
  vectors: Float32Array;
  dimensions: number;
  neighbours: Neighbours;
}

const LEAST_IMAGES = 30;
/** Of the clusters, the square root of the set's tenth. */
const MOST_CLUSTERS = 20;
/** Below this share of different capture times the order is that of a folder, not of a line. */
const LEAST_DIFFERENT_TIMES = 0.5;

export function outliers(input: AuditInput, looks: Looks | undefined): Trap {
  if (!looks || looks.rows.length < LEAST_IMAGES) return tooFew('outliers', looks);
  const issues = makeIssues('outliers', input.label.length);
  const found = outlierScores(looks.neighbours);
  looks.rows.forEach((row, at) => {
    issues.scores[row] = found.scores[at] ?? 0;
    issues.flagged[row] = found.flagged[at] ?? 0;
  });
  const count = countFlagged(issues);
  const code = count > 0 ? 'outliers' : 'no_outliers';
  const params = { share: count / looks.rows.length, images: looks.rows.length };
  const score = 1 - params.share;
  return { figure: { kind: 'outliers', score, flagged: count > 0, count, code, params }, issues };
}

export function orderDependent(input: AuditInput, looks: Looks | undefined): Trap {
  if (!looks || looks.rows.length < LEAST_IMAGES) return tooFew('order_dependent', looks);
  const times = looks.rows.map((row) => input.capturedAtMs[row] ?? 0);
  const known = times.filter((time) => !Number.isNaN(time));
  if (known.length < times.length || new Set(known).size < times.length * LEAST_DIFFERENT_TIMES)
    return notJudged('order_dependent', 'times_unknown', { images: times.length - known.length });
  const order = new Int32Array(times.length);
  [...times.keys()]
    .sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b)
    .forEach((at, rank) => {
      order[at] = rank;
    });
  const found = orderDependence(looks.neighbours, order, input.seed);
  const issues = makeIssues('order_dependent', input.label.length);
  looks.rows.forEach((row, at) => {
    issues.scores[row] = found.scores[at] ?? 0;
    issues.flagged[row] = found.flagged[at] ?? 0;
  });
  const code = found.isDependent ? 'order_dependent' : 'order_independent';
  const params = { distance: found.distance, bound: found.bound };
  return {
    figure: {
      kind: 'order_dependent',
      score: Math.max(0, 1 - found.distance),
      flagged: found.isDependent,
      count: countFlagged(issues),
      code,
      params,
    },
    issues,
  };
}

export function labelErrorTrap(input: AuditInput, looks: Looks | undefined, found: LabelErrors | undefined): Trap {
  if (!looks || looks.rows.length < LEAST_IMAGES) return tooFew('label_errors', looks);
  if (!found) return notJudged('label_errors', 'one_class');
  if (found.skill < LEAST_SKILL) return notJudged('label_errors', 'labels_not_predictable', { skill: found.skill });
  const issues = makeIssues('label_errors', input.label.length);
  let judged = 0;
  looks.rows.forEach((row, at) => {
    if ((found.likeliest[at] ?? 0) < 0) return;
    judged += 1;
    issues.scores[row] = found.scores[at] ?? 0;
    issues.flagged[row] = found.flagged[at] ?? 0;
    if (found.flagged[at]) issues.details.set(row, { likeliest: found.classes[found.likeliest[at] ?? 0] ?? '' });
  });
  const count = countFlagged(issues);
  const params = { share: count / judged, images: judged, skill: found.skill };
  const code = count > 0 ? 'label_errors' : 'no_label_errors';
  return {
    figure: { kind: 'label_errors', score: 1 - params.share, flagged: count > 0, count, code, params },
    issues,
  };
}

export function worstGroup(input: AuditInput, looks: Looks | undefined, found: LabelErrors | undefined): Trap {
  if (!looks || looks.rows.length < LEAST_IMAGES) return tooFew('worst_group', looks);
  if (!found) return notJudged('worst_group', 'one_class');
  if (found.skill < LEAST_SKILL) return notJudged('worst_group', 'labels_not_predictable', { skill: found.skill });
  const isError = new Int8Array(input.label.length).fill(-1);
  looks.rows.forEach((row, at) => {
    const likeliest = found.likeliest[at] ?? 0;
    if (likeliest >= 0) isError[row] = found.classes[likeliest] === input.label[row] ? 0 : 1;
  });
  const groups = worstGroups(isError, factorsOf(input, looks));
  const worst = groups[0];
  if (!worst) return notJudged('worst_group', 'no_groups');
  const issues = makeIssues('worst_group', input.label.length);
  for (const group of groups.toReversed()) {
    if (!group.flagged) continue;
    for (let row = 0; row < isError.length; row++) {
      if (group.cells.cellOf[row] !== group.cell || (isError[row] ?? 0) < 0) continue;
      issues.flagged[row] = 1;
      issues.scores[row] = 1 - group.share;
      issues.details.set(row, { factor: group.factor, value: group.value });
    }
  }
  const { factor, value, images, errors, share, low, high, restShare, flagged } = worst;
  const shown = group(groups, input, looks);
  return {
    figure: {
      kind: 'worst_group',
      // As Datalab has it: what is right in the group against what is right elsewhere.
      score: flagged ? Math.min(1, (1 - share) / Math.max(1e-9, 1 - restShare)) : 1,
      flagged,
      count: countFlagged(issues),
      code: flagged ? 'worst_group' : 'no_worst_group',
      params: { factor, value, images, errors, share, low, high, restShare, ...shown },
    },
    issues,
  };
}

/** A cluster has no name: one of its images stands for it. */
function group(groups: readonly { factor: string; cells: Cells; cell: number }[], input: AuditInput, looks: Looks) {
  const worst = groups[0];
  if (worst?.factor !== 'cluster') return {};
  const row = looks.rows.find((each) => worst.cells.cellOf[each] === worst.cell);
  return row === undefined ? {} : { imageSha256: input.sha256[row] ?? '' };
}

function factorsOf(input: AuditInput, { rows, vectors, dimensions }: Looks): Map<string, Cells> {
  const factors = new Map<string, Cells>();
  for (const [name, values] of Object.entries(input.categories)) factors.set(name, categoryCells(values));
  for (const [name, values] of Object.entries(input.numbers)) factors.set(name, numberCells(values, 4));
  const count = Math.min(MOST_CLUSTERS, Math.max(2, Math.round(Math.sqrt(rows.length / 10))));
  const clusterOf = clusterRows(unitRows(vectors, dimensions), dimensions, count, input.seed);
  const cellOf = new Int32Array(input.label.length).fill(-1);
  rows.forEach((row, at) => {
    cellOf[row] = clusterOf[at] ?? 0;
  });
  factors.set('cluster', { cellOf, names: Array.from({ length: count }, (_, at) => String(at + 1)) });
  return factors;
}

function tooFew(kind: Parameters<typeof notJudged>[0], looks: Looks | undefined): Trap {
  return notJudged(kind, 'too_few_embedded', { images: looks?.rows.length ?? 0, needed: LEAST_IMAGES });
}
