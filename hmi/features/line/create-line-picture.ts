/** The picture of one line in a store, so that a new picture changes only what differs on the screen. */
import { createStore, reconcile } from 'solid-js/store';
import type { ResultOf } from '#schema/graphql.ts';
import { type Feed, useLive } from '../../lib/live.ts';
import { WatchLine } from './line.documents.ts';

export type LinePicture = ResultOf<typeof WatchLine>['lineStatus'];
export type Machine = NonNullable<LinePicture['machine']>;

export function createLinePicture(lineId: string): { picture: () => LinePicture | undefined; feed: Feed } {
  const [store, setStore] = createStore<{ picture?: LinePicture }>({});
  const feed = useLive().createFeed({
    document: WatchLine,
    variables: () => ({ lineId }),
    sentAt: (data) => data.lineStatus.sentAt,
    next: (data) => setStore('picture', reconcile(data.lineStatus)),
    isVital: true,
  });
  return { picture: () => store.picture, feed };
}
