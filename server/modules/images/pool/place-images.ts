/** Brings images and the results that name them together, in the background: recording and uploading do not wait for it. */
import { act } from '../../../kit/act.ts';
import type { Services } from '../../../kit/context.ts';
import { deleteAwaitedBefore, lockNews, placeMissed, placeNews, selectLinesWithNews } from './place-images.queries.ts';

/** Longer than any transaction that records an image. */
const missedMs = 600_000;

type Needed = Pick<Services, 'db' | 'now' | 'config'>;
type Placing = Needed & Pick<Services, 'hub'>;

/** One batch of every line's new results. True when a line may have more. */
export async function placeImages(services: Placing, signal?: AbortSignal): Promise<boolean> {
  const { db, now, config } = services;
  const { poolPlaceRows } = config.limits;
  let hasMore = false;
  for (const line of await selectLinesWithNews(db)) {
    if (signal?.aborted) return false;
    await act(services, async ({ trx, now: at }) => {
      const news = await lockNews(trx, line.lineId, poolPlaceRows);
      if (!news || news.from >= news.to) return;
      await placeNews(trx, line, news, at);
      hasMore ||= news.to - news.from >= poolPlaceRows;
    });
  }
  await placeMissed(db, new Date(now().getTime() - missedMs));
  return hasMore;
}

/** Forgets images that were awaited longer than a result may be late. */
export function forgetAwaited({ db, now, config }: Needed): Promise<void> {
  return deleteAwaitedBefore(db, new Date(now().getTime() - config.limits.lateMs));
}
