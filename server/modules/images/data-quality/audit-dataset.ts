/** Looks a set of labelled images through for every trap: pure, the same for the same input and seed. Runs in a child (`run-audit.ts`). */
import type { AuditInput, AuditOutput } from './audit-types.ts';
import {
  classImbalance,
  countFlagged,
  emptyLabels,
  makeIssues,
  nearDuplicates,
  notJudged,
  type Trap,
} from './counted-traps.ts';
import { duplicateGroups } from './duplicate-groups.ts';
import { gatherRows, labelErrors } from './label-errors.ts';
import { type Looks, labelErrorTrap, orderDependent, outliers, worstGroup } from './looks-traps.ts';
import { nearestNeighbours } from './nearest.ts';
import { correlations } from './property-correlation.ts';
import { categoryCells, liftScores, numberCells } from './property-shares.ts';

const NEIGHBOURS = 10;
/** Correlations that are named; the others are counted. */
const NAMED = 5;

export function auditDataset(input: AuditInput): AuditOutput {
  checkInput(input);
  const looks = looksOf(input);
  const labels = looks?.rows.map((row) => input.label[row] ?? '') ?? [];
  const groups = duplicateGroups(input.label.length, input.pairs);
  const groupOf = looks?.rows.map((row) => groups[row] ?? row);
  const errors =
    looks && groupOf && labelErrors(looks.vectors, looks.dimensions, labels, { seed: input.seed, groupOf });
  const traps = [
    classImbalance(input),
    nearDuplicates(input),
    propertyCorrelated(input),
    orderDependent(input, looks),
    worstGroup(input, looks, errors),
    outliers(input, looks),
    emptyLabels(input),
    labelErrorTrap(input, looks, errors),
  ];
  return {
    figures: traps.map(({ figure }) => figure),
    issues: traps.flatMap(({ issues }) => (issues ? [issues] : [])),
  };
}

function propertyCorrelated(input: AuditInput): Trap {
  const kind = 'property_correlated';
  if (new Set(input.label).size < 2) return notJudged(kind, 'one_class');
  const numbers = new Map(Object.entries(input.numbers));
  const categories = new Map(Object.entries(input.categories));
  const found = correlations(input.label, { numbers, categories }, input.seed);
  const strongest = found[0];
  if (!strongest) return notJudged(kind, 'no_properties');
  const issues = makeIssues(kind, input.label.length);
  const flagged = found.filter((each) => each.flagged);
  let concentration = {};
  for (const each of flagged.slice(0, NAMED).toReversed()) {
    const values = each.isNumber ? numbers.get(each.property) : categories.get(each.property);
    if (!values) continue;
    const cells = each.isNumber ? numberCells(values as ArrayLike<number>) : categoryCells(values as (string | null)[]);
    const lift = liftScores(input.label, each.label, cells);
    lift.scores.forEach((score, row) => {
      if (score >= (issues.scores[row] ?? 1)) return;
      issues.scores[row] = score;
      issues.flagged[row] = 1;
      issues.details.set(row, { property: each.property, label: each.label });
    });
    concentration = { value: lift.name, shareOfClass: lift.shareOfClass, shareOfAll: lift.shareOfAll };
  }
  const { property, label, strength } = strongest;
  const others = flagged.slice(1, NAMED).map((each) => `${each.property}/${each.label}`);
  return {
    figure: {
      kind,
      score: 1 - strength,
      flagged: strongest.flagged,
      count: countFlagged(issues),
      code: !strongest.flagged ? 'no_correlation' : strongest.isNumber ? 'number_tells_class' : 'category_tells_class',
      params: { property, label, strength, ...concentration, others: others.join(' ') },
    },
    issues,
  };
}

function looksOf({ vectors, dimensions, label }: AuditInput): Looks | undefined {
  if (!vectors) return undefined;
  const rows = [...label.keys()].filter((row) => !Number.isNaN(vectors[row * dimensions]));
  if (rows.length < 2) return undefined;
  const embedded = rows.length === label.length ? vectors : gatherRows(vectors, dimensions, rows);
  return { rows, vectors: embedded, dimensions, neighbours: nearestNeighbours(embedded, dimensions, NEIGHBOURS) };
}

function checkInput({ label, sha256, regions, capturedAtMs, vectors, dimensions, pairs, likeness }: AuditInput): void {
  const rows = label.length;
  const lengths = { sha256: sha256.length, regions: regions.length, capturedAtMs: capturedAtMs.length };
  for (const [name, length] of Object.entries(lengths))
    if (length !== rows) throw new Error(`${name}: has ${length} entries, label has ${rows}; give one an image`);
  if (vectors && vectors.length !== rows * dimensions)
    throw new Error(`vectors: has ${vectors.length} numbers, not ${rows} × ${dimensions}`);
  if (pairs.length !== 2 * likeness.length)
    throw new Error(`pairs: ${pairs.length} indices for ${likeness.length} pairs`);
  for (let at = 0; at < pairs.length; at++)
    if (!((pairs[at] ?? 0) >= 0 && (pairs[at] ?? 0) < rows))
      throw new Error(`pairs: ${pairs[at]} is no index below ${rows}`);
}
