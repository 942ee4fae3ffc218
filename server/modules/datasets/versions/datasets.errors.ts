/** The refusals of datasets that a caller can act on. */
import { DomainError } from '../../../kit/errors.ts';
import type { LeakRow } from './leaks.queries.ts';

/** Images of a version show what must not be known on the other side of a split. `leaks` names the worst of them. */
export class DatasetLeakError extends DomainError {
  readonly code = 'DATASET_LEAK';
  readonly versionId: string;
  readonly leaks: readonly LeakRow[];
  readonly hasMore: boolean;

  constructor(versionId: string, leaks: readonly LeakRow[], hasMore: boolean) {
    const [first] = leaks;
    const named = first
      ? `${first.image_sha256.toString('hex')} (${first.split}) and ${first.other_sha256.toString('hex')} (${first.other_split})`
      : '';
    super(
      `${hasMore ? `more than ${leaks.length}` : leaks.length} pairs of images leak between splits, such as ${named}; ` +
        'split the version again or take one image of each pair out, then check it again',
    );
    this.versionId = versionId;
    this.leaks = leaks;
    this.hasMore = hasMore;
  }
}
