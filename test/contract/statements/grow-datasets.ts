/** What grows with the datasets of a plant: versions, what they hold and what was found wrong with them, and sets that come in and go out. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../../../server/database/database.ts';
import { seedExchange } from '../../server/datasets/exchange/seed-exchange.ts';
import { seedItem } from '../../support/seed-item.ts';
import { copyRow } from './copy-row.ts';

export interface GrowingDatasets {
  draftId: string;
  frozenId: string;
  /** Hashes of images of the plant, in hexadecimal digits; every draft holds the first as golden. */
  images: readonly string[];
  /** Makes an image of the plant that nothing holds yet. */
  newImage(): Promise<Buffer>;
  /** One more of each kind; the image becomes an item of the first draft. */
  grow(sha256: Buffer): Promise<void>;
  /** One more frozen version. */
  growVersions(number: number): Promise<void>;
}

/** Of a plant that has a frozen version of a dataset, and an image. */
export async function growingDatasets(db: Db, plantId: string, personId: string): Promise<GrowingDatasets> {
  const ofPlant = { plant_id: plantId };
  const [frozen] = await db.selectFrom('dataset_version').selectAll().where('plant_id', '=', plantId).execute();
  const [image] = await db.selectFrom('image').selectAll().where('plant_id', '=', plantId).execute();
  if (!frozen || !image) throw new Error('the seeded plant lacks a row');
  const frozenId = frozen.id;
  const unfrozen = { state: 'draft', frozen_by: null, frozen_at: null, content_hash: null };
  const draftId = await copyRow(db, 'dataset_version', frozenId, { ...unfrozen, number: 1000 });
  const asked = { state: 'failed' as const, error: 'x', requested_by: personId, requested_at: new Date() };
  const inDraft = { versionId: draftId, plantId, personId, at: new Date() };

  const shared = await newImage();
  await seedItem(db, { ...inDraft, imageSha256: shared, label: 'good', split: 'golden' });
  await startCheck(draftId);
  const images = [shared.toString('hex')];
  let count = 0;
  return { draftId, frozenId, images, newImage, grow, growVersions };

  async function grow(sha256: Buffer): Promise<void> {
    count++;
    images.push(sha256.toString('hex'));
    await seedExchange(db, { plantId, versionId: draftId, personId, many: count });
    await seedItem(db, { ...inDraft, imageSha256: sha256, label: `class-${count}` });
    await pairWithShared(sha256);
    await growGolden();
    await growDrafts();
    await findIssue(draftId, sha256);
    const figures = Array.from({ length: count }, (_, n) => figure(`trap-${n}`));
    await db
      .updateTable('dataset_check')
      .set({ figures: JSON.stringify(figures) })
      .where('dataset_version_id', '=', draftId)
      .execute();
  }

  async function growVersions(number: number): Promise<void> {
    await copyRow(db, 'dataset_version', frozenId, { number });
  }

  async function newImage(): Promise<Buffer> {
    const sha256 = randomBytes(32);
    await db
      .insertInto('image')
      .values({ ...image, sha256 } as never)
      .execute();
    return sha256;
  }

  /** One more near-duplicate of the image that is on another side. */
  async function pairWithShared(sha256: Buffer): Promise<void> {
    const [a = sha256, b = sha256] = [shared, sha256].sort(Buffer.compare);
    const found = { evidence: 'pixels' as const, likeness: 1, found_at: new Date() };
    await db
      .insertInto('near_duplicate')
      .values({ ...ofPlant, ...found, a_sha256: a, b_sha256: b })
      .execute();
  }

  async function growGolden(): Promise<void> {
    const newest = db.selectFrom('product').select('id').where('plant_id', '=', plantId).orderBy('id', 'desc');
    const product = await newest.limit(1).executeTakeFirst();
    const added = { added_by: personId, added_at: new Date() };
    await db
      .insertInto('golden_image')
      .values({ ...ofPlant, ...added, image_sha256: await newImage(), product_id: product?.id ?? null })
      .execute();
  }

  /** One more draft that holds the same image, with something wrong with it. */
  async function growDrafts(): Promise<void> {
    const id = await copyRow(db, 'dataset_version', frozenId, { ...unfrozen, number: 1000 + count });
    await sql`
      INSERT INTO dataset_item (dataset_version_id, plant_id, image_sha256, label, split, decision_id, decided_by, decided_at)
      SELECT ${id}::uuid, plant_id, image_sha256, label, split, decision_id, decided_by, decided_at
      FROM dataset_item WHERE dataset_version_id = ${draftId}::uuid AND image_sha256 = ${shared}
    `.execute(db);
    await startCheck(id);
    await findIssue(id, shared);
  }

  async function startCheck(versionId: string): Promise<void> {
    const looked = { revision: null, figures: JSON.stringify([figure('leak')]), finished_at: new Date() };
    await db
      .insertInto('dataset_check')
      .values({ ...ofPlant, ...asked, ...looked, dataset_version_id: versionId })
      .execute();
  }

  async function findIssue(versionId: string, sha256: Buffer): Promise<void> {
    const issue = { kind: 'leak', score: 0, is_flagged: true, detail: null };
    await db
      .insertInto('dataset_issue')
      .values({ ...issue, dataset_version_id: versionId, image_sha256: sha256 })
      .execute();
  }
}

function figure(kind: string) {
  return { kind, score: 0, flagged: true, count: 1, code: kind, params: {} };
}
