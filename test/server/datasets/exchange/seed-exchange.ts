/** Rows of an import with refused files, and of a finished export, for tests that need something of every type. */
import { randomBytes } from 'node:crypto';
import type { Db } from '../../../../server/database/database.ts';
import { newId } from '../../../../server/kit/ids.ts';

export interface ExchangeSeed {
  plantId: string;
  versionId: string;
  personId: string;
  name?: string;
  /** So many of all that they list. */
  many?: number;
}

/** Gives their ids. */
export async function seedExchange(db: Db, seed: ExchangeSeed) {
  const { plantId, versionId, personId, name = 'set.zip', many = 2 } = seed;
  const numbers = Array.from({ length: many }, (_, n) => n);
  const at = new Date();
  const ids = { importId: newId(), exportId: newId() };
  const common = {
    plant_id: plantId,
    error: null,
    requested_by: personId,
    requested_at: at,
    started_at: at,
    finished_at: at,
  };
  const options = { labels: 'decide', classes: {}, testIs: 'golden', datasetVersionId: versionId, isEmptyGood: false };
  await db
    .insertInto('dataset_import')
    .values({
      ...common,
      id: ids.importId,
      format: 'coco',
      source_kind: 'upload',
      source: name,
      options: JSON.stringify(options),
      is_dry_run: false,
      state: 'succeeded',
      found: JSON.stringify({
        images: 1,
        splits: Object.fromEntries(numbers.map((n) => [`split ${n}`, 1])),
        classes: numbers.map((n) => ({ name: `${name} ${n}`, images: 1, code: null })),
      }),
      counts: '{}',
    })
    .execute();
  const file = {
    import_id: ids.importId,
    state: 'refused' as const,
    image_sha256: null,
    split: null,
    attributes: null,
  };
  const files = numbers.map((n) => ({ ...file, path: `${n}.png`, reason: name }));
  await db.insertInto('dataset_import_file').values(files).execute();
  await db
    .insertInto('dataset_export')
    .values({
      ...common,
      id: ids.exportId,
      dataset_version_id: versionId,
      format: 'coco',
      state: 'succeeded',
      counts: '{}',
      left_out: JSON.stringify(numbers.map((n) => ({ path: `${name} ${n}`, reason: name }))),
      size_bytes: 1,
      sha256: randomBytes(32),
    })
    .execute();
  return ids;
}
