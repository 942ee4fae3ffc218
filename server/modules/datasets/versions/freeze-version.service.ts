/** Freezing: from here on the database refuses every change. What is read and hashed, is so before the version is held. */

import type { Db } from '../../../database/database.ts';
import { type ActScope, act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError } from '../../../kit/errors.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { ManifestHash } from './dataset-manifest.ts';
import { freezeVersion, selectBookHash, selectManifestPage } from './datasets.queries.ts';
import type { DatasetVersionRow } from './datasets.table.ts';
import { editableVersion, personOf, subjectOf } from './draft-access.ts';
import { lockDraft } from './draft-items.service.ts';
import { refuseUnsafe } from './freeze-rules.ts';

const pageRows = 2000;
/** How often a version that is worked on meanwhile is hashed again before it is held while that is done. */
const hashesBeforeHolding = 3;

/** Freezes a draft for good. Throws ConflictError and DatasetLeakError, which name what stands against it. */
export async function freezeDatasetVersion(context: Context, versionGlobalId: string): Promise<DatasetVersionRow> {
  const field = 'datasetVersionId';
  let version = await editableVersion(context, versionGlobalId, field);
  const personId = personOf(context);
  for (let attempt = 1; ; attempt++) {
    const isHeld = attempt > hashesBeforeHolding;
    await refuseUnsafe(context.db, version, versionGlobalId, context.config.limits);
    const ready = isHeld ? null : await hashItems(context.db, version);
    const frozen = await act(context, async (scope) => {
      const { trx, now } = scope;
      const locked = await lockDraft(trx, version, field, versionGlobalId);
      if (!isHeld && locked.revision !== version.revision) return locked;
      if (isHeld) await refuseUnsafe(trx, locked, versionGlobalId, context.config.limits);
      const { hash, items } = ready ?? (await hashItems(trx, locked));
      if (items === 0) {
        throw new ConflictError(field, versionGlobalId, 'a version without images cannot be frozen; add images first');
      }
      const row = await freezeVersion(trx, version.id, { personId, at: now, contentHash: hash });
      tellFrozen(scope, locked, row, { items, hash });
      return row;
    });
    if (frozen.state === 'frozen') return frozen;
    version = frozen;
  }
}

/** The content hash of a draft as it is now. */
async function hashItems(db: Db, version: DatasetVersionRow): Promise<{ hash: Buffer; items: number }> {
  const manifest = new ManifestHash();
  let after: Buffer | null = null;
  for (;;) {
    const page = await selectManifestPage(db, version.id, after, pageRows);
    for (const { image_sha256, label, split, regions } of page) {
      manifest.add({ imageSha256: image_sha256.toString('hex'), label, split, regions });
    }
    after = page.at(-1)?.image_sha256 ?? null;
    if (page.length < pageRows) break;
  }
  const bookHash = version.book_id === null ? null : await selectBookHash(db, version.book_id);
  return { hash: manifest.digest({ bookHash, splitPolicy: version.split_policy }), items: manifest.size };
}

function tellFrozen(
  { audit, event }: ActScope,
  draft: DatasetVersionRow,
  row: DatasetVersionRow,
  { items, hash }: { items: number; hash: Buffer },
): void {
  const data = { datasetVersionId: encodeGlobalId('DatasetVersion', row.id), number: row.number, items };
  event(row.plant_id, { kind: 'dataset.frozen', data });
  const change = { before: { state: draft.state }, after: { state: row.state } };
  audit('dataset.freeze', subjectOf(row), { items, contentHash: hash.toString('hex'), ...change });
}
