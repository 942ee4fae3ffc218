/** What goes into a draft and out of it: images, each with a decision that people made about it. */

import type { Trx } from '../../../database/database.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { poolCondition } from '../../images/pool/pool-condition.ts';
import type { PoolFilterInput } from '../../images/pool/pool-filter.ref.ts';
import { readPoolFilter } from '../../images/pool/read-filter.ts';
import { contentHash } from './dataset-manifest.ts';
import { countItems, lockDatasetVersion, selectNewestBook } from './datasets.queries.ts';
import type { DatasetVersionRow, SplitName } from './datasets.table.ts';
import { editableVersion, frozenConflict, personOf, subjectOf } from './draft-access.ts';
import { deleteItems, insertDecided, insertGoldenOf, selectCandidates, upsertItems } from './draft-items.queries.ts';
import { decideOwn } from './own-decisions.ts';

export interface NewItem {
  imageSha256: string;
  /** null: the label that people have decided on already. */
  label?: string | null | undefined;
  split: SplitName;
}

export interface AddDatasetItems {
  datasetVersionId: string;
  items: readonly NewItem[];
}

const longestLabel = 100;

/** Records the person's decision on each image, all or none. Throws the refusals of its arguments, naming the item. */
export async function addDatasetItems(context: Context, input: AddDatasetItems): Promise<DatasetVersionRow> {
  const version = await editableVersion(context, input.datasetVersionId, 'input.datasetVersionId');
  checkItems(input.items, context.config.limits.datasetItemsPerCall);
  return act(context, async ({ trx, audit }) => {
    await lockDraft(trx, version, 'input.datasetVersionId', input.datasetVersionId);
    const items = await putItems(trx, context, version, input.items);
    await checkSize(trx, context, version, 'input.items', input.items.length);
    const detail = { items: items.length, contentHash: contentHash(items).toString('hex') };
    audit('dataset.decide', subjectOf(version), detail);
    return version;
  });
}

/** Adds all images that a filter of the pool lets through and people have decided on. */
export async function addDatasetItemsByFilter(
  context: Context,
  input: { datasetVersionId: string; filter: PoolFilterInput; split: SplitName },
): Promise<DatasetVersionRow> {
  const version = await editableVersion(context, input.datasetVersionId, 'input.datasetVersionId');
  if (input.split === 'golden') {
    const remedy =
      'say TRAIN or VALIDATION; golden images are chosen one by one with addGoldenImages and come in as golden';
    throw new InvalidInputError('input.split', 'GOLDEN', remedy);
  }
  const selection = readPoolFilter(context.config, input.filter, 'input.filter');
  const condition = poolCondition(version.plant_id, selection);
  return act(context, async ({ trx, audit }) => {
    await lockDraft(trx, version, 'input.datasetVersionId', input.datasetVersionId);
    const person = { personId: personOf(context), at: context.now() };
    const most = context.config.limits.datasetItems + 1;
    const added = await insertDecided(trx, version, condition, input.split, person, most);
    if (added === 0) {
      const remedy = 'no image that people have decided on is in it; widen it, or label images in the review first';
      throw new ConflictError('input.filter', input.filter, remedy);
    }
    const items = await checkSize(trx, context, version, 'input.filter', input.filter);
    const detail = { filter: JSON.stringify(input.filter), written: added, items };
    audit('dataset.decide', subjectOf(version), detail);
    return version;
  });
}

/** Takes images out of a draft; what people said of them stays. Throws when one of them is not in it. */
export async function removeDatasetItems(
  context: Context,
  input: { datasetVersionId: string; imageSha256s: readonly string[] },
): Promise<DatasetVersionRow> {
  const version = await editableVersion(context, input.datasetVersionId, 'input.datasetVersionId');
  const { imageSha256s } = input;
  const most = context.config.limits.datasetItemsPerCall;
  if (imageSha256s.length === 0 || imageSha256s.length > most) {
    throw new InvalidInputError('input.imageSha256s', imageSha256s.length, `give 1 to ${most} images in a call`);
  }
  return act(context, async ({ trx, audit }) => {
    await lockDraft(trx, version, 'input.datasetVersionId', input.datasetVersionId);
    const removed = new Set(await deleteItems(trx, version.id, imageSha256s));
    const missing = imageSha256s.findIndex((sha256) => !removed.has(sha256));
    if (missing >= 0) throw new NotFoundError(`input.imageSha256s[${missing}]`, imageSha256s[missing]);
    const detail = { items: removed.size, images: [...removed].slice(0, 20).join(' ') };
    audit('dataset.remove', subjectOf(version), detail);
    return version;
  });
}

/** Holds the draft until the transaction ends. */
export async function lockDraft(
  trx: Trx,
  version: DatasetVersionRow,
  field: string,
  globalId: string,
): Promise<DatasetVersionRow> {
  const locked = await lockDatasetVersion(trx, version.id);
  if (locked?.state !== 'draft') throw frozenConflict(field, globalId);
  return locked;
}

/** Throws when the version has become larger than it may; the transaction takes it back. */
export async function checkSize(
  trx: Trx,
  context: Context,
  version: DatasetVersionRow,
  field: string,
  value: unknown,
): Promise<number> {
  const items = (await countItems(trx, [version.id])).get(version.id) ?? 0;
  const { datasetItems } = context.config.limits;
  if (items > datasetItems) {
    throw new InvalidInputError(field, value, `a dataset version takes at most ${datasetItems} images`);
  }
  return items;
}

async function putItems(trx: Trx, context: Context, version: DatasetVersionRow, items: readonly NewItem[]) {
  const person = { personId: personOf(context), at: context.now() };
  const known = await selectCandidates(
    trx,
    version.plant_id,
    items.map((item) => item.imageSha256),
  );
  for (const [index, { imageSha256, label, split }] of items.entries()) {
    const at = `input.items[${index}]`;
    const image = known.get(imageSha256);
    if (!image) throw new NotFoundError(`${at}.imageSha256`, imageSha256);
    if (split === 'golden' && image.isTrainedOn) {
      throw new ConflictError(
        `${at}.split`,
        'GOLDEN',
        'a frozen version trains on this image, so it can never judge; choose another one for the golden set',
      );
    }
    if (split !== 'golden' && image.isGolden) {
      throw new ConflictError(
        `${at}.split`,
        split.toUpperCase(),
        'the image is in the golden set and never trained on; put it in as GOLDEN, or take it out of the golden set',
      );
    }
    if ((label ?? null) === null && image.decisionId === null) {
      throw new ConflictError(
        `${at}.imageSha256`,
        imageSha256,
        image.labelState === 'conflict'
          ? 'people disagree about this image; settle it in the review first'
          : 'nobody has decided what this image shows; label it in the review first, or give a label',
      );
    }
  }
  const own = items.flatMap(({ imageSha256, label }, index) =>
    typeof label === 'string' ? [{ imageSha256, label, at: `input.items[${index}]` }] : [],
  );
  const bookId = await selectNewestBook(trx, version.plant_id);
  const decided = await decideOwn(trx, { plantId: version.plant_id, bookId }, own, person);
  const golden = items.filter((item) => item.split === 'golden' && !known.get(item.imageSha256)?.isGolden);
  if (golden.length > 0) {
    const hashes = golden.map((item) => item.imageSha256);
    await insertGoldenOf(trx, version.plant_id, hashes, '', person);
  }
  const rows = items.map(({ imageSha256, split }) => {
    const standing = known.get(imageSha256);
    const decision = decided.get(imageSha256) ?? { id: standing?.decisionId ?? '', label: standing?.label ?? '' };
    return { imageSha256, split, label: decision.label, decisionId: decision.id };
  });
  await upsertItems(trx, version, rows, person);
  return rows;
}

function checkItems(items: readonly NewItem[], most: number): void {
  if (items.length === 0 || items.length > most) {
    throw new InvalidInputError('input.items', items.length, `give 1 to ${most} items in a call`);
  }
  const seen = new Set<string>();
  for (const [index, { imageSha256, label = null }] of items.entries()) {
    const at = `input.items[${index}]`;
    if (label !== null && !isLabel(label)) {
      throw new InvalidInputError(
        `${at}.label`,
        label,
        `give 1 to ${longestLabel} characters without blanks at the ends`,
      );
    }
    if (seen.has(imageSha256))
      throw new InvalidInputError(`${at}.imageSha256`, imageSha256, 'give each image once in a call');
    seen.add(imageSha256);
  }
}

function isLabel(label: string): boolean {
  return label.trim() === label && label.length >= 1 && label.length <= longestLabel && !label.includes('\0');
}
