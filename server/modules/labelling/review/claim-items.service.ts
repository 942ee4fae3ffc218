/** Who works on what: items of the queue are lent to one person at a time, and known answers are mixed in unseen. */

import type { Trx } from '../../../database/database.ts';
import { CURATORS, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { viewingPerson } from '../../../kit/viewing-person.ts';
import { poolCondition } from '../../images/pool/pool-condition.ts';
import type { PoolFilterInput } from '../../images/pool/pool-filter.ref.ts';
import { readPoolFilter } from '../../images/pool/read-filter.ts';
import type { ReviewItemRow, ReviewPurpose } from '../annotations/annotations.table.ts';
import { factsOf } from './facts-of-image.ts';
import { drawsKnown } from './known-draw.ts';
import {
  byWorth,
  type Claim,
  claimFree,
  countChecks,
  deleteStaleChecks,
  insertChecks,
  releaseItems,
  renewHeld,
  selectItems,
  selectKnownFor,
} from './review.queries.ts';
import { knownShare } from './review-settings.queries.ts';
import { worthOf } from './worth.ts';

const DAY_MS = 86_400_000;
/** A known answer is not asked again of the same person for so long. */
const ASKED_AGAIN_AFTER_MS = 30 * DAY_MS;

export interface ClaimReviewItems {
  plantId: string;
  count: number;
  purposes?: readonly ReviewPurpose[] | null | undefined;
  filter?: PoolFilterInput | null | undefined;
}

/** Sees to it that the viewer holds `count` items: those held already, then the best that are free. Fewer when no more wait. */
export async function claimReviewItems(context: Context, input: ClaimReviewItems): Promise<ReviewItemRow[]> {
  const plantId = keyOf('Plant', input.plantId, 'input.plantId');
  requireRole(context, plantId, CURATORS, { field: 'input.plantId', value: input.plantId });
  const { limits } = context.config;
  if (input.count < 1 || input.count > limits.reviewClaims)
    throw new InvalidInputError(
      'input.count',
      input.count,
      `give 1 to ${limits.reviewClaims} (LEHR_LIMIT_REVIEW_CLAIMS)`,
    );
  const condition = input.filter
    ? poolCondition(plantId, readPoolFilter(context.config, input.filter, 'input.filter'))
    : null;
  const claim = claimOf(context, plantId);
  return act(context, async ({ trx }) => {
    await deleteStaleChecks(trx, plantId, claim.now);
    const held = await renewHeld(trx, claim, null, input.count);
    if (held.length === input.count) return held;
    const limit = input.count - held.length;
    const free = await claimFree(trx, claim, { purposes: input.purposes ?? null, condition, limit });
    return [...held, ...(await mixInKnown(trx, claim, free, condition !== null))].sort(byWorth);
  });
}

/** Some of the items are given back and known answers stand in their place. A question that is narrowed by a filter has none. */
async function mixInKnown(
  trx: Trx,
  claim: Claim,
  free: ReviewItemRow[],
  isFiltered: boolean,
): Promise<ReviewItemRow[]> {
  if (isFiltered || free.length === 0) return free;
  const share = await knownShare(trx, claim.plantId);
  if (share === 0) return free;
  const { personId } = claim;
  const answered = await countChecks(trx, claim.plantId, personId);
  // known answers are labels of one person's own: what asks for more than that would give them away
  const drawn = free.filter(
    ({ id, purpose }) =>
      (purpose === 'label' || purpose === 'agree') && drawsKnown({ personId, itemId: id, answered, share }),
  );
  if (drawn.length === 0) return free;
  const askedSince = new Date(claim.now.getTime() - ASKED_AGAIN_AFTER_MS);
  const known = await selectKnownFor(trx, claim, { askedSince, limit: drawn.length });
  if (known.length === 0) return free;
  const replaced = drawn.slice(0, known.length);
  await releaseItems(
    trx,
    claim.plantId,
    personId,
    replaced.map(({ id }) => id),
  );
  const checks = await insertChecks(
    trx,
    claim,
    replaced.map(({ purpose, worth, opened_at: openedAt }, index) => {
      const row = known[index] as (typeof known)[number];
      const reason = purpose === 'agree' ? { code: 'agree' } : worthOf(factsOf(row)).reason;
      return { id: newId(), sha256: row.image_sha256, purpose, worth, reason, openedAt };
    }),
  );
  const gone = new Set(replaced);
  return [...free.filter((item) => !gone.has(item)), ...checks];
}

/** Keeps what the viewer holds of these for longer. What somebody else holds by now is left out. */
export async function renewReviewClaims(context: Context, itemIds: readonly string[]): Promise<ReviewItemRow[]> {
  const { plantId, ids } = await namedItems(context, itemIds);
  if (ids.length === 0) return [];
  const claim = claimOf(context, plantId);
  return act(context, ({ trx }) => renewHeld(trx, claim, ids, ids.length));
}

/** Gives back what the viewer holds of these. */
export async function releaseReviewItems(context: Context, itemIds: readonly string[]): Promise<number> {
  const { plantId, ids } = await namedItems(context, itemIds);
  if (ids.length === 0) return 0;
  const personId = viewingPerson(context);
  return act(context, async ({ trx }) => (await releaseItems(trx, plantId, personId, ids)).length);
}

/** Items that were named and still exist; all of one plant. */
async function namedItems(context: Context, itemIds: readonly string[]): Promise<{ plantId: string; ids: string[] }> {
  const most = context.config.limits.reviewClaims;
  if (itemIds.length === 0 || itemIds.length > most)
    throw new InvalidInputError('itemIds', itemIds.length, `give 1 to ${most} items (LEHR_LIMIT_REVIEW_CLAIMS)`);
  const keys = itemIds.map((itemId, index) => keyOf('ReviewItem', itemId, `itemIds[${index}]`));
  const rows = await selectItems(context.db, keys);
  const [first] = rows;
  if (!first) return { plantId: '', ids: [] };
  for (const row of rows) {
    const index = keys.indexOf(row.id);
    const named = { field: `itemIds[${index}]`, value: itemIds[index] };
    requireRole(context, row.plant_id, CURATORS, named);
    if (row.plant_id !== first.plant_id) throw new NotFoundError(named.field, named.value);
  }
  return { plantId: first.plant_id, ids: rows.map(({ id }) => id) };
}

function claimOf(context: Context, plantId: string): Claim {
  const now = context.now();
  const until = new Date(now.getTime() + context.config.limits.reviewClaimMs);
  return { plantId, personId: viewingPerson(context), now, until };
}
