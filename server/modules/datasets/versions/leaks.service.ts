/** Leaks of versions for those who look at them. */
import type { Context } from '../../../kit/context.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { loadByParent } from '../../../kit/load-rows.ts';
import { type LeakRow, selectLeaks } from './leaks.queries.ts';

/** The most alike pairs; one statement for all versions that ask. */
export function loadLeaks(context: Context, versionId: string, first: number | null): Promise<LeakRow[]> {
  const { datasetLeaksNamed, maxPageSize } = context.config.limits;
  const limit = first ?? datasetLeaksNamed;
  if (limit < 0 || limit > maxPageSize) {
    throw new InvalidInputError('first', limit, `give a number from 0 to ${maxPageSize}`);
  }
  const select = (ids: readonly string[]) => selectLeaks(context.db, ids, limit);
  return loadByParent(context, `dataset leaks ${limit}`, versionId, select, (row) => row.dataset_version_id);
}
