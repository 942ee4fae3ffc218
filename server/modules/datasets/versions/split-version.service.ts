/** Divides the images of a draft by a policy, or says how it would. */
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError } from '../../../kit/errors.ts';
import type { DatasetVersionRow, SplitName } from './datasets.table.ts';
import { editableVersion, personOf, subjectOf } from './draft-access.ts';
import { insertGoldenOf } from './draft-items.queries.ts';
import { lockDraft } from './draft-items.service.ts';
import type { SplitPlan } from './plan-split.ts';
import { readSplitInput } from './read-split-input.ts';
import { runSplit } from './run-split.ts';
import { type CountRow, updatePolicy, updateSplits } from './split.queries.ts';
import { checkPolicy, type SplitPolicy } from './split-policy.ts';

export interface SplitVersion {
  datasetVersionId: string;
  policy: SplitPolicy;
  dryRun: boolean;
}

export interface SplitOutcome {
  version: DatasetVersionRow;
  dryRun: boolean;
  policy: SplitPolicy;
  /** Images of each class on each side. */
  counts: Omit<CountRow, 'dataset_version_id'>[];
  /** Images that change sides. */
  moved: number;
  /** Images that enter the golden set of the plant. */
  newGolden: number;
  plan: Omit<SplitPlan, 'split'>;
}

const field = 'input.datasetVersionId';
const rowsPerStatement = 5000;

/** Plans outside of any transaction and writes only where nobody has changed the images meanwhile. */
export async function splitDatasetVersion(context: Context, input: SplitVersion): Promise<SplitOutcome> {
  const version = await editableVersion(context, input.datasetVersionId, field);
  const policy = checkPolicy(input.policy, 'input.policy');
  const { question, before } = await readSplitInput(context.db, version);
  if (before.length === 0) {
    throw new ConflictError(
      field,
      input.datasetVersionId,
      'a version without images cannot be split; add images first',
    );
  }
  const timeoutMs = context.config.limits.requestMs;
  const { split, ...plan } = await runSplit({ input: question, policy }, { timeoutMs });
  const changes = question.sha256.flatMap((sha256, index) =>
    split[index] === before[index] ? [] : [{ sha256, split: split[index] ?? 'train' }],
  );
  const isGolden = new Set(question.sha256.filter((_, index) => question.kept[index] === 'golden'));
  const newGolden = question.sha256.filter((sha256, index) => split[index] === 'golden' && !isGolden.has(sha256));
  const outcome: SplitOutcome = {
    version,
    dryRun: input.dryRun,
    policy,
    counts: countsOf(question.label, split),
    moved: changes.length,
    newGolden: newGolden.length,
    plan,
  };
  if (input.dryRun) return outcome;

  return act(context, async ({ trx, now, audit }) => {
    const locked = await lockDraft(trx, version, field, input.datasetVersionId);
    if (locked.revision !== version.revision) {
      const remedy = 'images were added, changed or removed while the split was planned; try again';
      throw new ConflictError(field, input.datasetVersionId, remedy);
    }
    const person = { personId: personOf(context), at: now };
    for (const part of partsOf(newGolden)) await insertGoldenOf(trx, version.plant_id, part, '', person);
    for (const part of partsOf(changes)) await updateSplits(trx, version.id, part);
    await updatePolicy(trx, version.id, policy);
    const change = { before: { policy: locked.split_policy }, after: { policy } };
    audit('dataset.split', subjectOf(version), { moved: changes.length, newGolden: newGolden.length, ...change });
    return { ...outcome, version: { ...locked, split_policy: policy } };
  });
}

function countsOf(labels: readonly string[], split: readonly SplitName[]): SplitOutcome['counts'] {
  const counts = new Map<string, SplitOutcome['counts'][number]>();
  for (const [index, label] of labels.entries()) {
    const side = split[index] ?? 'train';
    const key = `${side} ${label}`;
    const known = counts.get(key);
    if (known) known.images++;
    else counts.set(key, { label, split: side, images: 1 });
  }
  return [...counts.values()].sort((a, b) =>
    a.label < b.label ? -1 : a.label > b.label ? 1 : a.split < b.split ? -1 : 1,
  );
}

function* partsOf<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < rows.length; at += rowsPerStatement) yield rows.slice(at, at + rowsPerStatement);
}
