/** What the caller says of images while putting them into a draft: an annotation like any other, taken where it decides. */
import type { Trx } from '../../../database/database.ts';
import { ConflictError } from '../../../kit/errors.ts';
import { recordAnnotations } from '../../labelling/annotations/annotations.service.ts';

export interface OwnLabel {
  imageSha256: string;
  label: string;
  /** Path of the item inside the arguments. */
  at: string;
}

/** The decision that follows for each image. Throws where the plant asks for more than one person's word, naming the item. */
export async function decideOwn(
  trx: Trx,
  plant: { plantId: string; bookId: string | null },
  items: readonly OwnLabel[],
  person: { personId: string; at: Date },
): Promise<Map<string, { id: string; label: string }>> {
  const said = items.map(({ imageSha256, label }) => ({
    ...plant,
    sha256: imageSha256,
    label,
    regions: [],
    origin: 'direct' as const,
  }));
  const recorded = new Map((await recordAnnotations(trx, person, said)).map((each) => [each.sha256, each]));
  const decided = new Map<string, { id: string; label: string }>();
  for (const { imageSha256, label, at } of items) {
    const decision = recorded.get(imageSha256)?.decision ?? null;
    if (decision?.label !== label) {
      const remedy =
        'the plant asks for more than one person’s word on this label; let the review decide, then add the image without a label';
      throw new ConflictError(`${at}.label`, label, remedy);
    }
    decided.set(imageSha256, decision);
  }
  return decided;
}
