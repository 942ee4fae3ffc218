/** How far the people of a plant agree, and what the plant asks of them. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { iouOf } from '../../../../schema/region-geometry.ts';
import { CURATORS, READERS, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { newId } from '../../../kit/ids.ts';
import { type Connection, type PageArgs, parsePage, toConnection } from '../../../kit/page.ts';
import { viewingPerson } from '../../../kit/viewing-person.ts';
import { createRandom } from '../../../maths/random.ts';
import { findPoolImages } from '../../images/pool/pool.service.ts';
import type { PoolImageRow } from '../../images/pool/pool.table.ts';
import { decideImages } from '../annotations/annotations.service.ts';
import type { AgreementRuleRow } from '../annotations/annotations.table.ts';
import { checkLabel, signedBook } from '../defect-book/defect-book.service.ts';
import {
  countKnown,
  deleteKnown,
  insertKnown,
  replaceRules,
  selectChecks,
  selectKnownPage,
  selectOpinions,
  selectRules,
  selectSetting,
  selectWaitingImages,
  upsertSetting,
} from './agreement.queries.ts';
import {
  classFigures,
  drawnPairs,
  ENOUGH,
  type Figure,
  fleissFigure,
  type PairFigure,
  type PersonFigure,
  pairFigures,
  personFigures,
  regionFigure,
} from './figures.ts';

const YEAR_MS = 366 * 86_400_000;
/** Pairs of drawings that are laid over each other: enough for a mean, and no long work. */
const MOST_DRAWN = 100;
/** The same figures for the same words. */
const SEED = 5;
const sha256Pattern = /^[0-9a-f]{64}$/;

export interface Agreement {
  plantId: string;
  enough: number;
  images: number;
  fleiss: Figure;
  regions: Figure;
  classes: { label: string; figure: Figure }[];
  pairs: PairFigure[];
  persons: PersonFigure[];
}

interface NamedPlant {
  plantId: string;
  globalId: string;
  field?: string;
}

/** Figures of a period. Their order says nothing of anybody: people come by their ids. */
export async function agreementOf(
  context: Context,
  plant: NamedPlant,
  period: { from: Date; to: Date },
): Promise<Agreement> {
  requireRole(context, plant.plantId, READERS, { field: 'plantId', value: plant.globalId });
  const length = period.to.getTime() - period.from.getTime();
  if (!(length > 0 && length <= YEAR_MS))
    throw new InvalidInputError('to', period.to.toISOString(), 'give a time after from, by a year at the most');
  const most = context.config.limits.agreementImages;
  const opinions = await selectOpinions(context.db, plant.plantId, period, most);
  const checks = await selectChecks(context.db, plant.plantId, period, most);
  const random = createRandom(SEED);
  const ious: number[] = [];
  for (const [a, b] of drawnPairs(opinions, MOST_DRAWN)) {
    ious.push(iouOf(a.regions, b.regions, a.width, a.height));
    // others are served between two drawings
    await nextTurn();
  }
  return {
    ...{ plantId: plant.plantId, enough: ENOUGH },
    images: new Set(opinions.map(({ sha256 }) => sha256)).size,
    fleiss: fleissFigure(opinions, random),
    regions: regionFigure(ious, random),
    classes: classFigures(opinions, random),
    pairs: pairFigures(opinions),
    persons: personFigures(opinions, checks),
  };
}

export interface ReviewSettings {
  plantId: string;
  knownShare: number;
  rules: AgreementRuleRow[];
}

export async function reviewSettings(context: Context, plant: NamedPlant): Promise<ReviewSettings> {
  requireRole(context, plant.plantId, READERS, { field: plant.field ?? 'plantId', value: plant.globalId });
  const rules = await selectRules(context.db, plant.plantId);
  const setting = await selectSetting(context.db, plant.plantId);
  return { plantId: plant.plantId, knownShare: setting?.known_share ?? 0, rules };
}

export interface SetAgreementRules {
  plantId: string;
  rules: readonly { label?: string | null | undefined; reviewers: number }[];
}

/** Writes all rules of the plant anew. What waits for more people than it needs now is decided at once. */
export async function setAgreementRules(context: Context, input: SetAgreementRules): Promise<ReviewSettings> {
  const plant = curatedPlant(context, input.plantId);
  const most = context.config.limits.defectClasses + 2;
  if (input.rules.length > most)
    throw new InvalidInputError('input.rules', input.rules.length, `give at most ${most} rules, one a class`);
  const book = await signedBook(context.db, plant.plantId);
  const seen = new Set<string | null>();
  const at = context.now();
  const rows = input.rules.map(({ label = null, reviewers }, index): AgreementRuleRow => {
    const field = `input.rules[${index}]`;
    if (reviewers !== 1 && reviewers !== 2)
      throw new InvalidInputError(`${field}.reviewers`, reviewers, 'give 1, or 2 who must agree');
    if (seen.has(label)) throw new InvalidInputError(`${field}.label`, label, 'give one rule for each class');
    seen.add(label);
    if (label !== null) checkLabel(book, `${field}.label`, label);
    const changed = { changed_by: viewingPerson(context), changed_at: at };
    return { id: newId(), plant_id: plant.plantId, label, reviewers, ...changed };
  });
  await act(context, async ({ trx, audit }) => {
    const images = await selectWaitingImages(trx, plant.plantId, context.config.limits.reviewOpen);
    const before = (await selectRules(trx, plant.plantId)).map(ruleFacts);
    await replaceRules(trx, plant.plantId, rows);
    if (images.length > 0) await decideImages(trx, plant.plantId, at, images);
    audit('review.rules', plantSubject(plant), { before: { rules: before }, after: { rules: rows.map(ruleFacts) } });
  });
  return reviewSettings(context, plant);
}

/** Sets the share of known answers among what a person is shown: none, or 5 to 15 %. */
export async function setReviewSettings(
  context: Context,
  input: { plantId: string; knownShare: number },
): Promise<ReviewSettings> {
  const plant = curatedPlant(context, input.plantId);
  const { knownShare } = input;
  if (knownShare !== 0 && !(knownShare >= 0.05 && knownShare <= 0.15))
    throw new InvalidInputError('input.knownShare', knownShare, 'give 0, or 0.05 to 0.15');
  await act(context, async ({ trx, audit }) => {
    const before = (await selectSetting(trx, plant.plantId))?.known_share ?? 0;
    const changed = { changed_by: viewingPerson(context), changed_at: context.now() };
    await upsertSetting(trx, { plant_id: plant.plantId, known_share: knownShare, ...changed });
    audit('review.settings', plantSubject(plant), { before: { knownShare: before }, after: { knownShare } });
  });
  return reviewSettings(context, plant);
}

interface KnownAnswers {
  plantId: string;
  imageSha256s: readonly string[];
}

/** From now on these are asked again of people who have not labelled them, without saying so. Only labelled images can be known. */
export async function addKnownAnswers(context: Context, input: KnownAnswers): Promise<ReviewSettings> {
  const plant = curatedPlant(context, input.plantId);
  const sha256s = named(context, input);
  const most = context.config.limits.knownAnswers;
  await act(context, async ({ trx, audit }) => {
    const known = new Set(await insertKnown(trx, plant.plantId, viewingPerson(context), context.now(), sha256s));
    const index = input.imageSha256s.findIndex((sha256) => !known.has(sha256));
    if (index >= 0)
      throw new ConflictError(
        `input.imageSha256s[${index}]`,
        input.imageSha256s[index],
        'nobody has decided what it shows; have it labelled first',
      );
    if ((await countKnown(trx, plant.plantId)) > most)
      throw new InvalidInputError(
        'input.imageSha256s',
        sha256s.length,
        `a plant has at most ${most} known answers (LEHR_LIMIT_KNOWN_ANSWERS); remove some first`,
      );
    audit('review.known', plantSubject(plant), { count: sha256s.length, added: sha256s });
  });
  return reviewSettings(context, plant);
}

export async function removeKnownAnswers(context: Context, input: KnownAnswers): Promise<ReviewSettings> {
  const plant = curatedPlant(context, input.plantId);
  const sha256s = named(context, input);
  await act(context, async ({ trx, audit }) => {
    const count = await deleteKnown(trx, plant.plantId, sha256s);
    audit('review.known', plantSubject(plant), { count, removed: sha256s });
  });
  return reviewSettings(context, plant);
}

/** Images with known answers, by hash. Only for those who choose them. */
export async function listKnown(context: Context, plantId: string, args: PageArgs): Promise<Connection<PoolImageRow>> {
  const page = parsePage(args, context.config.limits, 1);
  const key = (field: 'after' | 'before'): Buffer | null => {
    const [part] = page[field] ?? [];
    if (part === undefined) return null;
    if (typeof part === 'string' && sha256Pattern.test(part)) return Buffer.from(part, 'hex');
    throw new InvalidInputError(field, args[field], 'give a cursor as this field returned it');
  };
  const question = { after: key('after'), before: key('before'), backward: page.backward, limit: page.limit + 1 };
  const sha256s = await selectKnownPage(context.db, plantId, question);
  const rows = await findPoolImages(
    context,
    sha256s.map((sha256) => `${plantId}:${sha256}`),
  );
  const known = rows.filter((row) => row !== null);
  return toConnection(known, page, (row) => [row.image_sha256.toString('hex')]);
}

export function knownCount(context: Context, plantId: string): Promise<number> {
  return countKnown(context.db, plantId);
}

function curatedPlant(context: Context, globalId: string): NamedPlant & { field: string } {
  const plantId = keyOf('Plant', globalId, 'input.plantId');
  requireRole(context, plantId, CURATORS, { field: 'input.plantId', value: globalId });
  return { plantId, globalId, field: 'input.plantId' };
}

function named(context: Context, { imageSha256s }: KnownAnswers): string[] {
  const most = context.config.limits.knownAnswers;
  if (imageSha256s.length === 0 || imageSha256s.length > most)
    throw new InvalidInputError('input.imageSha256s', imageSha256s.length, `name 1 to ${most} images`);
  return [...new Set(imageSha256s)];
}

function plantSubject({ plantId }: NamedPlant) {
  return { plantId, subjectType: 'Plant', subjectId: plantId };
}

function ruleFacts({ label, reviewers }: AgreementRuleRow) {
  return { label, reviewers };
}
