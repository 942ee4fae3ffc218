/** What becomes of images that an import brought: a draft, divided as the set was, or the queue. */
import type { Context } from '../../../kit/context.ts';
import { DomainError } from '../../../kit/errors.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { loadDecisions } from '../../labelling/annotations/annotations.service.ts';
import { openReview } from '../../labelling/review/queue.service.ts';
import type { SplitName } from '../versions/datasets.table.ts';
import { addDatasetItems } from '../versions/draft-items.service.ts';
import type { DatasetImportFileRow, DatasetImportRow } from './exchange.table.ts';
import { selectTakenFiles, upsertImportFiles } from './import.queries.ts';

/** Gives how many went in. An image that does not go in is noted with the reason; again is the same as once. */
export async function fillDraft(
  context: Context,
  row: DatasetImportRow,
  versionId: string,
  signal: AbortSignal,
): Promise<number> {
  const datasetVersionId = encodeGlobalId('DatasetVersion', versionId);
  const size = context.config.limits.datasetItemsPerCall;
  let count = 0;
  let after = '';
  for (;;) {
    signal.throwIfAborted();
    const files = await selectTakenFiles(context.db, row.id, after, size);
    const last = files.at(-1);
    if (!last) return count;
    after = last.path;
    const byHash = new Map(files.map((file) => [file.image_sha256?.toString('hex') ?? '', file]));
    const decided = await loadDecisions(context.db, row.plant_id, [...byHash.keys()]);
    const ready = [...byHash].filter(([sha256]) => decided.has(sha256));
    const waiting = [...byHash].filter(([sha256]) => !decided.has(sha256)).map(([, file]) => file);
    await note(
      context,
      row.id,
      waiting,
      'came in, but not into the draft: nobody has decided what it shows; label it in the review',
    );
    count += await put(context, row, datasetVersionId, ready);
  }
}

/** All in one call; one by one where one of them is in the way. */
async function put(
  context: Context,
  row: DatasetImportRow,
  datasetVersionId: string,
  files: readonly (readonly [string, DatasetImportFileRow])[],
): Promise<number> {
  if (files.length === 0) return 0;
  const items = files.map(([imageSha256, { split }]) => ({ imageSha256, split: splitOf(row, split) }));
  try {
    await addDatasetItems(context, { datasetVersionId, items });
    return items.length;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const [only] = files;
    if (files.length === 1 && only) {
      await note(context, row.id, [only[1]], `came in, but not into the draft: ${error.message}`);
      return 0;
    }
    const middle = Math.ceil(files.length / 2);
    const first = await put(context, row, datasetVersionId, files.slice(0, middle));
    return first + (await put(context, row, datasetVersionId, files.slice(middle)));
  }
}

function splitOf({ options }: DatasetImportRow, split: DatasetImportFileRow['split']): SplitName {
  if (split === 'validation') return 'validation';
  return split === 'test' ? options.testIs : 'train';
}

async function note(context: Context, importId: string, files: readonly DatasetImportFileRow[], reason: string) {
  const noted = files.map((file) => ({
    ...file,
    sha256: file.image_sha256?.toString('hex') ?? null,
    reason: reason.slice(0, 1000),
  }));
  await upsertImportFiles(context.db, importId, noted);
}

/** Asks people about every image that came in and has no label: what the set says of it is no more than a hint. */
export async function askReview(context: Context, row: DatasetImportRow, signal: AbortSignal): Promise<void> {
  const size = Math.min(context.config.limits.reviewOpen, 500);
  const plantId = encodeGlobalId('Plant', row.plant_id);
  for (let after = ''; ; ) {
    signal.throwIfAborted();
    const files = await selectTakenFiles(context.db, row.id, after, size);
    const last = files.at(-1);
    if (!last) return;
    after = last.path;
    const hashes = [...new Set(files.map((file) => file.image_sha256?.toString('hex') ?? ''))];
    const decided = await loadDecisions(context.db, row.plant_id, hashes);
    const imageSha256s = hashes.filter((sha256) => !decided.has(sha256));
    if (imageSha256s.length > 0) await openReview(context, { plantId, imageSha256s, purpose: 'label' });
  }
}
