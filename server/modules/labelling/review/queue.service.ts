/** The queue of a plant: what waits, who has what, what people have on their screens, and how images get in. */

import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '../../../database/database.ts';
import { CURATORS, canSee, READERS, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import { checkJson } from '../../../kit/check-values.ts';
import type { Context } from '../../../kit/context.ts';
import { InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { isUuid } from '../../../kit/ids.ts';
import { type Connection, type CursorPart, type PageArgs, parsePage, toConnection } from '../../../kit/page.ts';
import { viewingPerson } from '../../../kit/viewing-person.ts';
import { poolCondition } from '../../images/pool/pool-condition.ts';
import type { PoolFilterInput } from '../../images/pool/pool-filter.ref.ts';
import { everything } from '../../images/pool/pool-selection.ts';
import { readPoolFilter } from '../../images/pool/read-filter.ts';
import type { ReviewItemRow, ReviewPurpose, ReviewSketchRow } from '../annotations/annotations.table.ts';
import { TIERS } from '../annotations/review-tiers.ts';
import {
  countAnswers,
  countMatching,
  countWaiting,
  deleteSketch,
  type HolderRow,
  type OpenedRow,
  openItems,
  selectHolders,
  selectItems,
  selectQueuePage,
  selectSketches,
  upsertSketch,
  type WaitingRow,
} from './review.queries.ts';

const DAY_MS = 86_400_000;

/** Open items, the best first. */
export async function listQueue(
  context: Context,
  plant: { id: string; globalId: string },
  args: PageArgs,
): Promise<Connection<ReviewItemRow>> {
  requireRole(context, plant.id, READERS, { field: 'plantId', value: plant.globalId });
  const page = parsePage(args, context.config.limits, 2);
  const key = (parts: readonly CursorPart[] | null, field: 'after' | 'before') => {
    if (!parts) return null;
    const [worth, id] = parts;
    if (typeof worth === 'number' && typeof id === 'string' && isUuid(id)) return { worth, id };
    throw new InvalidInputError(field, args[field], 'give a cursor as this field returned it');
  };
  const keys = { page, after: key(page.after, 'after'), before: key(page.before, 'before') };
  const rows = await selectQueuePage(context.db, plant.id, personOrNull(context), keys);
  return toConnection(rows, page, (row) => [row.worth, row.id]);
}

/** Items by id that the caller may see; known answers only those that he holds. */
export async function findReviewItems(context: Context, ids: readonly string[]): Promise<(ReviewItemRow | null)[]> {
  const rows = new Map((await selectItems(context.db, ids)).map((row) => [row.id, row]));
  const personId = personOrNull(context);
  return ids.map((id) => {
    const row = rows.get(id);
    if (!row || !canSee(context, row.plant_id)) return null;
    return row.is_check && row.claimed_by !== personId ? null : row;
  });
}

export interface ReviewSummary {
  plantId: string;
  waiting: WaitingRow[];
  holders: HolderRow[];
  /** Answers of the last day. */
  answers: { all: number; own: number };
}

/** What waits, who has what, and what was done in the last 24 hours. */
export async function reviewSummary(context: Context, plant: { id: string; globalId: string }): Promise<ReviewSummary> {
  requireRole(context, plant.id, READERS, { field: 'plantId', value: plant.globalId });
  const now = context.now();
  const since = new Date(now.getTime() - DAY_MS);
  const [waiting, holders, answers] = await Promise.all([
    countWaiting(context.db, plant.id, now),
    selectHolders(context.db, plant.id, now),
    countAnswers(context.db, plant.id, personOrNull(context), since),
  ]);
  return { plantId: plant.id, waiting, holders, answers };
}

export interface OpenReview {
  plantId: string;
  imageSha256s?: readonly string[] | null | undefined;
  filter?: PoolFilterInput | null | undefined;
  purpose: Extract<ReviewPurpose, 'label' | 'doubt'>;
}

/** Sends images to the queue because a person wants them looked at. Those that are labelled get a second look. */
export async function openReview(context: Context, input: OpenReview): Promise<OpenedRow> {
  const plantId = keyOf('Plant', input.plantId, 'input.plantId');
  requireRole(context, plantId, CURATORS, { field: 'input.plantId', value: input.plantId });
  const { imageSha256s, filter } = input;
  if ((imageSha256s?.length ?? 0) === 0 && !filter)
    throw new InvalidInputError('input.imageSha256s', null, 'name images, or give a filter');
  const selection = filter ? readPoolFilter(context.config, filter, 'input.filter') : everything;
  const limit = context.config.limits.reviewOpen;
  if ((imageSha256s?.length ?? 0) > limit)
    throw new InvalidInputError('input.imageSha256s', imageSha256s?.length, `name at most ${limit}`);
  const condition = poolCondition(plantId, imageSha256s?.length ? { ...selection, imageSha256s } : selection);
  const count = await countMatching(context.db, condition, limit + 1);
  if (count > limit)
    throw new InvalidInputError(
      'input.filter',
      'more images',
      `narrow it to at most ${limit} images (LEHR_LIMIT_REVIEW_OPEN)`,
    );
  return act(context, async ({ trx, audit }) => {
    const opened = await openByHand(trx, context, plantId, input.purpose, condition);
    const detail = { purpose: input.purpose, opened: opened.opened, already: opened.already };
    const subject = { subjectType: 'Plant', subjectId: plantId, plantId };
    audit('review.open', subject, detail);
    await context.jobs.send(trx, 'review-weigh', {});
    return opened;
  });
}

async function openByHand(
  trx: Trx,
  context: Context,
  plantId: string,
  purpose: OpenReview['purpose'],
  condition: RawBuilder<boolean>,
): Promise<OpenedRow> {
  const common = { reason: { code: 'sent' }, at: context.now(), limit: context.config.limits.reviewOpen };
  const labelled = poolCondition(plantId, { ...everything, lists: { label_state: ['labelled'] } });
  const others = poolCondition(plantId, {
    ...everything,
    lists: { label_state: ['unlabelled', 'suggested', 'pending', 'conflict'] },
  });
  const again = await openItems(
    trx,
    { ...common, purpose: 'doubt', tier: TIERS.doubt },
    sql<boolean>`${condition} AND ${labelled}`,
  );
  const fresh = await openItems(
    trx,
    { ...common, purpose, tier: TIERS[purpose] },
    sql<boolean>`${condition} AND ${others}`,
  );
  return { opened: again.opened + fresh.opened, already: again.already + fresh.already };
}

/** Keeps what the viewer has on the screen and has not said yet; null: there is nothing any more. */
export async function saveReviewSketch(
  context: Context,
  input: { plantId: string; imageSha256: string; document?: unknown },
): Promise<ReviewSketchRow | null> {
  const plantId = keyOf('Plant', input.plantId, 'input.plantId');
  requireRole(context, plantId, CURATORS, { field: 'input.plantId', value: input.plantId });
  const personId = viewingPerson(context);
  const { imageSha256: sha256, document } = input;
  if (document === null || document === undefined) {
    await deleteSketch(context.db, plantId, personId, sha256);
    return null;
  }
  if (typeof document !== 'object' || Array.isArray(document))
    throw new InvalidInputError('input.document', document, 'give an object');
  const json = JSON.stringify(document);
  const most = context.config.limits.sketchLength;
  const refusal = checkJson('input.document', json, most, 'fewer steps (LEHR_LIMIT_SKETCH_LENGTH)');
  if (refusal) throw new InvalidInputError(refusal.field, refusal.value, refusal.reason);
  const at = context.now();
  if (!(await upsertSketch(context.db, { plantId, personId, sha256, json, at })))
    throw new NotFoundError('input.imageSha256', sha256);
  return {
    ...{ plant_id: plantId, image_sha256: Buffer.from(sha256, 'hex'), person_id: personId },
    ...{ document: document as Record<string, unknown>, saved_at: at },
  };
}

/** What the viewer has left on the screen of an image. */
export function loadSketch(context: Context, plantId: string, sha256: Buffer): Promise<ReviewSketchRow | null> {
  const personId = personOrNull(context);
  if (personId === null) return Promise.resolve(null);
  const loader = context.loader<string, ReviewSketchRow | null>('review sketches', async (names) => {
    const images = names.map((name) => ({ plantId: name.slice(0, 36), sha256: name.slice(37) }));
    const rows = await selectSketches(context.db, personId, images);
    const byName = new Map(rows.map((row) => [`${row.plant_id}:${row.image_sha256.toString('hex')}`, row]));
    return names.map((name) => byName.get(name) ?? null);
  });
  return loader.load(`${plantId}:${sha256.toString('hex')}`);
}

function personOrNull({ viewer }: Pick<Context, 'viewer'>): string | null {
  return viewer.kind === 'person' ? viewer.personId : null;
}
