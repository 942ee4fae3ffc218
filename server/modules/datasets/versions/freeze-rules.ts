/** What stands against freezing a draft: leaks always; and with several splits no check, or one of another state of the draft. */
import type { Config } from '../../../config.ts';
import type { Db } from '../../../database/database.ts';
import { ConflictError } from '../../../kit/errors.ts';
import { selectChecks } from './checks.queries.ts';
import { DatasetLeakError } from './datasets.errors.ts';
import type { DatasetVersionRow } from './datasets.table.ts';
import { countSplits, selectLeaks, selectUnmeasured } from './leaks.queries.ts';

/** Throws DatasetLeakError or ConflictError. */
export async function refuseUnsafe(
  db: Db,
  version: DatasetVersionRow,
  globalId: string,
  limits: Config['limits'],
): Promise<void> {
  const most = limits.datasetLeaksNamed;
  const leaks = await selectLeaks(db, [version.id], most + 1);
  if (leaks.length > 0) throw new DatasetLeakError(version.id, leaks.slice(0, most), leaks.length > most);
  if ((await countSplits(db, version.id)) < 2) return;

  const [unmeasured] = await selectUnmeasured(db, version.id, 1);
  if (unmeasured) {
    const remedy = `image ${unmeasured.toString('hex')} has not been measured, so nobody knows what it resembles; wait until it is, or take it out`;
    throw new ConflictError('datasetVersionId', globalId, remedy);
  }
  const [check] = await selectChecks(db, [version.id]);
  if (check?.state !== 'succeeded' || check.revision !== version.revision) {
    const remedy =
      check?.state === 'succeeded'
        ? 'its images have changed since it was checked; check it again with checkDatasetVersion'
        : 'a version with several splits has to be checked before it freezes; start checkDatasetVersion and wait for it';
    throw new ConflictError('datasetVersionId', globalId, remedy);
  }
}
