/** An item of a draft with all that it stands on, as rows: what a person said of the image, and the decision that follows. */
import type { Db } from '../../server/database/database.ts';
import { newId } from '../../server/kit/ids.ts';
import type { SplitName } from '../../server/modules/datasets/versions/datasets.table.ts';

export interface SeedItem {
  versionId: string;
  plantId: string;
  imageSha256: Buffer;
  personId: string;
  at: Date;
  label?: string;
  split?: SplitName;
}

/** Gives the decision's id. The image and the draft are there already. */
export async function seedItem(db: Db, item: SeedItem): Promise<string> {
  const { plantId, imageSha256, personId, at, label = 'good', split = 'train' } = item;
  const annotationId = newId();
  const decisionId = newId();
  const image = { plant_id: plantId, image_sha256: imageSha256 };
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto('annotation')
      .values({
        ...image,
        id: annotationId,
        person_id: personId,
        number: 1,
        book_id: null,
        label,
        regions: '[]',
        origin: 'direct',
        made_at: at,
        elapsed_ms: null,
      })
      .execute();
    const decision = { ...image, id: decisionId, label, annotation_id: annotationId, rule: 'one' as const };
    await trx
      .insertInto('label_decision')
      .values({ ...decision, decided_at: at })
      .execute();
    await trx
      .insertInto('label_decision_vote')
      .values({ ...image, decision_id: decisionId, annotation_id: annotationId })
      .execute();
    if (split === 'golden') {
      await trx
        .insertInto('golden_image')
        .values({ ...image, product_id: null, added_by: personId, added_at: at })
        .execute();
    }
    await trx
      .insertInto('dataset_item')
      .values({
        ...image,
        dataset_version_id: item.versionId,
        label,
        split,
        decision_id: decisionId,
        decided_by: personId,
        decided_at: at,
      })
      .execute();
  });
  return decisionId;
}
