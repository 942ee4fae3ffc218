/** The golden set of a plant: what judges models, per product and condition, and is never trained on. */

import { CURATORS, requireRole } from '../../../kit/access.ts';
import { act } from '../../../kit/act.ts';
import type { Context } from '../../../kit/context.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { type Connection, type PageArgs, toConnection } from '../../../kit/page.ts';
import { findPart } from '../../plant/parts/plants.service.ts';
import type { GoldenImageRow } from './dataset-checks.table.ts';
import { personOf } from './draft-access.ts';
import { insertGoldenOf } from './draft-items.queries.ts';
import { deleteGolden, selectGoldenPage, selectGoldenState } from './golden.queries.ts';
import { parseHashPage } from './hash-page.ts';

export interface ChangeGolden {
  plantId: string;
  imageSha256s: readonly string[];
}

const longestCondition = 100;

/** Puts images into the golden set, all or none; those that are in it already take the condition. */
export async function addGoldenImages(
  context: Context,
  input: ChangeGolden & { condition: string },
): Promise<GoldenSet> {
  const { condition } = input;
  if (condition.trim() !== condition || condition.length > longestCondition || condition.includes('\0')) {
    const remedy = `give up to ${longestCondition} characters without blanks at the ends, such as amber`;
    throw new InvalidInputError('input.condition', condition, remedy);
  }
  return changeGolden(context, input, 'golden.add', { condition }, async (trx, plantId, states) => {
    for (const [index, sha256] of input.imageSha256s.entries()) {
      if (!states.get(sha256)?.isTrainedOn) continue;
      const remedy = 'a frozen dataset version trains on this image, so it can never judge; choose another one';
      throw new ConflictError(`input.imageSha256s[${index}]`, sha256, remedy);
    }
    const person = { personId: personOf(context), at: context.now() };
    await insertGoldenOf(trx, plantId, input.imageSha256s, condition, person);
  });
}

/** Takes images out of the golden set, all or none; those that a dataset version judges with stay. */
export function removeGoldenImages(context: Context, input: ChangeGolden): Promise<GoldenSet> {
  return changeGolden(context, input, 'golden.remove', {}, async (trx, plantId, states) => {
    for (const [index, sha256] of input.imageSha256s.entries()) {
      const at = `input.imageSha256s[${index}]`;
      if (!states.get(sha256)?.isGolden) throw new ConflictError(at, sha256, 'the image is not in the golden set');
      if (!states.get(sha256)?.judges) continue;
      const remedy =
        'a dataset version holds it as golden; in a draft take it out there first, in a frozen one it stays';
      throw new ConflictError(at, sha256, remedy);
    }
    await deleteGolden(trx, plantId, input.imageSha256s);
  });
}

/** What the mutations give: the set of the plant, to be read on. */
export interface GoldenSet {
  plantId: string;
  images: number;
}

type Change = (
  trx: Parameters<typeof deleteGolden>[0],
  plantId: string,
  states: Awaited<ReturnType<typeof selectGoldenState>>,
) => Promise<void>;

async function changeGolden(
  context: Context,
  input: ChangeGolden,
  action: string,
  detail: Record<string, unknown>,
  change: Change,
): Promise<GoldenSet> {
  const plant = await findPart(context, 'plant', keyOf('Plant', input.plantId, 'input.plantId'));
  if (!plant) throw new NotFoundError('input.plantId', input.plantId);
  requireRole(context, plant.id, CURATORS);
  const { imageSha256s } = input;
  const most = context.config.limits.datasetItemsPerCall;
  if (imageSha256s.length === 0 || imageSha256s.length > most) {
    throw new InvalidInputError('input.imageSha256s', imageSha256s.length, `give 1 to ${most} images in a call`);
  }
  const twice = imageSha256s.findIndex((sha256, index) => imageSha256s.indexOf(sha256) < index);
  if (twice >= 0) {
    throw new InvalidInputError(`input.imageSha256s[${twice}]`, imageSha256s[twice], 'give each image once in a call');
  }
  await act(context, async ({ trx, audit }) => {
    const states = await selectGoldenState(trx, plant.id, imageSha256s);
    const missing = imageSha256s.findIndex((sha256) => !states.has(sha256));
    if (missing >= 0) throw new NotFoundError(`input.imageSha256s[${missing}]`, imageSha256s[missing]);
    await change(trx, plant.id, states);
    const subject = { subjectType: 'Plant', subjectId: plant.id, plantId: plant.id };
    const wereGolden = [...states.values()].filter(({ isGolden }) => isGolden).length;
    const counts = { images: imageSha256s.length, wereGolden, first: imageSha256s[0] ?? '' };
    audit(action, subject, { ...detail, ...counts });
  });
  return { plantId: plant.id, images: imageSha256s.length };
}

/** The golden set of a plant by hash. */
export async function listGolden(
  context: Context,
  args: PageArgs & {
    plantId: string;
    productId?: string | null | undefined;
    condition?: string | null | undefined;
  },
): Promise<Connection<GoldenImageRow>> {
  const { page, keys } = parseHashPage(args, context.config.limits);
  const plant = await findPart(context, 'plant', keyOf('Plant', args.plantId, 'plantId'));
  if (!plant) return toConnection<GoldenImageRow>([], page, () => []);
  const productId = args.productId ? keyOf('Product', args.productId, 'productId') : null;
  const which = { productId, condition: args.condition ?? null };
  const rows = await selectGoldenPage(context.db, plant.id, which, { ...page, ...keys });
  return toConnection(rows, page, (row) => [row.image_sha256.toString('hex')]);
}
