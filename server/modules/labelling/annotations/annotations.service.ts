/** The labels module's door for others: people's annotations, and the decisions that follow from them. */

import type { Region } from '../../../../schema/region.ts';
import { iouOf } from '../../../../schema/region-geometry.ts';
import type { Db, Trx } from '../../../database/database.ts';
import type { Context } from '../../../kit/context.ts';
import { newId } from '../../../kit/ids.ts';
import { loadById } from '../../../kit/load-rows.ts';
import { selectRowsIn } from '../../../kit/table-rows.ts';
import { setLabelStates } from '../../images/pool/pool.service.ts';
import type { PoolImageRow } from '../../images/pool/pool.table.ts';
import {
  askAgain,
  closeItems,
  deleteSketches,
  insertAnnotations,
  insertDecisions,
  lockImages,
  type NewDecision,
  type StandingDecision,
  selectDecisions,
  selectNewest,
  selectRules,
  selectStanding,
} from './annotations.queries.ts';
import type { AnnotationOrigin, AnnotationRow } from './annotations.table.ts';
import { decideLabel, type Outcome, type Said } from './decide-label.ts';
import { TIERS } from './review-tiers.ts';

export type { StandingDecision } from './annotations.queries.ts';

export interface SaidOfImage {
  plantId: string;
  /** Hexadecimal digits. */
  sha256: string;
  label: string;
  regions: readonly Region[];
  origin: AnnotationOrigin;
  /** Definitions it was made under; null: the plant has no signed book. */
  bookId: string | null;
  elapsedMs?: number | null;
}

export interface Recorded {
  sha256: string;
  annotation: AnnotationRow;
  state: PoolImageRow['label_state'];
  /** What holds now, if anything does. */
  decision: { id: string; label: string } | null;
}

/**
 * Records what a person says of images of one plant, each once, and what follows: decisions, states in the pool, the queue. One statement a
 * table however many there are. Images that the plant does not have are left out of the answer and nothing is written of them. Labels
 * must have been checked (`checkLabels`).
 */
export async function recordAnnotations(
  trx: Trx,
  who: { personId: string; at: Date },
  said: readonly SaidOfImage[],
): Promise<Recorded[]> {
  const plantId = said[0]?.plantId;
  if (plantId === undefined) return [];
  const bySha = new Map(said.map((each) => [each.sha256, each]));
  if (bySha.size < said.length || said.some((each) => each.plantId !== plantId))
    throw new Error('Annotations are recorded for one plant at a time, each image once.');

  const images = await lockImages(trx, plantId, [...bySha.keys()]);
  if (images.length === 0) return [];
  const annotations = await insertAnnotations(
    trx,
    plantId,
    who.personId,
    images.map(({ sha256, since }) => {
      const each = bySha.get(sha256) as SaidOfImage;
      const { label, regions, origin, bookId, elapsedMs = null } = each;
      // the clocks of two servers differ: an answer of a round is always younger than the round
      const madeAt = since !== null && since >= who.at ? new Date(since.getTime() + 1) : who.at;
      return { id: newId(), sha256, label, regions, origin, bookId, elapsedMs, isCheck: false, madeAt };
    }),
  );
  const outcomes = await decideImages(trx, plantId, who.at, images);
  const sha256s = images.map(({ sha256 }) => sha256);
  await deleteSketches(trx, plantId, who.personId, sha256s);
  const annotated = new Map(annotations.map((row) => [row.image_sha256.toString('hex'), row]));
  return outcomes.map((outcome) => ({ ...outcome, annotation: annotated.get(outcome.sha256) as AnnotationRow }));
}

/** Draws the consequences of what has been said of images that the transaction holds. */
export async function decideImages(
  trx: Trx,
  plantId: string,
  at: Date,
  images: readonly { sha256: string; width: number; height: number; since: Date | null }[],
): Promise<Omit<Recorded, 'annotation'>[]> {
  const sha256s = images.map(({ sha256 }) => sha256);
  const rules = await selectRules(trx, plantId);
  const views = Map.groupBy(await selectStanding(trx, plantId, sha256s), (row) => row.image_sha256.toString('hex'));
  const before = await loadDecisions(trx, plantId, sha256s);
  const reviewersFor = (label: string) => rules.get(label) ?? rules.get(null) ?? 1;

  const decided = images.map(({ sha256, width, height, since }) => {
    const iou = (a: readonly Region[], b: readonly Region[]) => iouOf(a, b, width, height);
    const outcome = decideLabel((views.get(sha256) ?? []).map(saidOf), { reviewersFor, iou }, since);
    return { sha256, outcome, ...decisionOf(sha256, outcome, before.get(sha256)) };
  });
  const made = decided.flatMap(({ made }) => made ?? []);
  if (made.length > 0) await insertDecisions(trx, plantId, at, made);
  const changed = decided.filter(({ outcome, made }) => outcome.state !== 'labelled' || made !== null);
  const states = changed.map(({ sha256, outcome }) => ({
    sha256,
    state: outcome.state,
    label: outcome.state === 'labelled' ? outcome.label : null,
    at,
  }));
  await setLabelStates(trx, plantId, states);

  const settled = decided.filter(({ outcome }) => outcome.state === 'labelled').map(({ sha256 }) => sha256);
  if (settled.length > 0) await closeItems(trx, plantId, settled, at);
  const open = decided.flatMap(({ sha256, outcome }) => {
    if (outcome.state !== 'pending' && outcome.state !== 'conflict') return [];
    const purpose = outcome.state === 'pending' ? ('agree' as const) : ('settle' as const);
    return [{ id: newId(), sha256, purpose, reason: { code: purpose }, tier: TIERS[purpose] }];
  });
  if (open.length > 0) await askAgain(trx, plantId, at, open);
  return decided.map(({ sha256, outcome, decision }) => ({ sha256, state: outcome.state, decision }));
}

/** The decisions that hold, by the image's hash in hexadecimal digits; images about which people disagree again have none. */
export async function loadDecisions(
  db: Db,
  plantId: string,
  sha256s: readonly string[],
): Promise<Map<string, StandingDecision>> {
  if (sha256s.length === 0) return new Map();
  const rows = await selectDecisions(db, plantId, sha256s);
  return new Map(rows.map((row) => [row.image_sha256.toString('hex'), row]));
}

/** A decision that says what the last one said, with the same votes, is not made twice. */
function decisionOf(
  sha256: string,
  outcome: Outcome,
  before: StandingDecision | undefined,
): { made: NewDecision | null; decision: Recorded['decision'] } {
  if (outcome.state !== 'labelled') return { made: null, decision: null };
  const { label, annotationId, rule, votes } = outcome;
  const isSame =
    before?.label === label &&
    before.annotation_id === annotationId &&
    [...votes].sort().join() === before.votes.join();
  if (isSame) return { made: null, decision: { id: before.id, label } };
  const made = { id: newId(), sha256, label, annotationId, rule, votes };
  return { made, decision: { id: made.id, label } };
}

function saidOf(row: AnnotationRow): Said {
  return { id: row.id, personId: row.person_id, label: row.label, regions: row.regions, madeAt: row.made_at };
}

/** An answer to an image whose answer is known: it measures the person, nothing follows from it. */
export async function recordCheck(
  trx: Trx,
  who: { personId: string; at: Date },
  said: SaidOfImage,
): Promise<AnnotationRow | undefined> {
  const { plantId, sha256, label, regions, origin, bookId, elapsedMs = null } = said;
  const row = { id: newId(), sha256, label, regions, origin, bookId, elapsedMs, isCheck: true, madeAt: who.at };
  const [annotation] = await insertAnnotations(trx, plantId, who.personId, [row]);
  await deleteSketches(trx, plantId, who.personId, [sha256]);
  return annotation;
}

/** What the person last said of the image. */
export function newestOf(
  db: Db,
  plantId: string,
  sha256: string,
  personId: string,
): Promise<AnnotationRow | undefined> {
  return selectNewest(db, plantId, sha256, personId);
}

export async function loadAnnotation(context: Context, id: string): Promise<AnnotationRow | null> {
  return loadById(context, 'annotation', id, (ids) => selectRowsIn(context.db, 'annotation', 'id', ids, ['id']));
}
