/** What a plant asks of its reviewers. */
import type { Db } from '../../../database/database.ts';

/** Share of known answers among what a person is shown; 0 unless the plant has said otherwise. */
export async function knownShare(db: Db, plantId: string): Promise<number> {
  const row = await db
    .selectFrom('review_setting')
    .select('known_share')
    .where('plant_id', '=', plantId)
    .executeTakeFirst();
  return row?.known_share ?? 0;
}
